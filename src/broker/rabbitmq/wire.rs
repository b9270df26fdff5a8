//! How an envelope looks on the wire. The body is the CloudEvents document that other teams read;
//! what only Deskbell needs stands in headers.

use std::sync::Arc;

use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable, ShortString},
};

use super::{delays::Postponement, names::route_key};
use crate::{
    broker::Job,
    event::{
        CONTENT_TYPE, DeskName, Envelope, Event, NotACloudEvent, RequestId, Route, RuleName,
        SourceName,
    },
    ticket::Priority,
};

/// The configured source's name.
const SOURCE: &str = "deskbell-source";
/// All routes with their rules, as JSON.
const ROUTES: &str = "deskbell-routes";
/// The id that follows the event through all log lines.
const REQUEST_ID: &str = "deskbell-request-id";
/// When the receiver took the event, RFC 3339.
const RECEIVED_AT: &str = "deskbell-received-at";
/// The rule of the one job that a copy is for.
const RULE: &str = "deskbell-rule";
/// A job's earliest time, in milliseconds since 1970.
const NOT_BEFORE: &str = "deskbell-not-before";
/// When the job was put off, likewise.
const PUT_OFF_AT: &str = "deskbell-put-off-at";
/// W3C Trace Context.
const TRACEPARENT: &str = "traceparent";
/// Routing keys beside the message's own (RabbitMQ, "Sender-selected Distribution").
const CC: &str = "CC";
const BCC: &str = "BCC";
/// Where a message has been dead-lettered, the latest first (RabbitMQ, "Dead Letter Exchanges").
const DEATHS: &str = "x-death";

/// The headers of every event that its readers may rely on, each with what it says.
pub const HEADERS: [(&str, &str); 4] = [
    (SOURCE, "The configured source that posted the event."),
    (REQUEST_ID, "Follows the event through all log lines of Deskbell."),
    (RECEIVED_AT, "When the receiver took the event, RFC 3339."),
    (TRACEPARENT, "W3C Trace Context."),
];

/// Survives a restart of the broker (AMQP 0-9-1, `delivery-mode`).
const PERSISTENT: u8 = 2;

/// A message without its address.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) properties: BasicProperties,
    pub(super) body: Vec<u8>,
}

/// What a message says.
#[derive(Debug, PartialEq)]
pub(super) struct Incoming {
    pub(super) envelope: Envelope,
    /// The rule of the job that this copy is for; `None` in an event's first copies.
    pub(super) rule: Option<RuleName>,
    /// How long the job is put off.
    pub(super) put_off: Option<Postponement>,
}

