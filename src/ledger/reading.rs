//! What readers ask the ledger for, and what they are shown.

use jiff::Timestamp;

use crate::{
    delivery::Reason,
    event::{DeskName, EnvelopeView, EventType, SourceName},
};

/// An accepted event as the ledger shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    /// The event with its routes, without what its source redacts.
    pub envelope: EnvelopeView,
    /// How often another body came under the same id.
    pub conflicts: u64,
}

/// Chooses deliveries. What is `None` does not choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// By the contract's name of the state.
    pub state: Option<String>,
    /// By desk.
    pub desk: Option<DeskName>,
    /// By source.
    pub source: Option<SourceName>,
    /// By event type.
    pub event_type: Option<EventType>,
    /// By the reason of the last failure.
    pub reason: Option<Reason>,
    /// Changed since then.
    pub since: Option<Timestamp>,
    /// By a text in the event, as far as it is shown, or in the failure's words.
    pub text: Option<String>,
    /// How many at most; all for `None`.
    pub most: Option<usize>,
}
