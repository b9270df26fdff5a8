//! Calls on ties and their labels.

use actix_web::{HttpResponse, web::Bytes};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    HubSpot,
    association_types::{AssociationType, HUBSPOT_DEFINED, USER_DEFINED},
    input,
    object_calls::{Desk, Segments, kind},
    records::{Kind, iso},
    refusal::Refusal,
};

/// The two records that a path names.
struct Ends {
    from: Kind,
    from_id: u64,
    to: Kind,
    to_id: u64,
}

impl Ends {
    /// Both records, which have to be there.
    fn read(vendor: &HubSpot, segments: &Segments) -> Result<Self, Refusal> {
        let end = |kind_name: &str, id: &str| {
            let kind = kind(kind_name)?;
            let unknown = || Refusal::unknown_target(kind.legacy(), id);
            let number = id.parse().map_err(|_| unknown())?;
            vendor.portal.record(kind, number, false).map_err(|_| unknown())?;
            Ok::<_, Refusal>((kind, number))
        };
        let ((from, from_id), (to, to_id)) =
            (end(&segments.kind, &segments.id)?, end(&segments.to, &segments.to_id)?);
        Ok(Self { from, from_id, to, to_id })
    }
}

/// The type that a path names, by its number or as `ticket_to_contact`.
fn type_of(vendor: &HubSpot, ends: &Ends, name: &str) -> Result<AssociationType, Refusal> {
    let types = &vendor.portal.types;
    let plain = format!("{}_to_{}", ends.from.singular(), ends.to.singular());
    let found = match name.parse() {
        Ok(id) => [HUBSPOT_DEFINED, USER_DEFINED]
            .into_iter()
            .find_map(|category| types.find(ends.from, category, id)),
        Err(_) if name == plain => types.plain(ends.from, ends.to),
        Err(_) => None,
    };
    let found = found.filter(|found| found.to == ends.to).cloned();
    found.ok_or_else(|| Refusal::validation(format!("Association type {name} does not exist")))
}

/// `PUT …/{id}/associations/{to}/{to_id}/{type_id}`: ties, and answers the record.
pub(super) async fn tie_by_type(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let mut vendor = desk.vendor();
    let ends = Ends::read(&vendor, &segments)?;
    let kind = type_of(&vendor, &ends, &segments.type_id)?;
    vendor.portal.tie(ends.from_id, ends.to_id, &kind);
    let record = vendor.portal.record(ends.from, ends.from_id, false)?;
    let mut answer = record.json(ends.from.shown_properties().iter().copied());
    let name = format!("{}_to_{}", ends.from.singular(), ends.to.singular());
    let tied = json!([{"id": ends.to_id.to_string(), "type": name}]);
    answer["associations"] = json!({ends.to.plural(): {"results": tied}});
    Ok(HttpResponse::Ok().json(answer))
}

/// `DELETE …/{id}/associations/{to}/{to_id}/{type_id}`: unties.
pub(super) async fn untie_by_type(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let mut vendor = desk.vendor();
    let ends = Ends::read(&vendor, &segments)?;
    let kind = type_of(&vendor, &ends, &segments.type_id)?;
    vendor.portal.links.untie(ends.from_id, ends.to_id, &kind);
    Ok(HttpResponse::NoContent().finish())
}

/// `PUT …/{id}/associations/default/{to}/{to_id}`: ties with the plain type.
pub(super) async fn tie_by_default(
    desk: Desk,
    segments: Segments,
) -> Result<HttpResponse, Refusal> {
    let now = desk.now();
    let mut vendor = desk.vendor();
    let ends = Ends::read(&vendor, &segments)?;
    let plain = vendor.portal.types.plain(ends.from, ends.to).cloned();
    let plain = plain.ok_or_else(|| Refusal::validation("No default association type exists"))?;
    vendor.portal.tie(ends.from_id, ends.to_id, &plain);
    let there = tied(ends.from_id, ends.to_id, plain.id);
    let back = tied(ends.to_id, ends.from_id, plain.inverse);
    Ok(HttpResponse::Ok().json(complete(&[there, back], now)))
}

