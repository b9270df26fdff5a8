//! `/hooks/{source}/events/{id}`: what became of an event, for its own sender alone.
//!
//! Promises: nothing is told without one of the source's own tokens; nothing of the event's data is
//! told.

mod records;
mod tokens;

pub use records::{Recorded, Records, RecordsError};
pub use tokens::Tokens;

use std::{collections::HashMap, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{AUTHORIZATION, CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    web,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{described::StatusRefused, hooks::refuse, intake::Intake, refusal::Refusal};
use crate::{
    delivery::{Delivery, Report},
    event::{EnvelopeView, EventId, EventType, Route, SourceName},
};

/// The methods of a status.
const ALLOWED: &str = "GET, HEAD";

/// Who may ask what became of its events, and where that is written.
#[derive(Debug, Default)]
pub struct Statuses {
    /// The sources that may ask, with their tokens.
    pub tokens: HashMap<SourceName, Tokens>,
    /// Where events and their deliveries are; `None` where nobody may ask.
    pub records: Option<Arc<dyn Records>>,
}

impl Statuses {
    /// Whether the source may ask.
    pub(super) fn are_for(&self, source: &SourceName) -> bool {
        self.tokens.contains_key(source)
    }
}

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
        (status = 200, description = "Where each of its deliveries stands.", body = Status),
        (status = 304, description = "It is as the header `If-None-Match` says."),
        StatusRefused,
    ),
)]
pub(super) async fn tell(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    intake: web::Data<Intake>,
) -> HttpResponse {
    let (_, id) = path.into_inner();
    match find(&request, &id, &intake).await {
        Ok(recorded) => answer(&request, &Status::of(&recorded)),
        Err(refusal) => refuse(refusal, &request, &intake),
    }
}

/// Any other method on a status.
pub(super) async fn wrong_method(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    refuse(Refusal::Method { allowed: ALLOWED }, &request, &intake)
}

async fn find(request: &HttpRequest, id: &str, intake: &Intake) -> Result<Recorded, Refusal> {
    let (source, _) = intake.source(request)?;
    let Statuses { tokens, records } = &intake.statuses;
    let tokens = tokens.get(source).ok_or(Refusal::NotFound)?;
    let shown = request.headers().get(AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    if !tokens.admit(shown) {
        return Err(Refusal::BadToken);
    }
    let id: EventId = id.parse().map_err(|_not_an_id| Refusal::UnknownEvent)?;
    let records = records.as_ref().ok_or(Refusal::NoRecords(RecordsError::None))?;
    let found = records.find(source, &id).await.map_err(Refusal::NoRecords)?;
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
