//! The steps that make up a delivery at a desk. Each is recorded on its own: its intent before the
//! desk is called, its outcome after the desk has answered.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ticket::TicketRef;

/// One thing that a desk is asked to do for a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Step {
    /// Make sure that the customer exists.
    Customer,
    /// Find the record of the draft's association of this number, or create it.
    Record(usize),
    /// Create the ticket.
    Ticket,
}

impl Step {
    /// Whether doing it twice leaves the desk as doing it once does. Where it does not, an answer
    /// that never came has to be looked up before a second try.
    pub fn is_repeatable(&self) -> bool {
        match self {
            Self::Customer | Self::Record(_) => true,
            Self::Ticket => false,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => formatter.write_str("customer"),
            Self::Record(number) => write!(formatter, "record:{number}"),
            Self::Ticket => formatter.write_str("ticket"),
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
        match text.split_once(':') {
            None if text == "customer" => Ok(Self::Customer),
            None if text == "ticket" => Ok(Self::Ticket),
            Some(("record", number)) => number.parse().map(Self::Record).map_err(|_| InvalidStep),
            _ => Err(InvalidStep),
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

    #[test]
    fn a_step_reads_back_as_it_was_written() {
        for step in [Step::Customer, Step::Record(3), Step::Ticket] {
            assert_eq!(step.to_string().parse::<Step>().unwrap(), step);
        }
        for bad in ["", "record", "record:", "record:x", "tickets"] {
            assert!(bad.parse::<Step>().is_err(), "{bad:?}");
        }
    }
}