fn tied(from: u64, to: u64, type_id: u32) -> Value {
    json!({
        "from": {"id": from.to_string()},
        "to": {"id": to.to_string()},
        "associationSpec": {
            "associationCategory": HUBSPOT_DEFINED,
            "associationTypeId": type_id,
        },
    })
}

fn complete(results: &[Value], now: Timestamp) -> Value {
    json!({
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(now),
        "completedAt": iso(now),
    })
}

/// `PUT …/{id}/associations/{to}/{to_id}` with a list of types.
pub(super) async fn tie_by_labels(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let types = input::json(&body)?;
    let mut vendor = desk.vendor();
    let ends = Ends::read(&vendor, &segments)?;
    let wishes = input::wishes_to(&ends.to_id.to_string(), &types)?;
    let ties = vendor.portal.resolve(ends.from, &wishes)?;
    if ties.iter().any(|(_, kind)| kind.to != ends.to) {
        return Err(Refusal::validation("One or more association types are of other objects"));
    }
    let labels: Vec<String> = ties.iter().filter_map(|(_, kind)| kind.label.clone()).collect();
    for (to, kind) in &ties {
        vendor.portal.tie(ends.from_id, *to, kind);
    }
    Ok(HttpResponse::Created().json(json!({
        "fromObjectTypeId": ends.from.type_id(),
        "fromObjectId": ends.from_id,
        "toObjectTypeId": ends.to.type_id(),
        "toObjectId": ends.to_id,
        "labels": labels,
    })))
}

/// `DELETE …/{id}/associations/{to}/{to_id}`: unties, whatever the types.
pub(super) async fn untie_all(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let mut vendor = desk.vendor();
    let ends = Ends::read(&vendor, &segments)?;
    vendor.portal.links.untie_all(ends.from_id, ends.to_id);
    Ok(HttpResponse::NoContent().finish())
}

/// `GET …/{id}/associations/{to}`: the ties of a record, by the other record.
pub(super) async fn list_ties(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let (from, to) = (kind(&segments.kind)?, kind(&segments.to)?);
    let vendor = desk.vendor();
    let id = vendor.portal.id_of(from, &segments.id, None)?;
    vendor.portal.record(from, id, false)?;
    let mut results: Vec<(u64, Vec<Value>)> = Vec::new();
    for tie in vendor.portal.links.of(id).filter(|tie| tie.to == to) {
        let found = vendor.portal.types.find(from, tie.category, tie.type_id);
        let view = json!(found.map(AssociationType::view));
        match results.last_mut().filter(|(other, _)| *other == tie.id) {
            Some((_, types)) => types.push(view),
            None => results.push((tie.id, vec![view])),
        }
    }
    let results: Vec<Value> = (results.into_iter())
        .map(|(to, types)| json!({"toObjectId": to, "associationTypes": types}))
        .collect();
    Ok(HttpResponse::Ok().json(json!({"results": results})))
}

/// Lists the types of ties between two object types.
pub(super) async fn list_labels(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let (from, to) = (kind(&segments.from)?, kind(&segments.to)?);
    let vendor = desk.vendor();
    let labels: Vec<_> = vendor.portal.types.between(from, to).map(AssociationType::view).collect();
    Ok(HttpResponse::Ok().json(json!({"results": labels})))
}

/// Creates a label; it gets a type in each direction.
pub(super) async fn create_label(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let (from, to) = (kind(&segments.from)?, kind(&segments.to)?);
    let body = input::json(&body)?;
    let label = body["label"].as_str().filter(|label| !label.is_empty());
    let label = label.ok_or_else(|| Refusal::validation("label is required"))?;
    let mut vendor = desk.vendor();
    let made = vendor.portal.types.create(from, to, label);
    let made = made.ok_or_else(|| {
        Refusal::already_exists(format!("A label named '{label}' already exists"))
    })?;
    Ok(HttpResponse::Ok().json(json!({"results": made})))
}
