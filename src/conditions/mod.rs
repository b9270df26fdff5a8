//! Conditions that operators should know of, each with an onset and an end, and what is told of them.
//!
//! Promises, kept by [`Watch`], a pure state machine that the ledger keeps for all processes:
//! - an onset and an end are told once each, whoever looks and however often anybody restarts;
//! - of one condition at most [`MOST_AN_HOUR`] events are told in an hour: the last of them says that it
//!   flaps, and then nothing more is told until it has stood still for [`STEADY`];
//! - what is told holds names, numbers and reasons of our own: nothing of a payload, no words of a desk
//!   or an operator.

mod look;
mod told;
mod watch;

pub use look::{Facts, LEAST, Look, Signal, WINDOW, failing};
pub use told::{FLAPPING, OPERATOR_EVENTS, OperatorEvent, OperatorEventKind};
pub use watch::{MOST_AN_HOUR, STEADY, Watch};

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    delivery::Reason,
    event::{DeskName, RuleName},
};

/// Something that an operator should know of while it lasts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Nothing goes to the desk until somebody acts: it is paused, or it refuses our key.
    Parked(DeskName),
    /// The desk is left alone, for another reason.
    Breaker(DeskName),
    /// Of what was tried at the desk lately, much has not become a ticket.
    Failing(DeskName),
    /// There are dead letters of this reason at the desk.
    Dead(DeskName, Reason),
    /// One ticket stands for many events of the rule at the desk.
    Flood(DeskName, RuleName),
    /// Accepted deliveries are not accounted for.
    Books,
}

impl Condition {
    /// The types of the events that tell its onset and its end.
    pub fn types(&self) -> (&'static str, &'static str) {
        match self {
            Self::Parked(_) => ("deskbell.desk.parked", "deskbell.desk.unparked"),
            Self::Breaker(_) => ("deskbell.breaker.opened", "deskbell.breaker.closed"),
            Self::Failing(_) => ("deskbell.desk.failing", "deskbell.desk.recovered"),
            Self::Dead(..) => ("deskbell.deliveries.dead", "deskbell.deliveries.cleared"),
            Self::Flood(..) => ("deskbell.flood.began", "deskbell.flood.ended"),
            Self::Books => ("deskbell.books.imbalanced", "deskbell.books.balanced"),
        }
    }

    /// The desk that it is about.
    pub fn desk(&self) -> Option<&DeskName> {
        match self {
            Self::Parked(desk)
            | Self::Breaker(desk)
            | Self::Failing(desk)
            | Self::Dead(desk, _)
            | Self::Flood(desk, _) => Some(desk),
            Self::Books => None,
        }
    }

    /// For how long it has to last before its onset is told: a moment of it is no news.
    fn onset_after(&self) -> Duration {
        match self {
            Self::Parked(_) | Self::Failing(_) | Self::Dead(..) | Self::Flood(..) => Duration::ZERO,
            Self::Breaker(_) => Duration::from_secs(30),
            // What is missing from its lane is put back within half a minute.
            Self::Books => Duration::from_mins(1),
        }
    }

    /// For how long it has to be gone before its end is told.
    fn end_after(&self) -> Duration {
        match self {
            Self::Parked(_) | Self::Failing(_) | Self::Dead(..) | Self::Flood(..) => Duration::ZERO,
            Self::Breaker(_) => Duration::from_secs(30),
            Self::Books => Duration::from_mins(1),
        }
    }
}

/// The CloudEvents `subject` of its events.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parked(desk) | Self::Breaker(desk) | Self::Failing(desk) => {
                write!(formatter, "desks/{desk}")
            }
            Self::Dead(desk, reason) => write!(formatter, "desks/{desk}/reasons/{reason}"),
            Self::Flood(desk, rule) => write!(formatter, "desks/{desk}/rules/{rule}"),
            Self::Books => formatter.write_str("books"),
        }
    }
}
