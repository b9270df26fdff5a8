//! Recorded events in the order in which they came, whole.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Cursor, LedgerError};
use crate::event::{Envelope, EventType, SourceName};

/// The events of the past.
///
/// Promises: page after page gives every event of a span once, the first received first, but for what
/// was erased; a page holds what it was asked for at most.
#[async_trait]
pub trait Past {
    /// A page of the events of `span`, behind `after`. They are whole, for rules to decide by: what
    /// they say is not to be shown.
    async fn past_events(
        &self,
        span: &EventSpan,
        after: Option<&Cursor>,
        most: usize,
    ) -> Result<PastEvents, LedgerError>;
}

/// Which events. What is `None` does not choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSpan {
    /// Received then or later.
    pub since: Timestamp,
    /// Received before then.
    pub until: Timestamp,
    /// By source.
    pub source: Option<SourceName>,
    /// By event type.
    pub event_type: Option<EventType>,
}

/// A page of events of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct PastEvents {
    /// The first received first.
    pub envelopes: Vec<Envelope>,
    /// Where to go on; `None`: that was all.
    pub next: Option<Cursor>,
}
