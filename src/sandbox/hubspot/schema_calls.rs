//! Calls on properties and pipelines.

use actix_web::{HttpResponse, web::Bytes};
use serde_json::json;

use super::{
    input,
    object_calls::{Desk, Segments, kind},
    pipelines::Pipeline,
    properties::Property,
    records::Kind,
    refusal::{PORTAL_ID, Refusal},
    scopes,
};

/// Lists the properties of an object type.
pub(super) async fn list_properties(
    desk: Desk,
    segments: Segments,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let vendor = desk.vendor();
    let all: Vec<_> = vendor.portal.schema(kind).all().collect();
    Ok(HttpResponse::Ok().json(json!({"results": all})))
}

/// Reads one property.
pub(super) async fn read_property(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let vendor = desk.vendor();
    let property = vendor.portal.schema(kind).find(&segments.name);
    Ok(HttpResponse::Ok().json(property.ok_or_else(Refusal::not_found)?))
}

/// Creates a property.
pub(super) async fn create_property(
    desk: Desk,
    segments: Segments,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let body = input::json(&body)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let properties = vendor.portal.properties.get_mut(&kind).ok_or_else(Refusal::not_found)?;
    Ok(HttpResponse::Created().json(properties.create(&body, now)?))
}

/// Lists the groups of an object type's properties.
pub(super) async fn list_groups(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let kind = kind(&segments.kind)?;
    let vendor = desk.vendor();
    let mut groups: Vec<_> = vendor.portal.schema(kind).all().map(Property::group).collect();
    groups.sort_unstable();
    groups.dedup();
    let shown = |name: &&str| !name.is_empty();
    let groups = groups.into_iter().filter(shown).enumerate().map(|(place, name)| {
        json!({"name": name, "label": name, "displayOrder": place, "archived": false})
    });
    Ok(HttpResponse::Ok().json(json!({"results": groups.collect::<Vec<_>>()})))
}

/// Tells what a private app's token may do. It does not know tokens of another kind.
pub(super) async fn token_info(desk: Desk, body: Bytes) -> Result<HttpResponse, Refusal> {
    let body = input::json(&body)?;
    let vendor = desk.vendor();
    if !vendor.portal.settings.private_app || body["tokenKey"] != vendor.token.as_str() {
        return Err(Refusal::not_found());
    }
    let scopes = scopes::granted(&vendor.portal.settings.revoked_scopes);
    Ok(HttpResponse::Ok().json(json!({
        "userId": 123_456, "hubId": PORTAL_ID, "appId": 654_321, "scopes": scopes,
    })))
}

/// Lists the pipelines of tickets; the sandbox keeps none for other objects.
pub(super) async fn list_pipelines(
    desk: Desk,
    segments: Segments,
) -> Result<HttpResponse, Refusal> {
    let is_ticket = kind(&segments.kind)? == Kind::Ticket;
    let vendor = desk.vendor();
    let pipelines = if is_ticket { vendor.portal.pipelines.as_slice() } else { &[] };
    Ok(HttpResponse::Ok().json(json!({"results": pipelines})))
}

/// Reads one pipeline.
pub(super) async fn read_pipeline(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let vendor = desk.vendor();
    Ok(HttpResponse::Ok().json(pipeline(&vendor.portal.pipelines, &segments)?))
}

/// Lists the stages of a pipeline.
pub(super) async fn list_stages(desk: Desk, segments: Segments) -> Result<HttpResponse, Refusal> {
    let vendor = desk.vendor();
    let pipeline = pipeline(&vendor.portal.pipelines, &segments)?;
    Ok(HttpResponse::Ok().json(json!({"results": pipeline.stages})))
}

fn pipeline<'a>(all: &'a [Pipeline], segments: &Segments) -> Result<&'a Pipeline, Refusal> {
    let is_ticket = kind(&segments.kind)? == Kind::Ticket;
    all.iter().find(|known| is_ticket && known.id == segments.id).ok_or_else(Refusal::not_found)
}
