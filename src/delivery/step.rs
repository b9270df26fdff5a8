//! The steps that make up a delivery at a desk. Each is recorded on its own: its intent before the
//! desk is called, its outcome after the desk has answered.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Mark;
use crate::ticket::{Association, Missing, Target, TicketRef};

/// One thing that a desk is asked to do for a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Step {
    /// Make sure that the customer exists.
    Customer,
    /// Find the record that an association is about, or create it.
    Record(RecordKey),
    /// Create the ticket.
    Ticket,
    /// Add a comment to a ticket that exists.
    Comment(Mark),
    /// Write to the customer's time line, where the desk takes no comments.
    TimeLine(Mark),
    /// Raise the ticket's priority to the draft's.
    Raise,
    /// Move the ticket from the resolved stage or status back to where new ones stand.
    Reopen,
    /// Move the ticket to the resolved stage or status.
    Resolve,
    /// Tie the draft's records to a ticket that exists.
    Tie,
}

/// Names what a record's step is about, so that a rule which is edited between two attempts cannot
/// mix up their outcomes.
///
/// The record's kind and half of a SHA-256 over all that decides the step's outcome: a customer's
/// address is not for a log line. Before, it was the association's number in the draft; such a step
/// still reads, and is done anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordKey(String);

impl RecordKey {
    /// The key of what `association` is about: not of what the tie means.
    pub fn of(association: &Association) -> Self {
        let Association { object, target, missing, kind: _ } = association;
        let (property, value) = match target {
            Target::Id(id) => ("", id),
            Target::Match { property, value } => (property.as_str(), value),
        };
        let missing = match missing {
            Missing::Create => "create",
            Missing::Skip => "skip",
            Missing::Fail => "fail",
        };
        let mut hash = Sha256::new();
        for part in [object, property, value, missing] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(format!("{object}:{}", hex::encode(&hash.finalize()[..16])))
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl Step {
    /// Whether doing it twice leaves the desk as doing it once does. Where it does not, an answer
    /// that never came has to be looked up before a second try.
    ///
    /// A second entry on a time line calls nobody, and people know it by its mark.
    pub fn is_repeatable(&self) -> bool {
        match self {
            Self::Customer
            | Self::Record(_)
            | Self::TimeLine(_)
            | Self::Raise
            | Self::Reopen
            | Self::Resolve
            | Self::Tie => true,
            Self::Ticket | Self::Comment(_) => false,
        }
    }

    /// Whether it is about a ticket that exists.
    pub fn is_about_a_ticket(&self) -> bool {
        match self {
            Self::Comment(_) | Self::Raise | Self::Reopen | Self::Resolve | Self::Tie => true,
            Self::Customer | Self::Record(_) | Self::Ticket | Self::TimeLine(_) => false,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => formatter.write_str("customer"),
            Self::Record(key) => write!(formatter, "record:{key}"),
            Self::Ticket => formatter.write_str("ticket"),
            Self::Comment(mark) => write!(formatter, "comment:{mark}"),
            Self::TimeLine(mark) => write!(formatter, "time-line:{mark}"),
            Self::Raise => formatter.write_str("raise"),
            Self::Reopen => formatter.write_str("reopen"),
            Self::Resolve => formatter.write_str("resolve"),
            Self::Tie => formatter.write_str("tie"),
        }
    }
}

/// A text that names no step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("names no step")]
pub struct InvalidStep;

impl FromStr for Step {
    type Err = InvalidStep;

    fn from_str(text: &str) -> Result<Self, InvalidStep> {
        let mark = |digits: &str| digits.parse::<Mark>().map_err(|_| InvalidStep);
        match text.split_once(':') {
            None => match text {
                "customer" => Ok(Self::Customer),
                "ticket" => Ok(Self::Ticket),
                "raise" => Ok(Self::Raise),
                "reopen" => Ok(Self::Reopen),
                "resolve" => Ok(Self::Resolve),
                "tie" => Ok(Self::Tie),
                _ => Err(InvalidStep),
            },
            Some(("record", key)) if !key.is_empty() => Ok(Self::Record(RecordKey(key.to_owned()))),
            Some(("comment", digits)) => mark(digits).map(Self::Comment),
            Some(("time-line", digits)) => mark(digits).map(Self::TimeLine),
            Some(_) => Err(InvalidStep),
        }
    }
}

impl TryFrom<String> for Step {
    type Error = InvalidStep;

    fn try_from(text: String) -> Result<Self, InvalidStep> {
        text.parse()
    }
}

impl From<Step> for String {
    fn from(step: Step) -> Self {
        step.to_string()
    }
}

/// How far a step has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The desk is being asked, or was when the process ended: the outcome is not known.
    Intended {
        /// When the intent was written.
        at: Timestamp,
    },
    /// The desk has done it.
    Done {
        /// When the outcome was written.
        at: Timestamp,
        /// What came of it.
        outcome: Outcome,
    },
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is done, and there is nothing to remember.
    Done,
    /// The record has this id at the desk.
    Record(String),
    /// The record does not exist and the rule says to go on without it.
    Skipped,
    /// The ticket exists.
    Ticket(TicketRef),
}

/// A step of one delivery and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Which step.
    pub step: Step,
    /// How far it has come.
    pub progress: Progress,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::ticket::AssociationKind;

    fn association(value: &str, missing: Missing) -> Association {
        let (property, value) = ("email".to_owned(), value.to_owned());
        let target = Target::Match { property, value };
        Association {
            object: "contact".to_owned(),
            target,
            kind: AssociationKind::Default,
            missing,
        }
    }

    #[test]
    fn a_step_reads_back_as_it_was_written() {
        let record = Step::Record(RecordKey::of(&association("a@b.c", Missing::Skip)));
        let mark: Mark = "e915b8136583".parse().unwrap();
        let marked = [Step::Comment(mark.clone()), Step::TimeLine(mark)];
        let plain =
            [Step::Customer, record, Step::Ticket, Step::Raise, Step::Reopen, Step::Resolve];
        for step in plain.into_iter().chain(marked) {
            assert_eq!(step.to_string().parse::<Step>().unwrap(), step);
        }
        for bad in ["", "record", "record:", "tickets", "ticket:1", "comment", "comment:x"] {
            assert!(bad.parse::<Step>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_step_that_was_named_by_its_number_still_reads_and_is_no_other() {
        let old: Step = "record:0".parse().unwrap();
        assert_eq!(old.to_string(), "record:0");
        assert_ne!(old, Step::Record(RecordKey::of(&association("a@b.c", Missing::Skip))));
    }

    #[test]
    fn a_record_is_named_by_all_that_decides_its_outcome_and_by_no_address() {
        let key = RecordKey::of(&association("a@b.c", Missing::Skip));
        assert_eq!(key, RecordKey::of(&association("a@b.c", Missing::Skip)));
        assert_ne!(key, RecordKey::of(&association("x@b.c", Missing::Skip)));
        assert_ne!(key, RecordKey::of(&association("a@b.c", Missing::Create)));
        assert!(key.to_string().starts_with("contact:") && !key.to_string().contains("b.c"));
        let mut labelled = association("a@b.c", Missing::Skip);
        labelled.kind = AssociationKind::Label("Payer".to_owned());
        assert_eq!(key, RecordKey::of(&labelled));
    }
}
