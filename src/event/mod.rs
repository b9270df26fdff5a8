//! Business events: what upstream applications post and what the queues carry.
//!
//! An [`Event`] is a CloudEvents 1.0 event whose source is known and whose `data` has been read
//! with every digit as the sender wrote it.

mod batch;
mod binary;
mod cloudevents;
mod edit;
mod encoded;
mod erased;
mod form;
mod mark;
mod names;
mod pattern;
mod redaction;
mod schema;
mod strict;
mod time;
mod trace;

pub use batch::{BATCH_CONTENT_TYPE, InItem};
pub use cloudevents::{CONTENT_TYPE, NotACloudEvent};
pub use edit::{Change, DataPath, Edit, InvalidDataPath, Stroke, changes, differences};
pub use erased::Erased;
pub use form::{EventError, Form};
pub use mark::{JournalGap, JournalMark};
pub use names::{DeskName, EventId, EventType, InvalidName, ReceiverName, RuleName, SourceName};
pub use pattern::TypePattern;
pub use redaction::{
    EnvelopeView, EventView, InvalidPath, REDACTED, RedactedPath, Redaction, Redactions,
};
pub use schema::{MOST_VIOLATIONS, SchemaBook, SchemaFault, Violation};
pub use strict::{InvalidJson, LONGEST_NUMBER, Limits, Place, read as read_json};
pub use time::is_rfc3339;
pub use trace::{InvalidTraceParent, TraceParent};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A CloudEvents 1.0 event that a configured source posted.
///
/// `source` and `id` together identify it; `attributes.source` is what the sender wrote there and
/// is kept for readers of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The configured source that posted it.
    pub source: SourceName,
    /// The sender's id.
    pub id: EventId,
    /// What happened.
    pub event_type: EventType,
    /// The remaining CloudEvents attributes.
    pub attributes: Attributes,
    /// The payload. Numbers keep their digits as written.
    pub data: Value,
}

/// CloudEvents attributes beside `id`, `type` and `specversion`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes {
    /// `source`, as sent; the configured source's name where the sender gave none.
    pub source: String,
    /// `subject`, as sent.
    pub subject: Option<String>,
    /// `time`, RFC 3339, as sent.
    pub time: Option<String>,
    /// `dataschema`, as sent.
    pub dataschema: Option<String>,
    /// Extension attributes, as sent.
    pub extensions: Map<String, Value>,
}

/// An event with all that Deskbell adds on its way: where it goes, and when and how it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// The event.
    pub event: Event,
    /// The desks that get a delivery; empty where no rule matched. At most one route per desk.
    pub routes: Vec<Route>,
    /// Follows the event from the receiver's log line to the desk's.
    pub request_id: RequestId,
    /// When the receiver had read and checked it.
    pub received_at: Timestamp,
    /// What published it, in a distributed trace. It travels along and identifies nothing.
    pub trace: TraceParent,
}

impl Envelope {
    /// When the event happened, as it says; when it was received, where it does not.
    pub fn happened_at(&self) -> Timestamp {
        let said = self.event.attributes.time.as_deref().and_then(|time| time.parse().ok());
        said.unwrap_or(self.received_at)
    }
}

/// One desk that an event goes to, decided at the receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The desk.
    pub desk: DeskName,
    /// The rule that said so; it is rendered at the worker.
    pub rule: RuleName,
    /// The lane.
    pub priority: crate::ticket::Priority,
}

/// One id from the receiver to the desk's call, in every log line between.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(String);

impl RequestId {
    /// A fresh id: a UUID of version 7, so that ids sort by time.
    pub fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().to_string())
    }

    /// Takes up an id that travelled with a message.
    pub fn carried(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The trace that is made from the id: every event's, where nobody began another.
    pub fn trace(&self) -> TraceParent {
        TraceParent::of(self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
