//! What was told, and what is to be told next.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Condition, Look, OperatorEvent, Signal, told::Telling};
use crate::delivery::time_between;

/// How many events of one condition are told in an hour.
pub const MOST_AN_HOUR: usize = 6;

/// How long a condition that flaps has to stand still before it is told how it stands.
pub const STEADY: Duration = Duration::from_mins(30);

const HOUR: Duration = Duration::from_hours(1);

/// A look that is older than the last one by more than this is not late: the clock was set back.
const LATE: Duration = Duration::from_mins(1);

/// What is known of all conditions that hold, were told lately, or are not settled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    /// The last look.
    at: Timestamp,
    known: Vec<Known>,
}

/// What is known of one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    condition: Condition,
    /// How it was at the last look: 0 where it did not hold.
    seen: u8,
    /// Since when it has been as it was seen.
    turned: Timestamp,
    /// The gravest that was told since its onset; 0 where its end was told, or nothing.
    told: u8,
    /// When the onset was that was told.
    since: Timestamp,
    /// When something was told in the last hour.
    tellings: Vec<Timestamp>,
    /// Whether it was told that it flaps, and nothing since.
    flaps: bool,
}

impl Watch {
    /// Takes up what somebody has found, and gives what is to be told of it. A look that another one
    /// has overtaken says nothing.
    pub fn look(&mut self, look: &Look) -> Vec<OperatorEvent> {
        if look.at < self.at && time_between(look.at, self.at) < LATE {
            return Vec::new();
        }
        self.at = look.at;
        let mut signals: BTreeMap<&Condition, &Signal> =
            look.signals.iter().map(|signal| (&signal.condition, signal)).collect();
        let mut told = Vec::new();
        for known in &mut self.known {
            let signal = signals.remove(&known.condition);
            told.extend(known.look(signal, look.at));
        }
        for signal in signals.into_values() {
            let mut known = Known::new(signal.condition.clone(), look.at);
            told.extend(known.look(Some(signal), look.at));
            self.known.push(known);
        }
        self.known.retain(Known::is_worth_keeping);
        told
    }
}

impl Known {
    fn new(condition: Condition, at: Timestamp) -> Self {
        let tellings = Vec::new();
        Self { condition, seen: 0, turned: at, told: 0, since: at, tellings, flaps: false }
    }

    fn is_worth_keeping(&self) -> bool {
        self.seen > 0 || self.told > 0 || self.flaps || !self.tellings.is_empty()
    }

    fn look(&mut self, signal: Option<&Signal>, at: Timestamp) -> Option<OperatorEvent> {
        self.see(signal, at);
        self.tellings.retain(|told| *told <= at && time_between(*told, at) < HOUR);
        if !self.is_due(at) || self.tellings.len() >= MOST_AN_HOUR {
            return None;
        }
        self.tellings.push(at);
        let telling = self.telling();
        self.flaps = telling == Telling::Flapping;
        if telling == Telling::Onset && self.told == 0 {
            self.since = self.turned;
        }
        let facts = signal.map(|signal| signal.facts.clone()).unwrap_or_default();
        let told = OperatorEvent::of(&self.condition, telling, self.since, at, &facts);
        match telling {
            Telling::Onset => self.told = self.seen,
            Telling::End => self.told = 0,
            Telling::Flapping => {}
        }
        Some(told)
    }

    fn see(&mut self, signal: Option<&Signal>, at: Timestamp) {
        let seen = signal.map_or(0, |signal| signal.level.unwrap_or(self.seen));
        let since = signal.and_then(|signal| signal.since).filter(|since| *since <= at);
        if seen != self.seen {
            self.turned = if self.seen == 0 { since.unwrap_or(at) } else { at };
            self.seen = seen;
        } else if self.told == 0
            && let Some(since) = since
        {
            // It may have ended and begun again between two looks.
            self.turned = self.turned.max(since);
        }
        // The clock may have been set back.
        self.turned = self.turned.min(at);
    }

    fn is_due(&self, at: Timestamp) -> bool {
        let lasted = time_between(self.turned, at);
        if self.flaps {
            lasted >= STEADY
        } else if self.seen > self.told {
            lasted >= self.condition.onset_after()
        } else {
            self.seen == 0 && self.told > 0 && lasted >= self.condition.end_after()
        }
    }

    /// What is told now; the last place of the hour says that no more is.
    fn telling(&self) -> Telling {
        if !self.flaps && self.tellings.len() == MOST_AN_HOUR {
            Telling::Flapping
        } else if self.seen > 0 {
            Telling::Onset
        } else {
            Telling::End
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
