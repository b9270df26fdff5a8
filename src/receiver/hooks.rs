//! `/hooks/{source}`: where senders post.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use tokio::time::Instant;

use super::{
    body,
    budget::Budget,
    content::content,
    intake::Intake,
    posted::{Posted, Shape},
    receipt::{Receipt, Receipts},
    refusal::Refusal,
};
use crate::{
    event::{Envelope, RequestId, SourceName},
    http::request_id,
};

/// The methods of a hook.
const ALLOWED: &str = "POST, OPTIONS";

/// The methods of the health endpoints.
const HEALTH_ALLOWED: &str = "GET, HEAD";

/// `POST /hooks/{source}`
pub(super) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    intake: web::Data<Intake>,
    budget: web::Data<Budget>,
) -> HttpResponse {
    let started = Instant::now();
    match accept(&request, payload, &intake, &budget).await {
        Ok(accepted) => accepted.answer(started),
        Err(refusal) => refuse(refusal, &request, &intake),
    }
}

async fn accept(
    request: &HttpRequest,
    payload: web::Payload,
    intake: &Intake,
    budget: &Budget,
) -> Result<Accepted, Refusal> {
    let (source, scheme) = intake.source(request)?;
    let content = content(request)?;
    let body = body::read(request, payload, budget, &intake.settings).await?;
    let verified = intake.verify(source, scheme, request, &body.bytes)?;
    let posted = Posted::read(source, content, request, &verified)?;
    intake.check_all(&posted)?;
    let address = |(_, event)| intake.address(event, RequestId::carried(request_id(request)));
    let envelopes: Vec<Envelope> = posted.events.into_iter().map(address).collect();
    intake.publish(&envelopes).await?;
    Ok(Accepted { shape: posted.shape, envelopes })
}

/// A request whose events are all durable.
struct Accepted {
    shape: Shape,
    envelopes: Vec<Envelope>,
}

impl Accepted {
    fn answer(&self, started: Instant) -> HttpResponse {
        self.envelopes.iter().for_each(|envelope| record(envelope, started));
        match (self.shape, &self.envelopes[..]) {
            (Shape::One, [envelope]) => HttpResponse::Accepted().json(Receipt::of(envelope)),
            (_, envelopes) => HttpResponse::Accepted().json(Receipts::of(envelopes)),
        }
    }
}

/// Counts and logs an accepted event.
fn record(envelope: &Envelope, started: Instant) {
    let (event, routes) = (&envelope.event, envelope.routes.len());
    let source = || event.source.to_string();
    let event_type = event.event_type.to_string();
    metrics::counter!("deskbell_received_total", "source" => source(), "type" => event_type)
        .increment(1);
    metrics::histogram!("deskbell_accept_seconds", "source" => source())
        .record(started.elapsed().as_secs_f64());
    tracing::info!(
        source.name = %event.source, event.type = %event.event_type, event.id = %event.id,
        request.id = %envelope.request_id, routes,
        "Accepted event `{}` of `{}`", event.id, event.source,
    );
}

/// `OPTIONS /hooks/{source}`: the handshake of CloudEvents' web hooks.
///
/// Every origin may post, because its signature decides; a callback address is not called.
pub(super) async fn handshake(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    if let Err(refusal) = intake.source(&request) {
        return refuse(refusal, &request, &intake);
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ALLOW, ALLOWED));
    if request.headers().contains_key("webhook-request-origin") {
        response.insert_header(("WebHook-Allowed-Origin", "*"));
        response.insert_header(("WebHook-Allowed-Rate", "*"));
    }
    response.finish()
}

/// Any other method on a hook.
pub(super) async fn wrong_method(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    let refusal = match intake.source(&request) {
        Ok(_) => Refusal::Method { allowed: ALLOWED },
        Err(unknown) => unknown,
    };
    refuse(refusal, &request, &intake)
}

/// Any other method on a health endpoint.
pub(super) async fn health_method(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    refuse(Refusal::Method { allowed: HEALTH_ALLOWED }, &request, &intake)
}

/// Any other path.
pub(super) async fn nothing(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    refuse(Refusal::NotFound, &request, &intake)
}

/// Answers a refusal. The source is told only where it is a configured one.
pub(super) fn refuse(refusal: Refusal, request: &HttpRequest, intake: &Intake) -> HttpResponse {
    let source: Option<&SourceName> = intake.source(request).ok().map(|(name, _)| name);
    refusal.answer(source, &request_id(request), &intake.settings)
}
