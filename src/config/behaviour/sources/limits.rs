//! What a source may post: `rate`, `max_body`, `types` and `dataschema`.

use std::collections::BTreeMap;

use reqwest::Url;

use crate::{
    config::{
        document::{Document, Said, Table},
        fault::did_you_mean,
    },
    event::{EventType, SchemaBook, TypePattern},
    receiver::{Rate, ReceiverSettings, SourceLimits},
};

/// How `rate` is written.
const RATE: &str = "write it as { requests = 100, per = \"1s\", burst = 200 }";

/// Reads the limits of one source; the faults are noted.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    schemas: &SchemaBook,
) -> SourceLimits {
    let types = types(document, table, schemas);
    SourceLimits {
        rate: rate(document, table),
        max_body: max_body(document, table),
        dataschema: dataschema(document, table, schemas, &types),
        types,
    }
}

/// `burst` is as many as `requests` where nothing is said.
fn rate<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<Rate> {
    let rate = document.table(table, "rate", format!("`rate` of {}", table.title))?;
    for key in ["requests", "per"] {
        if rate.get(key).is_none() {
            document.missing(&rate, key, RATE);
        }
    }
    let requests = document.count(&rate, "requests");
    let per = document.duration(&rate, "per");
    let burst = document.count(&rate, "burst");
    document.finish(&rate);
    let (requests, per) = (requests?.value, per?);
    Some(Rate { requests, per, burst: burst.map_or(requests, |burst| burst.value) })
}

fn max_body<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<u32> {
    let size = document.size(table, "max_body")?;
    let most = ReceiverSettings::default().body_limit;
    if size.value > most {
        let what = "`max_body` is more than the receiver reads";
        let cure = format!("write {}KiB at most, or remove it", most / 1024);
        document.fault(size.at.start, what, cure);
    }
    Some(size.value)
}

fn types<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    schemas: &SchemaBook,
) -> Vec<TypePattern> {
    let Some(texts) = document.texts(table, "types") else { return Vec::new() };
    if texts.is_empty() {
        let at = table.get("types").map_or(table.at.start, |value| value.span().start);
        document.fault(at, "`types` is empty", "name one, or remove it to allow all");
    }
    let mut types = Vec::new();
    for text in &texts {
        let Some(pattern) = document.name::<TypePattern>(text, "types") else { continue };
        if !schemas.types().any(|known| pattern.matches(known)) {
            unknown(document, text, schemas);
        }
        types.push(pattern);
    }
    types
}

fn unknown(document: &mut Document<'_>, text: &Said<String>, schemas: &SchemaBook) {
    let what = format!("no schema knows the event type `{}`", document.as_written(text));
    let known: Vec<&str> = schemas.types().map(EventType::as_str).collect();
    document.fault(text.at.start, what, did_you_mean(&text.value, &known));
}

fn dataschema<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    schemas: &SchemaBook,
    allowed: &[TypePattern],
) -> BTreeMap<EventType, String> {
    let mut pinned = BTreeMap::new();
    let title = format!("`dataschema` of {}", table.title);
    let Some(members) = document.table(table, "dataschema", title) else { return pinned };
    for (key, value) in members.members() {
        let name = Said { value: key.get_ref().to_string(), at: key.span() };
        let event_type = document.name::<EventType>(&name, "dataschema");
        let Some(address) = document.text_of(value, &name.value) else { continue };
        if Url::parse(&address.value).is_err() {
            let what = format!("the schema of `{}` is no URI", name.value);
            document.fault(address.at.start, what, "write it as https://host/path");
        }
        let Some(event_type) = event_type else { continue };
        if !schemas.knows(&event_type) {
            unknown(document, &name, schemas);
        } else if !allowed.is_empty() && !allowed.iter().any(|it| it.matches(&event_type)) {
            let what = format!("`types` does not allow `{event_type}`");
            document.fault(name.at.start, what, "allow it, or remove its schema");
        }
        pinned.insert(event_type, address.value);
    }
    pinned
}
