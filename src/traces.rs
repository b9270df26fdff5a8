//! Spans of distributed traces: one for each request, publish, delivery and call to a desk, named
//! and filled as OpenTelemetry's semantic conventions have it.
//!
//! Promises: a span holds names, ids, states and counts, never a payload, a header, an address with
//! its query or a secret; where nobody exports traces, a span costs as much as a log line that is
//! filtered out, and the context that a sender gave travels on even so.

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState},
};
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::event::{DeskName, Envelope, RequestId, Route, SourceName, TraceParent};

/// The target of all these spans. Log lines do not show them.
pub const TARGET: &str = "deskbell::traces";

/// What events are published to, whichever broker it is.
const DESTINATION: &str = "deskbell.events";

/// An HTTP request of `source` that may hold events; a child of what its sender says.
pub fn request(source: &SourceName, id: &RequestId, parent: Option<TraceParent>) -> Span {
    let span = info_span!(
        target: TARGET, parent: None, "receive",
        otel.name = "POST /hooks/{source}",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = "POST",
        http.route = "/hooks/{source}",
        http.response.status_code = Empty,
        error.type = Empty,
        deskbell.source = %source,
        deskbell.request.id = %id,
    );
    if let Some(parent) = parent {
        follow(&span, parent);
    }
    span
}

/// The publish of an accepted event to the broker that `system` names. The envelope carries it on.
pub fn publish(envelope: &mut Envelope, system: &'static str) -> Span {
    let span = producer(envelope, system);
    envelope.trace = context(&span).unwrap_or(envelope.trace);
    span
}

/// The publish of a delivery that an operator sends back to work: a trace of its own, that is linked
/// to the one of the event. The envelope carries it on.
pub fn requeue(envelope: &mut Envelope, system: &'static str) -> Span {
    let span = producer(envelope, system);
    span.add_link(remote(envelope.trace));
    envelope.trace = context(&span).unwrap_or(envelope.trace);
    span
}

fn producer(envelope: &Envelope, system: &'static str) -> Span {
    let Envelope { event, request_id, .. } = envelope;
    info_span!(
        target: TARGET, "publish",
        otel.name = "publish deskbell.events",
        otel.kind = "producer",
        otel.status_code = Empty,
        error.type = Empty,
        messaging.system = system,
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.destination.name = DESTINATION,
        messaging.message.id = %event.id,
        deskbell.source = %event.source,
        deskbell.event.type = %event.event_type,
        deskbell.request.id = %request_id,
    )
}

/// What a worker does with the job of one route: a child of the publish that brought it. The field
/// `deskbell.delivery.state` takes the state that it leaves the delivery in.
pub fn process(envelope: &Envelope, route: &Route, system: &'static str) -> Span {
    let Envelope { event, request_id, trace, .. } = envelope;
    let Route { desk, rule, priority } = route;
    let span = info_span!(
        target: TARGET, parent: None, "process",
        otel.name = %format_args!("process {desk}"),
        otel.kind = "consumer",
        otel.status_code = Empty,
        error.type = Empty,
        messaging.system = system,
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = DESTINATION,
        messaging.message.id = %event.id,
        deskbell.source = %event.source,
        deskbell.event.type = %event.event_type,
        deskbell.request.id = %request_id,
        deskbell.desk = %desk,
        deskbell.rule = %rule,
        deskbell.priority = %priority,
        deskbell.delivery.state = Empty,
    );
    follow(&span, *trace);
    span
}

/// A call of `method` to a desk at the machine `server`. `template` is the path without its
/// parameters: they and the query may hold a customer's address.
pub fn call(desk: &DeskName, method: &str, template: &'static str, server: &str) -> Span {
    info_span!(
        target: TARGET, "call",
        otel.name = %format_args!("{method} {template}"),
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        http.request.method = method,
        http.response.status_code = Empty,
        url.template = template,
        server.address = server,
        deskbell.desk = %desk,
    )
}

/// Notes the answer of an HTTP exchange: a server's fault is its error, a client's every failure.
pub fn answered(span: &Span, status: u16, is_error: bool) {
    span.record("http.response.status_code", i64::from(status));
    if is_error {
        failed(span, &status.to_string());
    }
}

/// Notes that what the span stands for failed, and the class of the failure.
pub fn failed(span: &Span, class: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", class);
}

/// Makes the span a child of one elsewhere.
fn follow(span: &Span, parent: TraceParent) {
    // An error says that nobody exports traces.
    drop(span.set_parent(Context::new().with_remote_span_context(remote(parent))));
}

/// Where the span stands; `None` where nobody exports traces.
fn context(span: &Span) -> Option<TraceParent> {
    let context = span.context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| TraceParent {
        trace: u128::from_be_bytes(span.trace_id().to_bytes()),
        span: u64::from_be_bytes(span.span_id().to_bytes()),
        flags: span.trace_flags().to_u8(),
    })
}

fn remote(parent: TraceParent) -> SpanContext {
    let TraceParent { trace, span, flags } = parent;
    let (trace, span) = (TraceId::from(trace), SpanId::from(span));
    SpanContext::new(trace, span, TraceFlags::new(flags), true, TraceState::default())
}
