//! Calls on up to a hundred records at once.
//!
//! An input that is refused fails alone where every input has an `objectWriteTraceId` of its own,
//! and the answer is 207; else it fails them all. The order of results is not documented: here it
//! is not the order of inputs.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::StatusCode, web::Bytes};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    input::{self, Input},
    object_calls::{Desk, Segments, kind, whole},
    portal::Portal,
    records::{Kind, iso},
    refusal::Refusal,
};

/// The most inputs of one call.
const LARGEST_BATCH: usize = 100;

/// What a batch does with one input.
type Act<T> = fn(&mut Portal, Kind, &Value, Timestamp) -> Result<T, Refusal>;

/// Opens records.
pub(super) async fn create(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let act: Act<Value> = |portal, kind, item, now| {
        let id = portal.create(kind, &Input::read(item)?, now)?;
        Ok(whole(portal.record(kind, id, false)?))
    };
    let check: Act<()> =
        |portal, kind, item, _| portal.examine(kind, &Input::read(item)?).map(drop);
    write(&desk, &segments, &body, StatusCode::CREATED, (check, act))
}

/// Changes records, each by its id or a unique property.
pub(super) async fn update(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let act: Act<Value> = |portal, kind, item, now| {
        let id = id_of(portal, kind, item)?;
        portal.update(kind, id, &Input::read(item)?, now)?;
        Ok(whole(portal.record(kind, id, false)?))
    };
    let check: Act<()> = |portal, kind, item, _| {
        let id = id_of(portal, kind, item)?;
        portal.changed(kind, id, &Input::read(item)?).map(drop)
    };
    write(&desk, &segments, &body, StatusCode::OK, (check, act))
}

/// Changes records by a unique property, and opens those that are not there.
pub(super) async fn upsert(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    check_distinct(inputs(&input::json(&body)?)?)?;
    let act: Act<Value> = |portal, kind, item, now| {
        let (id, input) = upserted(portal, kind, item)?;
        let (id, is_new) = match id {
            Some(id) => (portal.update(kind, id, &input, now).map(|()| id)?, false),
            None => (portal.create(kind, &input, now)?, true),
        };
        let mut shown = whole(portal.record(kind, id, false)?);
        shown["new"] = json!(is_new);
        Ok(shown)
    };
    let check: Act<()> = |portal, kind, item, _| match upserted(portal, kind, item)? {
        (Some(id), input) => portal.changed(kind, id, &input).map(drop),
        (None, input) => portal.examine(kind, &input).map(drop),
    };
    write(&desk, &segments, &body, StatusCode::OK, (check, act))
}

/// Reads records, each by its id or one unique property for all.
pub(super) async fn read(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let body = input::json(&body)?;
    let now = desk.now();
    let vendor = desk.vendor();
    let asked = body["properties"].as_array().into_iter().flatten();
    let asked: Vec<&str> = asked.filter_map(Value::as_str).collect();
    let shown = if asked.is_empty() { kind.shown_properties().to_vec() } else { asked };
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for item in inputs(&body)? {
        let id = input::id(&item["id"])?;
        let found = vendor.portal.id_of(kind, &id, body["idProperty"].as_str());
        match found.and_then(|id| vendor.portal.record(kind, id, false)) {
            Ok(record) => results.push(record.json(shown.iter().copied())),
            Err(refusal) if refusal.is_not_found() => missing.push(id),
            Err(refusal) => return Err(refusal),
        }
    }
    results.reverse();
    let mut errors = Vec::new();
    if !missing.is_empty() {
        errors.push(json!({
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some objects, they may be deleted or not exist. Check that \
                        ids are valid.",
            "context": {"ids": missing},
        }));
    }
    Ok(answer(StatusCode::OK, &results, &errors, now))
}

