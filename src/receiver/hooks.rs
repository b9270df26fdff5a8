//! `/hooks/{source}`: where senders post.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use tokio::time::Instant;

use super::{
    body,
    budget::Budget,
    content::content,
    described::{HandshakeRefused, PostRefused},
    intake::Intake,
    labels::Labels,
    ping,
    posted::{PassedOver, Posted, Shape},
    receipt::{Receipt, Receipts, Told},
    refusal::Refusal,
    status::Statuses,
};
use crate::{
    event::{Envelope, RequestId, SourceName},
    formats::Format,
    http::request_id,
};

/// The methods of a hook.
const ALLOWED: &str = "POST, OPTIONS";

/// The methods of the health endpoints.
const HEALTH_ALLOWED: &str = "GET, HEAD";

/// Post an event.
///
/// The same id of the same source is the same event: posting it again is harmless. In CloudEvents'
/// binary mode the attributes are headers (`ce-id`, `ce-type`, ...), and the body is the data.
#[utoipa::path(
    post,
    path = "/hooks/{source}",
    tag = "events",
    params(("source" = String, Path, description = "The configured source's name.")),
    security(("signature" = [])),
    responses(
        (
            status = 202, description = "All events are durable. A vendor that wants words of its own gets them.",
            content((Told = "application/json"), (String = "text/plain")),
        ),
        (status = 200, description = "The ping of WooCommerce, which holds no event."),
        PostRefused,
    ),
)]
pub(super) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    intake: web::Data<Intake>,
    budget: web::Data<Budget>,
    labels: web::Data<Labels>,
) -> HttpResponse {
    if ping::may_be(&request, &intake) {
        return ping::answer(&request, payload, &intake, &budget).await;
    }
    let started = Instant::now();
    match accept(&request, payload, &intake, &budget).await {
        Ok(accepted) => accepted.answer(started, &labels, &intake.statuses),
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
    let limits = intake.limits.of(source);
    limits.has_room()?;
    let translator = intake.translators.get(source);
    let content = content(request, translator.is_some())?;
    let body = body::read(request, payload, budget, &limits.within(&intake.settings)).await?;
    let verified = intake.verify(source, scheme, request, &body.bytes).await?;
    limits.count()?;
    let mut posted = Posted::read(source, content, translator, request, &verified)?;
    intake.check_all(&posted)?;
    let address = |(_, event)| intake.address(event, RequestId::carried(request_id(request)));
    let envelopes: Vec<Envelope> =
        std::mem::take(&mut posted.events).into_iter().map(address).collect();
    intake.publish(&envelopes).await?;
    let Posted { shape, passed_over, .. } = posted;
    Ok(Accepted { source: source.clone(), shape, envelopes, passed_over })
}

/// A request whose events are all durable.
struct Accepted {
    source: SourceName,
    shape: Shape,
    envelopes: Vec<Envelope>,
    passed_over: Vec<PassedOver>,
}

impl Accepted {
    fn answer(&self, started: Instant, labels: &Labels, statuses: &Statuses) -> HttpResponse {
        self.envelopes.iter().for_each(|envelope| record(envelope, started));
        self.passed_over.iter().for_each(|passed| labels.count(&self.source, &passed.kind));
        let mut accepted = HttpResponse::Accepted();
        accepted.json(match (self.shape, &self.envelopes[..]) {
            (Shape::One, [envelope]) => Told::One(Receipt::of(envelope, statuses)),
            (Shape::One | Shape::Many, envelopes) => {
                Told::Many(Receipts::of(envelopes, None, statuses))
            }
            (Shape::Native(format), envelopes) => match format.and_then(Format::acknowledgement) {
                Some(words) => return accepted.content_type("text/plain").body(words),
                None => Told::Many(Receipts::of(envelopes, Some(&self.passed_over), statuses)),
            },
        })
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

/// Shake hands, as CloudEvents' web hooks do.
///
/// Every origin may post, because its signature decides; a callback address is not called.
#[utoipa::path(
    options,
    path = "/hooks/{source}",
    tag = "events",
    params(("source" = String, Path, description = "The configured source's name.")),
    responses((status = 200, description = "The source may post."), HandshakeRefused),
)]
pub(super) async fn handshake(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    let limits = match intake.source(&request) {
        Ok((source, _)) => intake.limits.of(source),
        Err(refusal) => return refuse(refusal, &request, &intake),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ALLOW, ALLOWED));
    if request.headers().contains_key("webhook-request-origin") {
        response.insert_header(("WebHook-Allowed-Origin", "*"));
        response.insert_header(("WebHook-Allowed-Rate", limits.allowed_rate()));
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
