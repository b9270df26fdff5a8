//! Searches of operators: what is chosen, and page after page of it.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use super::{EventRecord, FieldMatch, LedgerError};
use crate::{
    delivery::{Delivery, Incident, Reason, SilenceId},
    event::{DeskName, EventId, EventType, SourceName},
    ticket::Priority,
};

/// How many rows one page looks at, at most: a search that finds little ends its page early, and
/// [`Found::next`] goes on behind them. Where the text of the events has to be looked at too, a row
/// counts for several.
pub const MOST_WALKED: usize = 50_000;

/// Searches, the latest first.
///
/// Promises: what is added while somebody goes from page to page neither shifts nor doubles what
/// they have not seen yet; no page looks at more than [`MOST_WALKED`] rows.
#[async_trait]
pub trait Searches {
    /// Deliveries that a worker has taken up, by when they last changed.
    async fn search_deliveries(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<Delivery>, LedgerError>;

    /// Events, by when they were received. What the search says of deliveries has to hold of one of
    /// the event's, all of it.
    async fn search_events(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<EventRecord>, LedgerError>;

    /// Incidents, by when they last changed. Of the search, times, desk and incident count.
    async fn search_incidents(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<IncidentRecord>, LedgerError>;
}

/// What is chosen. What is `None` does not choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Not before then.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    /// By source.
    pub source: Option<SourceName>,
    /// By the sender's id of the event.
    pub event: Option<EventId>,
    /// By event type.
    pub event_type: Option<EventType>,
    /// By desk.
    pub desk: Option<DeskName>,
    /// By the contract's name of the state.
    pub state: Option<&'static str>,
    /// By the reason of the last failure.
    pub reason: Option<Reason>,
    /// By priority.
    pub priority: Option<Priority>,
    /// By the incident's key.
    pub incident: Option<String>,
    /// By the silence that suppresses it, or did before it was released.
    pub silence: Option<SilenceId>,
    /// By a text in the event or in the failure's words, whatever the case of ASCII letters.
    pub text: Option<String>,
    /// By members of the payload, all of them.
    pub fields: Vec<FieldMatch>,
}

impl Search {
    /// Whether it says something of deliveries.
    pub fn is_of_deliveries(&self) -> bool {
        let Self { desk, state, reason, priority, incident, silence, .. } = self;
        desk.is_some()
            || state.is_some()
            || reason.is_some()
            || priority.is_some()
            || incident.is_some()
            || silence.is_some()
    }

    /// Whether it can be told only from the event itself.
    pub fn is_of_payload(&self) -> bool {
        self.text.is_some() || !self.fields.is_empty()
    }

    /// Whether it chooses nothing.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Which part of what is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Behind this; from the beginning for `None`.
    pub after: Option<Cursor>,
    /// How many at most.
    pub most: usize,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// The latest first.
    pub items: Vec<T>,
    /// Where to go on; `None`: that was all. A page with a next one may hold less than was asked for.
    pub next: Option<Cursor>,
    /// How many rows were looked at.
    pub walked: usize,
}

/// A place in a list: the time by which it is ordered, and what tells rows of one time apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// In nanoseconds since 1970.
    pub at: i64,
    /// A number of the row.
    pub number: i64,
    /// Another part of its key.
    pub name: String,
}

/// A text that no list has given as a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no cursor of this list")]
pub struct InvalidCursor;

impl Cursor {
    /// The cursor as a text that says nothing to others, for lists of this kind alone.
    pub fn written(&self, kind: &str) -> String {
        let Self { at, number, name } = self;
        URL_SAFE_NO_PAD.encode(serde_json::json!([kind, at, number, name]).to_string())
    }

    /// Reads what [`Cursor::written`] wrote.
    pub fn read(kind: &str, text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_not_base64| InvalidCursor)?;
        let (of, at, number, name): (String, i64, i64, String) =
            serde_json::from_slice(&bytes).map_err(|_not_ours| InvalidCursor)?;
        if of == kind { Ok(Self { at, number, name }) } else { Err(InvalidCursor) }
    }
}

/// What is known of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRecord {
    /// At which desk.
    pub desk: DeskName,
    /// Its key, as the rule made it.
    pub key: String,
    /// When something of it changed last.
    pub updated_at: Timestamp,
    /// What is known.
    pub incident: Incident,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_kind_of_list() {
        let cursor = Cursor { at: -5, number: 7, name: "crm".to_owned() };
        let text = cursor.written("deliveries");
        assert_eq!(Cursor::read("deliveries", &text).unwrap(), cursor);
        assert_eq!(Cursor::read("events", &text), Err(InvalidCursor));
        for wrong in ["", "x", "!", "W10", "bnVsbA"] {
            assert_eq!(Cursor::read("events", wrong), Err(InvalidCursor), "{wrong}");
        }
    }
}
