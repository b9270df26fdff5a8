//! Calls on records: create, read, list, change, archive, search.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    web::{Bytes, Data, Path, Query},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    HubSpot,
    input::{self, Input},
    portal::Portal,
    query::Asked,
    records::{Kind, Record},
    refusal::Refusal,
    search_query::SearchQuery,
    shown::KEY_PROPERTY,
};
use crate::sandbox::{SimulatedDesk, calls::Opened};

/// The desk, as handlers get it.
pub(super) type Desk = Data<SimulatedDesk<HubSpot>>;
/// The pairs of a query.
pub(super) type Pairs = Query<Vec<(String, String)>>;

/// The named segments of a path, under either shape. Those that a path does not have are empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    /// The record's object type and id.
    pub(super) kind: String,
    pub(super) id: String,
    /// The object types and the other record's id of a tie, and the tie's type.
    pub(super) from: String,
    pub(super) to: String,
    pub(super) to_id: String,
    pub(super) type_id: String,
    /// A property's name.
    pub(super) name: String,
}
/// The path, as handlers get it.
pub(super) type Segments = Path<Named>;

/// The object type that a segment names.
pub(super) fn kind(segment: &str) -> Result<Kind, Refusal> {
    let unknown = || Refusal::validation(format!("Unable to infer object type from: {segment}"));
    Kind::parse(segment).ok_or_else(unknown)
}

/// Opens a record.
pub(super) async fn create(
    request: HttpRequest,
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let input = Input::read(&input::json(&body)?)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let id = vendor.portal.create(kind, &input, now)?;
    let record = vendor.portal.record(kind, id, false)?;
    if kind == Kind::Ticket {
        let key = record.values().get(KEY_PROPERTY).cloned();
        request.extensions_mut().insert(Opened { ticket: id.to_string(), key });
    }
    Ok(HttpResponse::Created().json(whole(record)))
}

/// A record with every property that it has, as writes answer it.
pub(super) fn whole(record: &Record) -> Value {
    record.json(record.values().keys().map(String::as_str))
}

/// Reads one record, by its id or a unique property.
pub(super) async fn read(
    desk: Desk,
    segments: Segments,
    pairs: Pairs,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let asked = Asked::read(&pairs)?;
    let vendor = desk.vendor();
    let portal = &vendor.portal;
    let id = portal.id_of(kind, &segments.id, asked.id_property.as_deref())?;
    let record = portal.record(kind, id, asked.archived)?;
    Ok(HttpResponse::Ok().json(shown(portal, kind, record, &asked)))
}

/// A record with what the query asks for.
fn shown(portal: &Portal, kind: Kind, record: &Record, asked: &Asked) -> Value {
    let mut json = record.json(asked.shown(kind));
    let mut associations = Map::new();
    for to in &asked.associations {
        let ties = portal.links.of(record.id).filter(|tie| tie.to == *to);
        let results: Vec<Value> = ties
            .map(|tie| {
                let name = format!("{}_to_{}", kind.singular(), to.singular());
                json!({"id": tie.id.to_string(), "type": name})
            })
            .collect();
        if !results.is_empty() {
            associations.insert(to.plural().to_owned(), json!({"results": results}));
        }
    }
    if !associations.is_empty() {
        json["associations"] = Value::Object(associations);
    }
    json
}

/// Reads a page of records. The cursor is the last id of the page before.
pub(super) async fn list(
    desk: Desk,
    segments: Segments,
    pairs: Pairs,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let asked = Asked::read(&pairs)?;
    let vendor = desk.vendor();
    let portal = &vendor.portal;
    let rest = portal.shelf(kind).records.range(asked.after + 1..);
    let mut rest = rest
        .map(|(_, record)| record)
        .filter(|record| record.archived_at.is_some() == asked.archived)
        .peekable();
    let page: Vec<&Record> = rest.by_ref().take(asked.limit).collect();
    let results: Vec<Value> =
        page.iter().map(|record| shown(portal, kind, record, &asked)).collect();
    let mut answer = json!({"results": results});
    if let (Some(last), Some(_)) = (page.last(), rest.peek()) {
        let after = last.id.to_string();
        let link = format!("https://api.hubapi.com/crm/v3/objects/{}?after={after}", kind.plural());
        answer["paging"] = json!({"next": {"after": after, "link": link}});
    }
    Ok(HttpResponse::Ok().json(answer))
}

/// Changes a record, by its id or a unique property.
pub(super) async fn update(
    desk: Desk,
    segments: Segments,
    pairs: Pairs,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let asked = Asked::read(&pairs)?;
    let input = Input::read(&input::json(&body)?)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let portal = &mut vendor.portal;
    let id = portal.id_of(kind, &segments.id, asked.id_property.as_deref())?;
    portal.update(kind, id, &input, now)?;
    Ok(HttpResponse::Ok().json(whole(portal.record(kind, id, false)?)))
}

/// Puts a record into the recycle bin.
pub(super) async fn archive(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let id = vendor.portal.id_of(kind, &segments.id, None)?;
    vendor.portal.archive(kind, id, now)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Looks for records.
pub(super) async fn search(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let query = SearchQuery::read(&body)?;
    let now = desk.now();
    Ok(HttpResponse::Ok().json(desk.vendor().portal.search(kind, &query, now)?))
}
