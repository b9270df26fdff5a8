//! What an operator's silence chooses, and how a delivery that got no ticket remembers why.

use std::{fmt, str::FromStr, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EventRef, time_between};
use crate::event::{DeskName, SourceName, TypePattern};

/// The longest silence: one that nobody ends must not be forgotten for good.
pub const LONGEST_SILENCE: Duration = Duration::from_hours(30 * 24);

/// Names a silence. A greater one was made later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilenceId(i64);

/// A text that names no silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no silence's number: a whole number from 1 on")]
pub struct InvalidSilenceId;

impl SilenceId {
    /// The silence of this number; before all that there are, where it is not above 0.
    pub fn of(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for SilenceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for SilenceId {
    type Err = InvalidSilenceId;

    fn from_str(text: &str) -> Result<Self, InvalidSilenceId> {
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or(InvalidSilenceId)
    }
}

/// Who said that a delivery gets no ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressor {
    /// An operator's silence.
    Silence(SilenceId),
}

impl Suppressor {
    /// The silence, where it was one.
    pub fn silence(&self) -> Option<SilenceId> {
        match self {
            Self::Silence(id) => Some(*id),
        }
    }
}

impl fmt::Display for Suppressor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence(id) => write!(formatter, "silence {id}"),
        }
    }
}

/// An operator's word that a suppressed delivery gets its ticket after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The silence that had suppressed it.
    pub silence: SilenceId,
    /// The last silence that there was: neither it nor one before suppresses the delivery again.
    pub known: SilenceId,
}

/// Which deliveries a silence is about. An empty list leaves none out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SilenceChoice {
    /// Of these sources.
    pub sources: Vec<SourceName>,
    /// Of these event types.
    pub types: Vec<TypePattern>,
    /// For these desks.
    pub desks: Vec<DeskName>,
    /// Of which this expression is true.
    pub when: Option<String>,
}

impl SilenceChoice {
    /// Whether source, type and desk are among those that it names; `when` is for others to tell.
    pub fn names(&self, event: &EventRef, desk: &DeskName) -> bool {
        let Self { sources, types, desks, when: _ } = self;
        (sources.is_empty() || sources.contains(&event.source))
            && (types.is_empty() || types.iter().any(|known| known.matches(&event.event_type)))
            && (desks.is_empty() || desks.contains(desk))
    }
}

/// A silence that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSilence {
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
    /// About which deliveries.
    pub choice: SilenceChoice,
}

/// Why a silence is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSilence {
    /// It would never hold.
    #[error("it ends before it begins")]
    Backwards,
    /// It would never hold any more.
    #[error("it is over already")]
    Over,
    /// It would hold too long.
    #[error("it is longer than 30 days")]
    TooLong,
    /// It would be about everything, and nobody has said so.
    #[error("it says neither source, type, desk nor `when`: the type `*` is everything")]
    Everything,
}

impl NewSilence {
    /// Checks all but `when`.
    pub fn check(&self, now: Timestamp) -> Result<(), InvalidSilence> {
        if self.until <= self.from {
            return Err(InvalidSilence::Backwards);
        }
        if self.until <= now {
            return Err(InvalidSilence::Over);
        }
        if time_between(self.from, self.until) > LONGEST_SILENCE {
            return Err(InvalidSilence::TooLong);
        }
        if self.choice == SilenceChoice::default() {
            return Err(InvalidSilence::Everything);
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn choice(types: &[&str]) -> SilenceChoice {
        let types = types.iter().map(|text| text.parse().unwrap()).collect();
        SilenceChoice { types, ..SilenceChoice::default() }
    }

    #[test]
    fn a_silence_names_what_is_in_all_of_its_lists() {
        let event = EventRef {
            source: "shop".parse().unwrap(),
            id: "e-1".parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
        };
        let (crm, support) = ("crm".parse().unwrap(), "support".parse().unwrap());
        let at_crm =
            SilenceChoice { desks: vec!["crm".parse().unwrap()], ..choice(&["payment.*"]) };
        assert!(at_crm.names(&event, &crm) && !at_crm.names(&event, &support));
        assert!(!choice(&["order.stuck"]).names(&event, &crm));
        let other = SilenceChoice { sources: vec!["erp".parse().unwrap()], ..choice(&["*"]) };
        assert!(choice(&["*"]).names(&event, &crm) && !other.names(&event, &crm));
    }

    #[test]
    fn a_silence_has_bounds() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let silence =
            |from, until| NewSilence { from: at(from), until: at(until), choice: choice(&["*"]) };
        let month = 30 * 24 * 3600;
        assert_eq!(silence(0, month).check(at(5)), Ok(()));
        assert_eq!(silence(0, month + 1).check(at(5)), Err(InvalidSilence::TooLong));
        assert_eq!(silence(9, 9).check(at(5)), Err(InvalidSilence::Backwards));
        assert_eq!(silence(0, 5).check(at(5)), Err(InvalidSilence::Over));
        let of_all = NewSilence { choice: SilenceChoice::default(), ..silence(0, 9) };
        assert_eq!(of_all.check(at(5)), Err(InvalidSilence::Everything));
    }

    #[test]
    fn a_silences_number_is_above_zero() {
        assert_eq!("7".parse(), Ok(SilenceId::of(7)));
        for wrong in ["", "0", "-1", "x", "1.0"] {
            assert_eq!(wrong.parse::<SilenceId>(), Err(InvalidSilenceId), "{wrong}");
        }
    }
}
