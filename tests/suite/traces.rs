//! Traces: one from a sender's request over the broker to the desk's call, exported by OTLP.

mod collector;

use bytes::Bytes;
use deskbell::clock::{Clock, SystemClock};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use serde_json::{Value, json};

use self::collector::{Collector, says};
use crate::support::{
    rabbit::shared_url,
    world::{World, eventually, key, of_desk, payment, state},
};

/// The sender's trace, and its span in it.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SENDERS_SPAN: &str = "00f067aa0ba902b7";

/// The collector's key, and what the process has besides that no trace may show.
const KEY: &str = "canary-of-the-collector";
const SECRETS: [&str; 8] = [
    KEY,
    "MDEyMzQ1",
    "01234567890123456789",
    "sk_live_sandbox",
    "pat-sandbox",
    "jean@acme.com",
    "1299.90",
    "SO-1",
];

/// Posts an event as part of the sender's trace.
async fn post_traced(world: &World, id: &str, data: &Value) {
    let upstream = &*world.sender;
    let body = Bytes::from(json!({ "type": "payment.failed", "data": data }).to_string());
    let mut request = upstream
        .client
        .post(format!("http://{}/hooks/shop", upstream.receiver))
        .header("content-type", "application/json")
        .header("traceparent", format!("00-{TRACE}-{SENDERS_SPAN}-01"))
        .body(body.clone());
    for (name, value) in upstream.scheme.sign(id, &body, SystemClock.now()) {
        request = request.header(name, value);
    }
    assert_eq!(request.send().await.unwrap().status(), 202);
}

fn export_to(world: &mut World, collector: &Collector) {
    world.set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url());
    world.set("OTEL_EXPORTER_OTLP_HEADERS", &format!("api-key={KEY}"));
}

fn of_kind(spans: &[Span], kind: SpanKind) -> Vec<&Span> {
    spans.iter().filter(|span| span.kind() == kind).collect()
}

fn children<'a>(spans: &'a [Span], parent: &'a Span) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.parent_span_id == parent.span_id).collect()
}

async fn one_trace_runs_through(mut world: World, system: &str) {
    let collector = Collector::start().await;
    export_to(&mut world, &collector);
    world.set("OTEL_SERVICE_NAME", "our-deskbell");
    world.start().await;
    post_traced(&world, "evt_1", &payment("SO-1")).await;
    world.settled("evt_1").await;
    // What waits goes out with the end of the process.
    assert_eq!(world.stop(), Some(0));
    let mut spans = collector.spans().await;
    spans.retain(|span| hex::encode(&span.trace_id) == TRACE);
    let [receive] = of_kind(&spans, SpanKind::Server)[..] else { panic!("{spans:#?}") };
    assert_eq!(hex::encode(&receive.parent_span_id), SENDERS_SPAN);
    assert_eq!(says(receive, "http.response.status_code"), "202");
    let [publish] = children(&spans, receive)[..] else { panic!("{spans:#?}") };
    assert_eq!(publish.kind(), SpanKind::Producer);
    assert_eq!(says(publish, "messaging.system"), system);
    let processes = children(&spans, publish);
    let mut desks: Vec<_> = processes.iter().map(|span| says(span, "deskbell.desk")).collect();
    desks.sort();
    assert_eq!(desks, ["crm", "support"]);
    for process in processes {
        assert_eq!(process.kind(), SpanKind::Consumer);
        assert_eq!(says(process, "deskbell.delivery.state"), "ticketed");
        let calls = children(&spans, process);
        assert!(!calls.is_empty(), "{spans:#?}");
        for call in calls {
            assert_eq!(call.kind(), SpanKind::Client);
            assert_eq!(says(call, "deskbell.desk"), says(process, "deskbell.desk"));
            assert_eq!(says(call, "server.address"), "127.0.0.1");
            assert!(says(call, "http.response.status_code").starts_with('2'), "{call:?}");
        }
    }
    assert_eq!(collector.service().await, "our-deskbell");
    for request in collector.requests().await {
        assert_eq!(request.headers["api-key"], KEY);
        let body = String::from_utf8_lossy(&request.body);
        let shown = SECRETS.iter().find(|secret| body.contains(*secret));
        assert_eq!(shown, None, "{body}");
    }
    assert!(!world.log().contains(KEY));
}

