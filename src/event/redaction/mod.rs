//! What of an event nobody may read, and the event as everybody may.
//!
//! Queues, journal and ledger keep the event whole, so that a replay sees today's rules over all of
//! it. Whoever reads it gets an [`EventView`], which [`Redactions`] alone makes, and of which no
//! message is made.

mod path;

pub use path::{InvalidPath, RedactedPath};

use std::{collections::BTreeMap, ops::Deref};

use jiff::Timestamp;
use serde_json::Value;

use self::path::Left;
use super::{DataPath, Envelope, Event, RequestId, Route, SourceName};

/// What a reader finds in the place of a value.
pub const REDACTED: &str = "[redacted]";

/// What of one source's events nobody may read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redaction(Vec<RedactedPath>);

impl Redaction {
    /// Hides what is at these paths.
    pub fn new(paths: Vec<RedactedPath>) -> Self {
        Self(paths)
    }

    /// The paths.
    pub fn paths(&self) -> &[RedactedPath] {
        &self.0
    }

    /// Whether it hides nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The payload as if the sender had not said what is hidden: members are gone, and an item of a
    /// list is null, so that the others keep their places.
    pub fn without(&self, data: &Value) -> Value {
        self.redacted(data, Left::Nothing)
    }

    /// The payload as everybody may read it: [`REDACTED`] stands for what is hidden.
    pub fn marked(&self, data: &Value) -> Value {
        self.redacted(data, Left::Mark)
    }

    /// After how many names this place is hidden, with all that is below; `None`: it is not.
    pub fn reaches(&self, place: &DataPath) -> Option<usize> {
        self.0.iter().filter_map(|path| path.reaches(place.steps())).min()
    }

    /// As much of this place as may be named: nothing below what is hidden.
    pub fn shown(&self, place: &DataPath) -> DataPath {
        self.reaches(place).map_or_else(|| place.clone(), |names| place.cut(names))
    }

    fn redacted(&self, data: &Value, left: Left) -> Value {
        let mut data = data.clone();
        for path in &self.0 {
            path.strike(&mut data, left);
        }
        data
    }
}

/// What of each source's events nobody may read. By default no source is known, and of an event
/// whose source is not known nobody may read any payload.
#[derive(Debug, Clone, Default)]
pub struct Redactions {
    of: BTreeMap<SourceName, Redaction>,
    shows_strangers: bool,
}

impl FromIterator<(SourceName, Redaction)> for Redactions {
    fn from_iter<I: IntoIterator<Item = (SourceName, Redaction)>>(all: I) -> Self {
        Self { of: all.into_iter().collect(), shows_strangers: false }
    }
}

impl Redactions {
    /// Hides nothing, whatever the source.
    pub fn none() -> Self {
        Self { of: BTreeMap::new(), shows_strangers: true }
    }

    /// What of this source's events nobody may read; `None` where the source is not known.
    pub fn of(&self, source: &SourceName) -> Option<Redaction> {
        let known = self.of.get(source).cloned();
        known.or_else(|| self.shows_strangers.then(Redaction::default))
    }

    /// What is hidden of this source's events: all of them where the source is not known.
    pub fn hidden_of(&self, source: &SourceName) -> Redaction {
        self.of(source).unwrap_or_else(|| Redaction(vec![RedactedPath::everything()]))
    }

    /// The event as everybody may read it.
    pub fn view(&self, mut event: Event) -> EventView {
        let hidden = self.hidden_of(&event.source);
        if !hidden.is_empty() {
            event.data = hidden.redacted(&event.data, Left::Mark);
        }
        EventView(event)
    }

    /// The envelope as everybody may read it.
    pub fn view_envelope(&self, envelope: Envelope) -> EnvelopeView {
        let Envelope { event, routes, request_id, received_at, trace: _ } = envelope;
        EnvelopeView { event: self.view(event), routes, request_id, received_at }
    }
}

/// An event as everybody may read it: [`REDACTED`] stands for what its source redacts.
#[derive(Debug, Clone, PartialEq)]
pub struct EventView(Event);

impl Deref for EventView {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.0
    }
}

/// An envelope as everybody may read it. Nothing publishes one.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeView {
    /// The event.
    pub event: EventView,
    /// The desks that get a delivery.
    pub routes: Vec<Route>,
    /// Follows the event from the receiver's log line to the desk's.
    pub request_id: RequestId,
    /// When the receiver had read and checked it.
    pub received_at: Timestamp,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(source: &str, data: Value) -> Event {
        Event {
            source: source.parse().unwrap(),
            id: "1".parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: super::super::Attributes::default(),
            data,
        }
    }

    fn redaction(paths: &[&str]) -> Redaction {
        Redaction::new(paths.iter().map(|path| path.parse().unwrap()).collect())
    }

    #[test]
    fn a_view_says_where_something_is_hidden_and_rules_see_nothing_there() {
        let data = json!({
            "card": { "number": "4111", "exp": { "year": 2030 } },
            "customer": { "phone": "1", "name": "Ana" },
            "items": [{ "note": "a", "n": 1 }, { "note": { "deep": "b" } }, "text"],
            "list": ["a", "b"],
        });
        let paths =
            ["data.card.*", "data.customer.phone", "data.items.*.note", "data.list.*", "data.no.x"];
        let redactions: Redactions =
            [("shop".parse().unwrap(), redaction(&paths))].into_iter().collect();
        let view = redactions.view(event("shop", data.clone()));
        assert_eq!(
            view.data,
            json!({
                "card": { "number": REDACTED, "exp": REDACTED },
                "customer": { "phone": REDACTED, "name": "Ana" },
                "items": [{ "note": REDACTED, "n": 1 }, { "note": REDACTED }, "text"],
                "list": [REDACTED, REDACTED],
            })
        );
        assert_eq!(
            redaction(&paths).without(&data),
            json!({
                "card": {},
                "customer": { "name": "Ana" },
                "items": [{ "n": 1 }, {}, "text"],
                "list": [null, null],
            })
        );
    }

    #[test]
    fn nobody_reads_a_payload_of_a_source_that_is_not_configured() {
        let redactions: Redactions =
            [("shop".parse().unwrap(), Redaction::default())].into_iter().collect();
        let data = json!({ "orderId": "A-1" });
        assert_eq!(redactions.view(event("shop", data.clone())).data, data);
        assert_eq!(redactions.view(event("gone", data.clone())).data, json!(REDACTED));
        assert_eq!(Redactions::default().view(event("shop", data.clone())).data, json!(REDACTED));
        assert_eq!(Redactions::none().view(event("gone", data.clone())).data, data);
        assert_eq!(redactions.of(&"gone".parse().unwrap()), None);
    }
}
