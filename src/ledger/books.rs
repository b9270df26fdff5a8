//! The accounts, as operators read them.

use serde::{Deserialize, Serialize};

/// The accounts: accepted deliveries on one side, where they are on the other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Books {
    /// Accepted events.
    pub events: u64,
    /// Accepted events that no rule matched.
    pub unmatched: u64,
    /// Events whose id came again with another body, and how often in all.
    pub conflicts: u64,
    /// A line for each source and desk.
    pub lines: Vec<BookLine>,
    /// Whether every line balances.
    pub balanced: bool,
}

/// The account of one source at one desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    /// They will not be tried again unless replayed.
    pub dead: u64,
    /// Given up by an operator.
    pub discarded: u64,
}