#[tokio::test]
async fn one_trace_runs_from_the_post_over_rabbitmq_to_the_desks_call() {
    one_trace_runs_through(World::over_rabbitmq(&shared_url()), "rabbitmq").await;
}

#[tokio::test]
async fn one_trace_runs_from_the_post_over_the_embedded_broker_to_the_desks_call() {
    one_trace_runs_through(World::embedded_on_hold(), "deskbell").await;
}

#[tokio::test]
async fn a_replay_is_a_trace_of_its_own_that_is_linked_to_the_events() {
    let (mut world, collector) = (World::embedded_on_hold(), Collector::start().await);
    export_to(&mut world, &collector);
    world.start().await;
    let mut stranger = payment("SO-1");
    stranger["customerExternalId"] = json!("nobody");
    post_traced(&world, "evt_1", &stranger).await;
    let deliveries = world.settled("evt_1").await;
    assert_eq!(state(of_desk(&deliveries, "support")), "dead");
    world.json(&["dead", "replay", &key("evt_1", "support")]);
    eventually("the replay is through", || async {
        let metrics = world.metrics().await;
        metrics.contains("deskbell_attempts_total{desk=\"support\",outcome=\"dead\"} 2")
    })
    .await;
    assert_eq!(world.stop(), Some(0));
    let spans = collector.spans().await;
    let publishes = of_kind(&spans, SpanKind::Producer);
    let (first, again): (Vec<_>, Vec<_>) =
        publishes.into_iter().partition(|span| hex::encode(&span.trace_id) == TRACE);
    let ([first], [again]) = (&first[..], &again[..]) else { panic!("{spans:#?}") };
    assert!(again.parent_span_id.is_empty());
    let [link] = &again.links[..] else { panic!("{again:#?}") };
    assert_eq!((&link.trace_id, &link.span_id), (&first.trace_id, &first.span_id));
    let [process] = children(&spans, again)[..] else { panic!("{spans:#?}") };
    assert_eq!(says(process, "deskbell.delivery.state"), "dead");
    let calls = children(&spans, process);
    assert!(!calls.is_empty() && calls.iter().all(|call| says(call, "error.type") == "404"));
}

/// What reaches the proxy of a process's environment, through which all exports go.
async fn exported(endpoint: Option<(&'static str, &str)>) -> usize {
    let (mut world, proxy) = (World::embedded_on_hold(), Collector::start().await);
    world.set("http_proxy", &proxy.url());
    if let Some((name, value)) = endpoint {
        world.set(name, value);
    }
    world.start().await;
    post_traced(&world, "evt_1", &payment("SO-1")).await;
    world.settled("evt_1").await;
    assert_eq!(world.stop(), Some(0));
    proxy.requests().await.len()
}

#[tokio::test]
async fn nothing_is_exported_where_no_collector_is_named() {
    let named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.invalid:4318");
    assert!(exported(Some(named)).await > 0);
    assert_eq!(exported(None).await, 0);
    assert_eq!(exported(Some(("OTEL_EXPORTER_OTLP_ENDPOINT", ""))).await, 0);
}

#[tokio::test]
async fn a_collector_that_is_away_changes_nothing() {
    let mut world = World::embedded_on_hold();
    world.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9/canary-of-the-path");
    world.set("OTEL_BSP_SCHEDULE_DELAY", "50");
    world.start().await;
    for number in 0..5 {
        let id = format!("evt_{number}");
        post_traced(&world, &id, &payment("SO-1")).await;
        let deliveries = world.settled(&id).await;
        assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
    }
    let told = || world.log().matches("The collector takes no traces").count();
    eventually("the loss is told", || async { told() > 0 }).await;
    assert_eq!(world.stop(), Some(0));
    let log = world.log();
    assert_eq!(log.matches("The collector takes no traces").count(), 1, "{log}");
    assert!(!log.contains("canary"), "{log}");
}

#[tokio::test]
async fn a_collector_that_cannot_be_used_is_told_before_anything_is_started() {
    let mut world = World::embedded_on_hold();
    world.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://canary:of the address");
    let output = world.cli(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("OTEL_EXPORTER_OTLP_") && !words.contains("canary"), "{words}");
}