/// Why a message is not one of Deskbell's.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// A header is absent or not what it should be.
    #[error("the header `{0}` is missing or cannot be read")]
    Header(&'static str),
    /// The body is no CloudEvents document.
    #[error("the body is not an event")]
    Body(#[from] NotACloudEvent),
}

/// An accepted event, on its way to all its routes at once.
pub(super) fn event(envelope: &Envelope) -> Message {
    let mut headers = headers(envelope);
    let copies: Vec<_> = envelope
        .routes
        .iter()
        .map(|route| text(route_key(&route.desk, route.priority).as_str()))
        .collect();
    if !copies.is_empty() {
        headers.insert(CC.into(), AMQPValue::FieldArray(copies.into()));
    }
    message(envelope, headers)
}

/// A copy for one lane alone, perhaps for later.
pub(super) fn job(job: &Job, put_off: Option<Postponement>) -> Message {
    let mut headers = headers(&job.envelope);
    headers.insert(RULE.into(), text(job.rule.as_str()));
    if let Some(Postponement { since, until }) = put_off {
        headers.insert(PUT_OFF_AT.into(), AMQPValue::LongLongInt(since));
        headers.insert(NOT_BEFORE.into(), AMQPValue::LongLongInt(until));
    }
    message(&job.envelope, headers)
}

/// What operators are told: a CloudEvents document of this id.
pub(super) fn for_operators(id: &str, body: &str) -> Message {
    let properties = BasicProperties::default()
        .with_content_type(CONTENT_TYPE.into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(id.into());
    Message { properties, body: body.as_bytes().to_vec() }
}

/// A message of somebody else, as it came but for what tells the broker where it goes, how long it
/// lives and who may send it.
pub(super) fn foreign(properties: &BasicProperties, body: Vec<u8>) -> Message {
    let mut headers = FieldTable::default();
    for (name, value) in properties.headers().iter().flat_map(FieldTable::inner) {
        if ![CC, BCC].contains(&name.as_str()) {
            headers.insert(name.clone(), value.clone());
        }
    }
    let mut copy = BasicProperties::default().with_delivery_mode(PERSISTENT).with_headers(headers);
    if let Some(id) = properties.message_id() {
        copy = copy.with_message_id(id.clone());
    }
    if let Some(content_type) = properties.content_type() {
        copy = copy.with_content_type(content_type.clone());
    }
    if let Some(encoding) = properties.content_encoding() {
        copy = copy.with_content_encoding(encoding.clone());
    }
    Message { properties: copy, body }
}

/// The queues in which a message has died, the latest first.
pub(super) fn deaths(properties: &BasicProperties) -> Vec<&str> {
    let headers = properties.headers().as_ref().map(FieldTable::inner);
    let Some(AMQPValue::FieldArray(deaths)) = headers.and_then(|headers| headers.get(DEATHS))
    else {
        return Vec::new();
    };
    deaths.as_slice().iter().filter_map(place_of_death).collect()
}

fn place_of_death(death: &AMQPValue) -> Option<&str> {
    match death {
        AMQPValue::FieldTable(death) => death.inner().get("queue").and_then(as_text),
        _ => None,
    }
}

/// Reads a message.
pub(super) fn read(properties: &BasicProperties, body: &[u8]) -> Result<Incoming, Unreadable> {
    let none = FieldTable::default();
    let headers = properties.headers().as_ref().unwrap_or(&none);
    let source: SourceName = required(headers, SOURCE)?;
    let received_at = required(headers, RECEIVED_AT)?;
    let request_id = RequestId::carried(required::<String>(headers, REQUEST_ID)?);
    // A context that somebody else has written in their own way is no reason to lose an event.
    let trace = headers.inner().get(TRACEPARENT).and_then(as_text);
    let trace = trace.and_then(|text| text.parse().ok()).unwrap_or_else(|| request_id.trace());
    let routes: Vec<Route> = serde_json::from_str(&required::<String>(headers, ROUTES)?)
        .map_err(|_| Unreadable::Header(ROUTES))?;
    let rule = match headers.inner().get(RULE) {
        None => None,
        Some(_) => Some(required(headers, RULE)?),
    };
    // A copy of before there was the other header says only this.
    let since = number(headers, PUT_OFF_AT)?.unwrap_or_default();
    let put_off = number(headers, NOT_BEFORE)?.map(|until| Postponement { since, until });
    let event = Event::from_cloudevents(&source, body)?;
    let envelope = Envelope { event, routes, request_id, received_at, trace };
    Ok(Incoming { envelope, rule, put_off })
}

impl Incoming {
    /// The job for `desk` in the lane `priority`; `None` where the event has no route there.
    pub(super) fn job(self, desk: &DeskName, priority: Priority) -> Option<Job> {
        let rule = self.rule.or_else(|| {
            let route = self.envelope.routes.iter().find(|route| route.desk == *desk)?;
            Some(route.rule.clone())
        })?;
        Some(Job { envelope: Arc::new(self.envelope), desk: desk.clone(), rule, priority })
    }
}

fn message(envelope: &Envelope, headers: FieldTable) -> Message {
    let received = u64::try_from(envelope.received_at.as_second()).unwrap_or_default();
    let mut properties = BasicProperties::default()
        .with_content_type(CONTENT_TYPE.into())
        .with_delivery_mode(PERSISTENT)
        .with_timestamp(received)
        .with_headers(headers);
    // An event id is never longer than a short string.
    if let Ok(id) = ShortString::try_new(envelope.event.id.as_str()) {
        properties = properties.with_message_id(id);
    }
    Message { properties, body: envelope.event.to_cloudevents() }
}

fn headers(envelope: &Envelope) -> FieldTable {
    let routes = serde_json::to_string(&envelope.routes).unwrap_or_default();
    let mut table = FieldTable::default();
    for (name, value) in [
        (SOURCE, envelope.event.source.as_str()),
        (ROUTES, &routes),
        (REQUEST_ID, envelope.request_id.as_str()),
        (RECEIVED_AT, &envelope.received_at.to_string()),
        (TRACEPARENT, &envelope.trace.to_string()),
    ] {
        table.insert(name.into(), text(value));
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

fn as_text(value: &AMQPValue) -> Option<&str> {
    match value {
        AMQPValue::LongString(text) => std::str::from_utf8(text.as_bytes()).ok(),
        AMQPValue::ShortString(text) => Some(text.as_str()),
        _ => None,
    }
}

fn number(headers: &FieldTable, name: &'static str) -> Result<Option<i64>, Unreadable> {
    match headers.inner().get(name) {
        None => Ok(None),
        Some(AMQPValue::LongLongInt(number)) => Ok(Some(*number)),
        Some(_) => Err(Unreadable::Header(name)),
    }
}

fn required<T: std::str::FromStr>(
    headers: &FieldTable,
    name: &'static str,
) -> Result<T, Unreadable> {
    let value = headers.inner().get(name).and_then(as_text);
    value.and_then(|text| text.parse().ok()).ok_or(Unreadable::Header(name))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
