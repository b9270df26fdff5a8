//! The accounts, as operators read them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ticket::Priority;

/// The accounts: accepted deliveries on one side, where they are on the other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Books {
    /// Accepted events.
    pub events: u64,
    /// Accepted events that no rule matched.
    pub unmatched: u64,
    /// Of these, how many each source posted.
    pub unmatched_of: BTreeMap<String, u64>,
    /// Events whose id came again with another body, and how often in all.
    pub conflicts: u64,
    /// A line for each source and desk.
    pub lines: Vec<BookLine>,
    /// What waits for a worker, a line for each desk and priority where something does.
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// Whether every line balances.
    pub balanced: bool,
    /// Deliveries that the lines miss: a worker took them up once, and the ledger has lost them. At
    /// most [`MOST_NAMED`].
    pub lost: Vec<Missing>,
    /// How many deliveries have been missing from their lane, and are not taken up yet.
    pub missing: u64,
    /// Of these, how many no lane has again.
    pub nowhere: u64,
    /// Those that are missing, the latest first; at most [`MOST_NAMED`].
    pub missing_deliveries: Vec<Missing>,
    /// Those that were missing and came back, the latest first; at most [`MOST_NAMED`].
    pub made_good: Vec<Missing>,
    /// What left the journal before it was recorded, the latest first.
    pub gaps: Vec<Gap>,
}

/// How many deliveries a list of the books names.
pub const MOST_NAMED: u32 = 100;

impl Books {
    /// Whether every accepted event is accounted for.
    pub fn are_whole(&self) -> bool {
        self.balanced && self.nowhere == 0 && self.gaps.is_empty()
    }
}

/// What waits in one lane: not taken up yet, to be tried again, or to be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Waiting {
    /// The desk.
    pub desk: String,
    /// The priority.
    pub priority: Priority,
    /// How many deliveries.
    pub deliveries: u64,
    /// When the event of the first recorded of them was received.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// A delivery that is not where it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Missing {
    /// The event's source.
    pub source: String,
    /// The event's id.
    pub id: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The desk.
    pub desk: String,
    /// When a worker found that no lane had it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub found_at: Option<Timestamp>,
    /// When the lane got it again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub put_back_at: Option<Timestamp>,
}

/// Entries of the journal that were never recorded and that nobody can read any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Gap {
    /// When that was found.
    #[schema(value_type = String, format = DateTime)]
    pub found_at: Timestamp,
    /// How many; `None` where the journal was deleted and nobody knows.
    pub entries: Option<u64>,
}

/// The account of one source at one desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BookLine {
    /// The source.
    pub source: String,
    /// The desk.
    pub desk: String,
    /// Deliveries that the journal says were accepted.
    pub accepted: u64,
    /// Of these, not yet taken up by a worker, or put back by an operator.
    pub queued: u64,
    /// A worker is at them.
    pub attempting: u64,
    /// They wait for another attempt.
    pub retrying: u64,
    /// Their ticket may exist or not.
    pub uncertain: u64,
    /// Their ticket exists.
    pub ticketed: u64,
    /// They were added to the ticket of an open incident.
    #[serde(default)]
    pub merged: u64,
    /// They have resolved their incident.
    #[serde(default)]
    pub resolved: u64,
    /// A silence kept them from their ticket.
    #[serde(default)]
    pub suppressed: u64,
    /// They will not be tried again unless replayed.
    pub dead: u64,
    /// Given up by an operator.
    pub discarded: u64,
}

impl BookLine {
    /// Deliveries that are on their way by themselves.
    pub fn in_flight(&self) -> u64 {
        self.queued + self.attempting + self.retrying
    }

    /// Whether what was accepted is what is accounted for.
    pub fn balances(&self) -> bool {
        self.imbalance() == 0
    }

    /// By how many deliveries what was accepted and what is accounted for differ.
    pub fn imbalance(&self) -> u64 {
        self.accepted.abs_diff(self.settled() + self.uncertain + self.in_flight())
    }

    /// Deliveries that have come to their end.
    pub fn settled(&self) -> u64 {
        self.ticketed + self.merged + self.resolved + self.suppressed + self.dead + self.discarded
    }
}