/// Puts records into the recycle bin; those that are not there are passed over.
pub(super) async fn archive(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let body = input::json(&body)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    for item in inputs(&body)? {
        let id = input::id(&item["id"])?;
        if let Ok(id) = vendor.portal.id_of(kind, &id, None) {
            drop(vendor.portal.archive(kind, id, now));
        }
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Writes each input by itself, or all or none.
fn write(
    desk: &Desk,
    segments: &Segments,
    body: &Bytes,
    done: StatusCode,
    (check, act): (Act<()>, Act<Value>),
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let body = input::json(body)?;
    let inputs = inputs(&body)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let portal = &mut vendor.portal;
    let traces = traces(inputs)?;
    if traces.is_none() || !portal.settings.multi_status {
        for item in inputs {
            check(portal, kind, item, now)?;
        }
    }
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for (number, item) in inputs.iter().enumerate() {
        match (act(portal, kind, item, now), traces.as_ref()) {
            (Ok(shown), _) => results.push(shown),
            (Err(refusal), Some(traces)) => errors.push(refusal.within_batch(traces[number])),
            (Err(refusal), None) => return Err(refusal),
        }
    }
    results.reverse();
    Ok(answer(done, &results, &errors, now))
}

/// The inputs, of which there may be a hundred.
fn inputs(body: &Value) -> Result<&[Value], Refusal> {
    let list = body["inputs"].as_array();
    let list = list.ok_or_else(|| Refusal::malformed("java.util.List", "inputs"))?;
    if list.is_empty() || list.len() > LARGEST_BATCH {
        let size = list.len();
        return Err(Refusal::validation(format!(
            "The maximum number of inputs supported in a batch request for object reads and \
             writes is {LARGEST_BATCH} but was {size}"
        )));
    }
    Ok(list)
}

/// The trace ids, where every input has one; they have to be unique.
fn traces(inputs: &[Value]) -> Result<Option<Vec<&str>>, Refusal> {
    let traces: Option<Vec<&str>> =
        inputs.iter().map(|item| item["objectWriteTraceId"].as_str()).collect();
    let unique = traces.as_ref().map(|traces| traces.iter().collect::<BTreeSet<_>>().len());
    if unique.is_some_and(|unique| unique < inputs.len()) {
        return Err(Refusal::validation("objectWriteTraceId must be unique within a batch"));
    }
    Ok(traces)
}

/// Refuses a batch that names one record twice.
fn check_distinct(inputs: &[Value]) -> Result<(), Refusal> {
    let named: Vec<String> = inputs.iter().map(|item| item["id"].to_string()).collect();
    if named.iter().collect::<BTreeSet<_>>().len() < named.len() {
        return Err(Refusal::validation("Duplicate IDs found in batch input"));
    }
    Ok(())
}

/// The record that an input names.
fn id_of(portal: &Portal, kind: Kind, item: &Value) -> Result<u64, Refusal> {
    portal.id_of(kind, &input::id(&item["id"])?, item["idProperty"].as_str())
}

/// The record that an upsert changes, if it is there, and what it writes.
fn upserted(portal: &Portal, kind: Kind, item: &Value) -> Result<(Option<u64>, Input), Refusal> {
    let property = item["idProperty"].as_str().unwrap_or("hs_object_id");
    if property == "hs_object_id" || !portal.schema(kind).is_unique(property) {
        return Err(Refusal::validation(format!(
            "Unable to perform update/upsert by non-unique {} property {property}",
            kind.type_id()
        )));
    }
    let value = input::id(&item["id"])?;
    let mut input = Input::read(item)?;
    input.properties.insert(property.to_owned(), json!(value));
    Ok((portal.shelf(kind).holder(property, &value), input))
}

fn answer(done: StatusCode, results: &[Value], errors: &[Value], now: Timestamp) -> HttpResponse {
    let mut body = json!({
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(now),
        "completedAt": iso(now),
    });
    if errors.is_empty() {
        return HttpResponse::build(done).json(body);
    }
    body["numErrors"] = json!(errors.len());
    body["errors"] = json!(errors);
    HttpResponse::build(StatusCode::MULTI_STATUS).json(body)
}
