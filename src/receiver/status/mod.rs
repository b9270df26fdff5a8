//! `/hooks/{source}/events/{id}`: what became of an event, for its own sender alone.
//!
//! Promises: nothing is told without one of the source's own tokens; nothing of the event's data is
//! told.

mod records;
mod tokens;

pub use records::{Recorded, Records, RecordsError};
pub use tokens::Tokens;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{AUTHORIZATION, CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    web,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    described::StatusRefused, hooks::refuse, intake::Intake, refusal::Refusal, source::Source,
};
use crate::{
    delivery::{Delivery, Report},
    event::{EnvelopeView, EventId, EventType, Route},
};

/// The methods of a status.
const ALLOWED: &str = "GET, HEAD";

/// What became of one event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status<'r> {
    #[schema(value_type = String)]
    id: &'r EventId,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    event_type: &'r EventType,
    #[schema(value_type = String, format = DateTime)]
    received_at: jiff::Timestamp,
    deliveries: Vec<Report<'r>>,
}

impl<'r> Status<'r> {
    fn of(Recorded { envelope, deliveries }: &'r Recorded) -> Self {
        let EnvelopeView { event, routes, received_at, .. } = envelope;
        let report = |route: &'r Route| {
            let taken: Option<&Delivery> =
                deliveries.iter().find(|delivery| delivery.desk == route.desk);
            taken.map_or_else(|| Report::untaken(route, *received_at), Report::of)
        };
        Self {
            id: &event.id,
            event_type: &event.event_type,
            received_at: *received_at,
            deliveries: routes.iter().map(report).collect(),
        }
    }
}

/// What became of an event.
#[utoipa::path(
    get,
    path = "/hooks/{source}/events/{id}",
    tag = "events",
    params(
        ("source" = String, Path, description = "The configured source's name."),
        ("id" = String, Path, description = "The event's id, as the receipt tells it."),
    ),
    security(("token" = [])),
    responses(
        (
            status = 200, description = "Where each of its deliveries stands.", body = Status,
            headers(
                ("ETag", description = "For the header `If-None-Match` of the next time."),
                ("Cache-Control", description = "`no-store`."),
            ),
        ),
        (
            status = 304, description = "It is as the header `If-None-Match` says.",
            headers(
                ("ETag", description = "The same."), ("Cache-Control", description = "`no-store`."),
            ),
        ),
        StatusRefused,
    ),
)]
pub(super) async fn tell(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    intake: web::Data<Intake>,
) -> HttpResponse {
    let (_, id) = path.into_inner();
    let source = match intake.source(&request) {
        Ok(source) => source,
        Err(unknown) => return refuse(unknown, None, &request, &intake),
    };
    match find(&request, source, &id, &intake).await {
        Ok(recorded) => answer(&request, &Status::of(&recorded)),
        Err(refusal) => refuse(refusal, Some(source), &request, &intake),
    }
}

/// Any other method on a status.
pub(super) async fn wrong_method(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    let source = intake.source(&request).ok();
    refuse(Refusal::Method { allowed: ALLOWED }, source, &request, &intake)
}

async fn find(
    request: &HttpRequest,
    source: &Source,
    id: &str,
    intake: &Intake,
) -> Result<Recorded, Refusal> {
    let tokens = source.tokens.as_ref().ok_or(Refusal::NotFound)?;
    let shown = request.headers().get(AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    if !tokens.admit(shown) {
        return Err(Refusal::BadToken);
    }
    let id: EventId = id.parse().map_err(|_not_an_id| Refusal::UnknownEvent)?;
    let records = intake.records.as_ref().ok_or(Refusal::NoRecords(RecordsError::None))?;
    let found = records.find(&source.name, &id).await.map_err(Refusal::NoRecords)?;
    found.ok_or(Refusal::UnknownEvent)
}

/// The status, or that it is still the one which the sender has.
fn answer(request: &HttpRequest, status: &Status<'_>) -> HttpResponse {
    let Ok(body) = serde_json::to_vec(status) else {
        return HttpResponse::InternalServerError().finish();
    };
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|each| each.trim() == tag));
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, "no-store"));
    if is_known { response.finish() } else { response.content_type("application/json").body(body) }
}
