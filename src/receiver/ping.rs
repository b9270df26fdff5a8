//! The unsigned form that WooCommerce posts when a web hook is saved, to learn that somebody is there.

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_TYPE, web};

use super::{
    body, budget::Budget, hooks::refuse, intake::Intake, refusal::Refusal, source::Source,
};

/// What the ping's content type is.
const FORM: &str = "application/x-www-form-urlencoded";

/// Whether the head of the request is a ping's. No event has this content type.
pub(super) fn may_be(request: &HttpRequest, source: &Source) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(FORM) && source.scheme.takes_pings()
}

/// Answers a ping with the 200 that saves the web hook; nothing is queued. Any other form is refused.
pub(super) async fn answer(
    request: &HttpRequest,
    payload: web::Payload,
    source: &Source,
    intake: &Intake,
    budget: &Budget,
) -> HttpResponse {
    match is_ping(request, payload, source, intake, budget).await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(refusal) => refuse(refusal, Some(source), request, intake),
    }
}

async fn is_ping(
    request: &HttpRequest,
    payload: web::Payload,
    source: &Source,
    intake: &Intake,
    budget: &Budget,
) -> Result<(), Refusal> {
    source.limits.has_room()?;
    let body = body::read(request, payload, budget, &source.limits, &intake.settings).await?;
    if !source.scheme.is_ping(&body.bytes) {
        return Err(Refusal::MediaType("a form that is no ping of WooCommerce's is not read"));
    }
    metrics::counter!("deskbell_pings_total", "source" => source.name.to_string()).increment(1);
    Ok(())
}
