//! What somebody who looks finds.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::Condition;
use crate::delivery::Reason;

/// The stretch of time over which a desk's failures are counted.
pub const WINDOW: Duration = Duration::from_mins(10);

/// So few deliveries in the window say nothing about the desk.
pub const LEAST: u64 = 10;

/// The shares of failures that are told, in percent.
const LEVELS: [u8; 3] = [90, 70, 50];

/// From this share on a desk that was failing still is.
const STILL: u8 = 40;

/// What was found at one moment: all that holds. What is not here does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When somebody looked.
    pub at: Timestamp,
    /// Each condition at most once.
    pub signals: Vec<Signal>,
}

/// A condition that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Which.
    pub condition: Condition,
    /// How grave it is; `None`: too slight to begin, and enough to go on.
    pub level: Option<u8>,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// What is told with it.
    pub facts: Facts,
}

/// What is told of a condition beside its names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Facts {
    /// Why the desk is left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether an operator has paused the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// The level of failures that was passed: 50, 70 or 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Deliveries without a ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// Deliveries in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<u64>,
    /// By how many deliveries the books do not balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unaccounted: Option<u64>,
    /// Deliveries that no lane has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nowhere: Option<u64>,
    /// Places at which the journal lost entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaps: Option<u64>,
}

impl Signal {
    /// A condition that holds or does not, with nothing between.
    pub fn of(condition: Condition, since: Option<Timestamp>, facts: Facts) -> Self {
        Self { condition, level: Some(1), since, facts }
    }
}

/// Whether a desk is failing where `failed` of `deliveries` in the [`WINDOW`] did not become a ticket.
pub fn failing(condition: Condition, failed: u64, deliveries: u64) -> Option<Signal> {
    let share = u8::try_from(failed.saturating_mul(100).checked_div(deliveries)?).ok()?;
    if share < STILL {
        return None;
    }
    let level = LEVELS.into_iter().find(|level| share >= *level && deliveries >= LEAST);
    let facts = Facts {
        percent: level,
        failed: Some(failed),
        deliveries: Some(deliveries),
        ..Facts::default()
    };
    Some(Signal { condition, level, since: None, facts })
}
