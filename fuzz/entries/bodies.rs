//! The body of a post whose signature holds, read in both forms, as a batch and as a payload.
//!
//! Held for every input: JSON is read as `serde_json` reads it, or refused for a reason of ours; what
//! is taken keeps its digits and reads back the same from the queue's form; no refusal quotes a
//! value.

use std::{collections::HashMap, sync::LazyLock, time::Duration};

use bytes::Bytes;
use deskbell::{
    event::{
        Event, EventError, Form, InvalidJson, Limits, NotACloudEvent, SchemaBook, SourceName,
        read_json,
    },
    signature::{Headers, Scheme, SchemeSettings},
};
use jiff::Timestamp;
use serde_json::{Value, value::RawValue};

use super::digits::numbers;

/// Stands in values that must not be quoted.
const MARK: &str = "canary";

/// The id that is signed with a body.
const SIGNED_ID: &str = "msg_1";

static SCHEMAS: LazyLock<SchemaBook> = LazyLock::new(SchemaBook::builtin);
static SOURCE: LazyLock<SourceName> = LazyLock::new(|| "shop".parse().unwrap());
static OPEN: LazyLock<Scheme> = LazyLock::new(|| Scheme::new(SchemeSettings::None).unwrap());
static SIGNED: LazyLock<Scheme> = LazyLock::new(|| {
    let secrets = vec!["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()];
    let tolerance = Duration::from_mins(5);
    Scheme::new(SchemeSettings::StandardWebhooks { secrets, tolerance }).unwrap()
});

/// Whether the body is an event of a known type, and satisfies its schema, in one of the forms.
pub(crate) fn run(input: &[u8]) -> bool {
    is_read_as_others_read_it(input);
    let body = Bytes::copy_from_slice(input);
    let mut taken = false;
    for form in [Form::Plain, Form::CloudEvents] {
        for scheme in [&*OPEN, &*SIGNED] {
            match parse(scheme, form, &body) {
                Ok(event) => {
                    is_carried(&event, input);
                    taken |= satisfies_its_schema(&event);
                }
                Err(error) => quotes_no_value(&error),
            }
        }
    }
    taken |= each_of_a_batch_is_carried(&body);
    a_payload_is_carried(&body);
    taken
}

/// Whether the body is a batch of which each event satisfies its schema.
fn each_of_a_batch_is_carried(body: &Bytes) -> bool {
    let verified = OPEN.verify(&Headers::default(), body, Timestamp::UNIX_EPOCH).unwrap();
    match Event::parse_batch(&SOURCE, &verified) {
        Ok(events) => {
            events.iter().for_each(reads_back_the_same);
            !events.is_empty() && events.iter().all(satisfies_its_schema)
        }
        Err(error) => {
            quotes_no_value(&error.cause);
            false
        }
    }
}

/// The body as the payload of an event in binary mode: its first line is an attribute as well.
fn a_payload_is_carried(body: &Bytes) {
    let line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let headers = [
        ("ce-specversion", &b"1.0"[..]),
        ("ce-id", b"1"),
        ("ce-source", b"/s"),
        ("ce-type", b"a.b"),
        ("ce-subject", line),
    ];
    let verified = OPEN.verify(&Headers::default(), body, Timestamp::UNIX_EPOCH).unwrap();
    match Event::parse_binary(&SOURCE, &headers, &verified) {
        Ok(event) => reads_back_the_same(&event),
        Err(error) => quotes_no_value(&error),
    }
}

fn reads_back_the_same(event: &Event) {
    let carried = Event::from_cloudevents(&SOURCE, &event.to_cloudevents());
    assert_eq!(carried.as_ref(), Ok(event));
}

fn is_read_as_others_read_it(input: &[u8]) {
    match (read_json(input, Limits::POSTED), serde_json::from_slice::<Value>(input)) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs),
        (Ok(_), Err(error)) => panic!("only we read it: {error}"),
        (Err(error), Ok(_)) => assert!(
            matches!(
                error,
                InvalidJson::DuplicateKey { .. }
                    | InvalidJson::ReservedKey(_)
                    | InvalidJson::TooDeep { .. }
                    | InvalidJson::TooMany { .. }
                    | InvalidJson::LongNumber(_)
            ),
            "only others read it: {error}"
        ),
        (Err(_), Err(_)) => {}
    }
}

fn parse(scheme: &Scheme, form: Form, body: &Bytes) -> Result<Event, EventError> {
    let now = Timestamp::UNIX_EPOCH;
    let signed = scheme.sign(SIGNED_ID, body, now);
    let headers: Headers<'_> =
        signed.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    Event::parse(&SOURCE, form, &scheme.verify(&headers, body, now).unwrap())
}

fn is_carried(event: &Event, input: &[u8]) {
    reads_back_the_same(event);
    let members: HashMap<String, Box<RawValue>> = serde_json::from_slice(input).unwrap();
    if members.contains_key("data_base64") {
        return;
    }
    let sent = members.get("data").map_or("null", |data| data.get());
    assert_eq!(numbers(sent), numbers(&event.data.to_string()));
}

fn satisfies_its_schema(event: &Event) -> bool {
    let Err(violations) = SCHEMAS.check(event) else { return SCHEMAS.knows(&event.event_type) };
    for violation in violations {
        assert!(violation.pointer.starts_with("/data"), "{violation:?}");
        assert!(!violation.detail.is_empty() && !violation.detail.contains(MARK), "{violation:?}");
    }
    false
}

fn quotes_no_value(error: &EventError) {
    let quotes_a_key = matches!(
        error,
        EventError::NotJson(InvalidJson::DuplicateKey { .. })
            | EventError::NotACloudEvent(NotACloudEvent::NotText(_))
    );
    let words = error.to_string();
    assert!(!words.is_empty() && (quotes_a_key || !words.contains(MARK)), "{words}");
}
