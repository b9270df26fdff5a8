//! A vendor's webhook as it comes: the format's name on the first line, a line for each header, an
//! empty line, the body. A name that is none has maps alone.
//!
//! Held for every input: an event that is made is carried and reads back the same; what is refused or
//! passed over loses no item of the request; no refusal quotes a value.

use std::sync::LazyLock;

use bytes::Bytes;
use deskbell::{
    event::{Event, InvalidJson, Limits, SchemaBook, SourceName, read_json},
    formats::{DataMap, EventMap, Format, FormatError, Maps, Translated, Translator},
    rules::{Form, Templates},
    signature::{Headers, Scheme, SchemeSettings},
};
use jiff::Timestamp;
use serde_json::Value;

/// Stands in values that must not be quoted.
const MARK: &str = "canary";

static SCHEMAS: LazyLock<SchemaBook> = LazyLock::new(SchemaBook::builtin);
static SOURCE: LazyLock<SourceName> = LazyLock::new(|| "shop".parse().unwrap());
static OPEN: LazyLock<Scheme> = LazyLock::new(|| Scheme::new(SchemeSettings::None).unwrap());
static TRANSLATORS: LazyLock<Vec<(&str, Translator)>> = LazyLock::new(|| {
    let of = |(name, format)| (name, Translator::new(Some(format), Maps::default()));
    Format::ALL.into_iter().map(of).collect()
});
static MAPPED: LazyLock<Translator> = LazyLock::new(|| Translator::new(None, maps()));

/// Whether all of the webhook is read, and at least one event of it satisfies its schema.
pub(crate) fn run(input: &[u8]) -> bool {
    let (name, headers, body) = read(input);
    let translator = TRANSLATORS.iter().find(|(known, _)| *known == name);
    let translator = translator.map_or(&*MAPPED, |(_, translator)| translator);
    let verified = OPEN.verify(&Headers::default(), &body, Timestamp::UNIX_EPOCH).unwrap();
    match translator.translate(&SOURCE, &headers, &verified) {
        Ok(items) => {
            let json = read_json(&body, Limits::POSTED).unwrap();
            if let Value::Array(listed) = &json {
                assert_eq!(items.len(), listed.len());
            }
            items.iter().filter(|item| is_good(item)).count() > 0
        }
        Err(error) => {
            let quotes_a_key =
                matches!(error.cause, FormatError::NotJson(InvalidJson::DuplicateKey { .. }));
            let words = error.to_string();
            assert!(!words.is_empty() && (quotes_a_key || !words.contains(MARK)), "{words}");
            false
        }
    }
}

fn is_good(item: &Translated) -> bool {
    let Translated::Event(event) = item else { return false };
    let carried = Event::from_cloudevents(&SOURCE, &event.to_cloudevents());
    assert_eq!(carried.as_ref(), Ok(&**event));
    SCHEMAS.knows(&event.event_type) && SCHEMAS.check(event).is_ok()
}

fn maps() -> Maps {
    let mut templates = Templates::of_bodies();
    let when = templates.condition("body.n > 5 or headers.a").unwrap();
    let text = templates.text("{{ body.type }}", Form::Plain).unwrap();
    let id = templates.text("{{ body.id }}{{ headers['x-id'] }}", Form::Plain).unwrap();
    let time = templates.text("{{ body.time }}", Form::Plain).unwrap();
    let value =
        |templates: &mut Templates, source| DataMap::Value(templates.typed(source).unwrap());
    let data = DataMap::Members(vec![
        ("integration".to_owned(), value(&mut templates, "{{ body.name }}")),
        (
            "all".to_owned(),
            DataMap::Items(vec![
                value(&mut templates, "{{ body }}"),
                value(&mut templates, "{{ body.data }} and {{ headers }}"),
            ]),
        ),
    ]);
    let map = EventMap {
        when: Some(when),
        event_type: text,
        id: Some(id),
        subject: None,
        time: Some(time),
        data,
    };
    Maps::new(templates, vec![map])
}

fn read(input: &[u8]) -> (&str, Vec<(&str, &[u8])>, Bytes) {
    let mut headers = Vec::new();
    let mut name = "";
    let mut rest = input;
    let mut is_first = true;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        if is_first {
            name = std::str::from_utf8(line).unwrap_or_default();
            is_first = false;
            continue;
        }
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let header = std::str::from_utf8(&line[..colon]).unwrap_or_default();
        headers.push((header, line.get(colon + 1..).unwrap_or_default().trim_ascii()));
    }
    (name, headers, Bytes::copy_from_slice(rest))
}
