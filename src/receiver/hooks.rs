//! `/hooks/{source}`: where senders post.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use tokio::time::Instant;
use tracing::Instrument;

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
    source::Source,
};
use crate::{
    event::{Envelope, RequestId, TraceParent},
    formats::Format,
    http::request_id,
    traces,
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
    // The second is for sources that are configured to ask for none.
    security(("signature" = []), ()),
    responses(
        (
            status = 202, description = "All events are durable. A vendor that wants words of its own gets them.",
            content((Told = "application/json"), (String = "text/plain")),
            links(("status" = (
                operation_id = "tell",
                parameters(("source" = "$request.path.source"), ("id" = "$response.body#/id")),
                description = "What became of the one event, where its source has `status_tokens`.",
            ))),
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
    let started = Instant::now();
    let source = match intake.source(&request) {
        Ok(source) => source,
        Err(unknown) => return refuse(unknown, None, &request, &intake),
    };
    if ping::may_be(&request, source) {
        return ping::answer(&request, payload, source, &intake, &budget).await;
    }
    let parent = traceparent(&request);
    let span = traces::request(&source.name, &RequestId::carried(request_id(&request)), parent);
    let accepting = accept(&request, payload, source, &intake, &budget);
    let answer = match accepting.instrument(span.clone()).await {
        Ok(accepted) => accepted.answer(source, started, &labels),
        Err(refusal) => refuse(refusal, Some(source), &request, &intake),
    };
    traces::answered(&span, answer.status().as_u16(), answer.status().is_server_error());
    answer
}

/// The trace that the sender says the request belongs to.
fn traceparent(request: &HttpRequest) -> Option<TraceParent> {
    let header = request.headers().get("traceparent")?;
    header.to_str().ok()?.parse().ok()
}

async fn accept(
    request: &HttpRequest,
    payload: web::Payload,
    source: &Source,
    intake: &Intake,
    budget: &Budget,
) -> Result<Accepted, Refusal> {
    source.limits.has_room()?;
    let content = content(request, source.translator.is_some())?;
    let body = body::read(request, payload, budget, &source.limits, &intake.settings).await?;
    let verified = intake.verify(source, request, &body.bytes).await?;
    source.limits.count()?;
    let mut posted = Posted::read(source, content, request, &verified)?;
    intake.check_all(source, &posted)?;
    let request_id = RequestId::carried(request_id(request));
    let trace = traceparent(request).unwrap_or_else(|| request_id.trace());
    let address = |(_, event)| intake.address(event, request_id.clone(), trace);
    let mut envelopes: Vec<Envelope> =
        std::mem::take(&mut posted.events).into_iter().map(address).collect();
    intake.publish(&mut envelopes).await?;
    let Posted { shape, passed_over, .. } = posted;
    Ok(Accepted { shape, envelopes, passed_over })
}

/// A request whose events are all durable.
struct Accepted {
    shape: Shape,
    envelopes: Vec<Envelope>,
    passed_over: Vec<PassedOver>,
}

impl Accepted {
    fn answer(&self, source: &Source, started: Instant, labels: &Labels) -> HttpResponse {
        self.envelopes.iter().for_each(|envelope| record(envelope, started));
        self.passed_over.iter().for_each(|passed| labels.count(&source.name, &passed.kind));
        let mut accepted = HttpResponse::Accepted();
        accepted.json(match (self.shape, &self.envelopes[..]) {
            (Shape::One, [envelope]) => Told::One(Receipt::of(envelope, source)),
            (Shape::One | Shape::Many, envelopes) => {
                Told::Many(Receipts::of(envelopes, None, source))
            }
            (Shape::Native(format), envelopes) => match format.and_then(Format::acknowledgement) {
                Some(words) => return accepted.content_type("text/plain").body(words),
                None => Told::Many(Receipts::of(envelopes, Some(&self.passed_over), source)),
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
    responses(
        (
            status = 200, description = "The source may post.",
            headers(
                ("Allow", description = "The methods of a hook."),
                ("WebHook-Allowed-Origin", description = "`*`, where `WebHook-Request-Origin` asks."),
                ("WebHook-Allowed-Rate", description = "Requests a minute, or `*`; likewise."),
            ),
        ),
        HandshakeRefused,
    ),
)]
pub(super) async fn handshake(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    let source = match intake.source(&request) {
        Ok(source) => source,
        Err(unknown) => return refuse(unknown, None, &request, &intake),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ALLOW, ALLOWED));
    if request.headers().contains_key("webhook-request-origin") {
        response.insert_header(("WebHook-Allowed-Origin", "*"));
        response.insert_header(("WebHook-Allowed-Rate", source.limits.allowed_rate()));
    }
    response.finish()
}

/// Any other method on a hook.
pub(super) async fn wrong_method(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    match intake.source(&request) {
        Ok(source) => refuse(Refusal::Method { allowed: ALLOWED }, Some(source), &request, &intake),
        Err(unknown) => refuse(unknown, None, &request, &intake),
    }
}

/// Any other method on a health endpoint.
pub(super) async fn health_method(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    refuse(Refusal::Method { allowed: HEALTH_ALLOWED }, None, &request, &intake)
}

/// Any other path.
pub(super) async fn nothing(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    refuse(Refusal::NotFound, None, &request, &intake)
}

/// Answers a refusal; `source` is whom the request is for, where that is a configured one.
pub(super) fn refuse(
    refusal: Refusal,
    source: Option<&Source>,
    request: &HttpRequest,
    intake: &Intake,
) -> HttpResponse {
    let name = source.map(|source| &source.name);
    refusal.answer(name, &request_id(request), &intake.settings)
}
