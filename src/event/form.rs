//! What senders post: the two forms of one event, read from a body whose signature holds.

use serde_json::{Map, Value};

use super::{
    Attributes, Event, EventId, EventType, InvalidJson, InvalidName, Limits, NotACloudEvent,
    SourceName, encoded, read_json, time::is_rfc3339,
};
use crate::signature::Verified;

/// How a posted event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CloudEvents 1.0, structured JSON: `application/cloudevents+json`.
    CloudEvents,
    /// `{"type","timestamp"?,"data","id"?}`: `application/json`. Other members are passed over.
    Plain,
}

/// Why a body is not an event. Nothing of it but the names of members is quoted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The body is not JSON that every reader takes the same way.
    #[error("the body {0}")]
    NotJson(InvalidJson),
    /// The body is JSON but not CloudEvents 1.0.
    #[error(transparent)]
    NotACloudEvent(NotACloudEvent),
    /// The body is JSON but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// A required member is absent.
    #[error("the member `{0}` is missing")]
    Missing(&'static str),
    /// A member that must be a text is something else.
    #[error("the member `{0}` is not a text")]
    NotText(&'static str),
    /// A text cannot be used as what it is meant for.
    #[error("the member `{member}` {rule}")]
    Unusable {
        /// Which member; the signature's header where the id is there.
        member: &'static str,
        /// What it should look like.
        rule: InvalidName,
    },
    /// The body of a batch is JSON but not an array.
    #[error("the body is not a JSON array")]
    NotABatch,
    /// A header of CloudEvents' binary mode cannot be read.
    #[error("the header `{0}` is no attribute in printable, percent-encoded UTF-8, said once")]
    BadHeader(String),
    /// `timestamp` is not an instant of RFC 3339.
    #[error("the member `timestamp` is not an RFC 3339 time with an offset")]
    NotATime,
    /// The event has no id.
    #[error("the event has no id: send it as `id`, or sign with Standard Webhooks")]
    NoId,
    /// The id in the body is not the id that was signed.
    #[error("the member `id` is not the id of the signature")]
    OtherId,
}

impl Event {
    /// Reads the event that `source` posted.
    ///
    /// A plain event's id is the one that was signed with it, else its member `id`; its CloudEvents
    /// `source` is the configured source's name, and its `time` the member `timestamp`.
    pub fn parse(
        source: &SourceName,
        form: Form,
        verified: &Verified<'_>,
    ) -> Result<Self, EventError> {
        let document = read_json(verified.body(), Limits::POSTED).map_err(EventError::NotJson)?;
        match (form, document) {
            (Form::CloudEvents, document) => structured(source, document),
            (Form::Plain, Value::Object(document)) => plain(source, document, verified.id()),
            (Form::Plain, _) => Err(EventError::NotAnObject),
        }
    }
}

/// One posted event in CloudEvents' JSON format.
pub(super) fn structured(source: &SourceName, document: Value) -> Result<Event, EventError> {
    let Value::Object(mut document) = document else { return Err(EventError::NotAnObject) };
    encoded::decode(&mut document)?;
    Ok(Event::from_document(source, document)?)
}

fn plain(
    source: &SourceName,
    mut document: Map<String, Value>,
    signed_id: Option<&str>,
) -> Result<Event, EventError> {
    let event_type = text(&mut document, "type")?.ok_or(EventError::Missing("type"))?;
    let time = text(&mut document, "timestamp")?;
    if time.as_deref().is_some_and(|time| !is_rfc3339(time)) {
        return Err(EventError::NotATime);
    }
    let id = id(text(&mut document, "id")?, signed_id)?;
    let data = document.shift_remove("data").ok_or(EventError::Missing("data"))?;
    Ok(Event {
        source: source.clone(),
        id,
        event_type: EventType::try_from(event_type)
            .map_err(|rule| EventError::Unusable { member: "type", rule })?,
        attributes: Attributes { source: source.to_string(), time, ..Attributes::default() },
        data,
    })
}

fn id(sent: Option<String>, signed: Option<&str>) -> Result<EventId, EventError> {
    let id = match (sent, signed) {
        (Some(sent), Some(signed)) if sent != signed => return Err(EventError::OtherId),
        (_, Some(signed)) => signed.to_owned(),
        (Some(sent), None) => sent,
        (None, None) => return Err(EventError::NoId),
    };
    EventId::try_from(id).map_err(|rule| EventError::Unusable { member: "id", rule })
}

fn text(
    document: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<String>, EventError> {
    match document.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(EventError::NotText(name)),
    }
}

impl From<NotACloudEvent> for EventError {
    fn from(error: NotACloudEvent) -> Self {
        match error {
            NotACloudEvent::NotJson(cause) => Self::NotJson(cause),
            other => Self::NotACloudEvent(other),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;

    use super::*;
    use crate::signature::{Headers, Scheme, SchemeSettings};

    fn parse(form: Form, body: &str, signed_id: Option<&str>) -> Result<Event, EventError> {
        let scheme = match signed_id {
            Some(_) => SchemeSettings::StandardWebhooks {
                secrets: vec!["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()],
                tolerance: std::time::Duration::from_mins(5),
            },
            None => SchemeSettings::None,
        };
        let scheme = Scheme::new(scheme).unwrap();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let now = Timestamp::UNIX_EPOCH;
        let signed = scheme.sign(signed_id.unwrap_or_default(), &body, now);
        let headers: Headers<'_> =
            signed.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let verified = scheme.verify(&headers, &body, now).unwrap();
        Event::parse(&"shop".parse().unwrap(), form, &verified)
    }

    #[test]
    fn a_plain_event_becomes_a_cloud_event_of_its_source() {
        let sent = r#"{"type":"a.b","timestamp":"2026-01-01T00:00:00Z","data":{"n":1.50},"x":1}"#;
        let event = parse(Form::Plain, sent, Some("msg_1")).unwrap();
        assert_eq!(event.id.as_str(), "msg_1");
        assert_eq!(event.attributes.source, "shop");
        assert_eq!(event.attributes.time.as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(event.data.to_string(), r#"{"n":1.50}"#);
        let carried = Event::from_cloudevents(&event.source, &event.to_cloudevents()).unwrap();
        assert_eq!(carried, event);
    }

    #[test]
    fn a_plain_event_has_the_signed_id_and_no_other() {
        let with_id = r#"{"type":"a.b","data":{},"id":"msg_1"}"#;
        assert_eq!(parse(Form::Plain, with_id, None).unwrap().id.as_str(), "msg_1");
        assert_eq!(parse(Form::Plain, with_id, Some("msg_1")).unwrap().id.as_str(), "msg_1");
        assert_eq!(parse(Form::Plain, with_id, Some("msg_2")), Err(EventError::OtherId));
        let without = r#"{"type":"a.b","data":{}}"#;
        assert_eq!(parse(Form::Plain, without, None), Err(EventError::NoId));
    }

    #[test]
    fn a_cloud_event_keeps_its_own_id_whatever_was_signed() {
        let sent = r#"{"specversion":"1.0","id":"e-1","source":"/s","type":"a.b","data":{}}"#;
        let event = parse(Form::CloudEvents, sent, Some("msg_1")).unwrap();
        assert_eq!((event.id.as_str(), event.attributes.source.as_str()), ("e-1", "/s"));
    }

    #[test]
    fn what_is_wrong_is_named_and_never_quoted() {
        for (form, sent, words) in [
            (Form::Plain, "[]", "not a JSON object"),
            (Form::Plain, r#"{"data":{}}"#, "`type` is missing"),
            (Form::Plain, r#"{"type":7,"data":{}}"#, "`type` is not a text"),
            (Form::Plain, r#"{"type":"can/ary","data":{},"id":"1"}"#, "`type` is no event type"),
            (Form::Plain, r#"{"type":"a","id":"1"}"#, "`data` is missing"),
            (Form::Plain, r#"{"type":"a","id":"1","timestamp":"canary","data":1}"#, "RFC 3339"),
            (Form::Plain, r#"{"type":"a","id":" canary","data":1}"#, "`id` is no event id"),
            (Form::Plain, r#"{"type":"a","type":"canary"}"#, "`/type` twice"),
            (Form::CloudEvents, r#"{"id":"canary"}"#, "`specversion` is missing"),
            (Form::CloudEvents, "{", "ends within a value"),
        ] {
            let error = parse(form, sent, None).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn the_largest_event_that_is_accepted_is_carried() {
        let items = vec!["0"; Limits::POSTED.nodes - 5].join(",");
        let sent = format!(r#"{{"type":"a.b","id":"1","data":[{items}]}}"#);
        let event = parse(Form::Plain, &sent, None).unwrap();
        assert!(Event::from_cloudevents(&event.source, &event.to_cloudevents()).is_ok());
    }
}
