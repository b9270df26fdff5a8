//! What a source may post, and what it is told past that.

use std::{collections::BTreeMap, time::Duration};

use deskbell::{
    receiver::{Certificates, Rate, SourceLimits},
    signature::{Scheme, SchemeSettings},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    app::{Answer, App, GOOD, JSON, SECRET, scheme, sent},
    broker::Mood,
};

const HOUR: Duration = Duration::from_hours(1);

/// So many requests at once, and then one in an hour.
fn hourly(burst: u32) -> SourceLimits {
    let rate = Rate { requests: 1, per: HOUR, burst };
    SourceLimits { rate: Some(rate), ..SourceLimits::default() }
}

#[tokio::test]
async fn a_source_that_posts_too_often_is_told_when_to_come_back() {
    let app = App::limited(&hourly(2));
    let shop = scheme(&[SECRET]);
    for id in ["msg_1", "msg_2"] {
        assert_eq!(app.post_signed(&shop, id, GOOD).await.status, 202);
    }
    let answer = app.post_signed(&shop, "msg_3", GOOD).await;
    answer.problem(429, "too-fast");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    assert_eq!(app.broker.taken().len(), 2);
    // Each source has a rate of its own.
    let body = GOOD.replace("{\"type\"", "{\"id\":\"1\",\"type\"");
    assert_eq!(app.post(JSON, body).await.status, 202);
}

#[tokio::test]
async fn strangers_use_up_nothing_of_a_sources_rate() {
    let app = App::limited(&hourly(1));
    let stranger = scheme(&["whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy"]);
    for number in 0..9 {
        let answer = app.post_signed(&stranger, &format!("msg_{number}"), GOOD).await;
        answer.problem(401, "bad-signature");
    }
    assert_eq!(app.post_signed(&scheme(&[SECRET]), "msg_1", GOOD).await.status, 202);
    // Now nothing is left, and nothing is read.
    app.post_signed(&stranger, "msg_9", GOOD).await.problem(429, "too-fast");
}

#[tokio::test]
async fn a_request_whose_event_is_refused_counts_too() {
    let app = App::limited(&hourly(1));
    let shop = scheme(&[SECRET]);
    let unknown = r#"{"type":"no.such","data":{}}"#;
    app.post_signed(&shop, "msg_1", unknown).await.problem(422, "unknown-type");
    app.post_signed(&shop, "msg_2", GOOD).await.problem(429, "too-fast");
}

#[tokio::test]
async fn the_handshake_tells_the_rate_in_requests_a_minute() {
    let rate = Rate { requests: 100, per: Duration::from_secs(1), burst: 200 };
    let told = SourceLimits { rate: Some(rate), ..SourceLimits::default() };
    for (limits, expected) in [(told, "6000"), (SourceLimits::default(), "*")] {
        let app = App::limited(&limits);
        let request = app.request(Method::OPTIONS, &format!("/hooks/{}", app.shop));
        let answer = sent(request.header("webhook-request-origin", "shop.example.com")).await;
        assert_eq!(answer.header("webhook-allowed-rate"), expected);
    }
}

#[tokio::test]
async fn a_body_past_its_sources_limit_is_a_413_that_tells_it() {
    let app = App::limited(&SourceLimits { max_body: Some(200), ..SourceLimits::default() });
    let body = |length: usize| {
        let body = GOOD.replace("{\"type\"", "{\"id\":\"1\",\"type\"");
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    assert_eq!(app.post(JSON, body(200)).await.status, 202);
    let problem = app.post(JSON, body(201)).await.problem(413, "body-too-large");
    assert_eq!(problem["limit"], 200);
    // No source may have more than the receiver reads.
    let greedy = App::limited(&SourceLimits { max_body: Some(u32::MAX), ..Default::default() });
    let problem = greedy.post(JSON, body(2 * 1024 * 1024)).await.problem(413, "body-too-large");
    assert_eq!(problem["limit"], 1024 * 1024);
}

#[tokio::test]
async fn a_type_that_a_source_may_not_post_is_refused_with_those_that_it_may() {
    let types = vec!["integration.*".parse().unwrap(), "order.stuck".parse().unwrap()];
    let app = App::limited(&SourceLimits { types, ..SourceLimits::default() });
    let shop = scheme(&[SECRET]);
    assert_eq!(app.post_signed(&shop, "msg_1", GOOD).await.status, 202);
    for other in [r#"{"type":"order.released","data":{}}"#, r#"{"type":"no.such","data":{}}"#] {
        let problem = app.post_signed(&shop, "msg_2", other).await.problem(422, "type-not-allowed");
        let may = ["integration.error", "integration.recovered", "order.stuck"];
        assert_eq!(problem["types"], json!(may));
    }
    assert_eq!(app.broker.taken().len(), 1);
}

#[tokio::test]
async fn an_event_of_another_schema_than_the_pinned_one_is_refused_with_both() {
    let pinned = "https://example.com/integration/2";
    let dataschema =
        BTreeMap::from([("integration.recovered".parse().unwrap(), pinned.to_owned())]);
    let app = App::limited(&SourceLimits { dataschema, ..SourceLimits::default() });
    let event = |id: &str, dataschema: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/s","type":"integration.recovered",
                {dataschema} "data":{{"integration":"erp"}}}}"#
        )
    };
    let cloudevents = "application/cloudevents+json";
    let same = event("1", &format!(r#""dataschema":"{pinned}","#));
    assert_eq!(app.post(cloudevents, same).await.status, 202);
    assert_eq!(app.post(cloudevents, event("2", "")).await.status, 202);
    let other = event("3", r#""dataschema":"https://example.com/integration/3","#);
    let problem = app.post(cloudevents, other).await.problem(422, "other-dataschema");
    assert_eq!(problem["expected"], pinned);
    assert_eq!(problem["sent"], "https://example.com/integration/3");
    assert_eq!(app.broker.taken().len(), 2);
}

/// A recovered integration that names a `dataschema`.
fn event(id: &str, dataschema: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/s", "type": "integration.recovered",
        "dataschema": dataschema, "data": { "integration": "erp" },
    })
}

async fn batch(app: &App, events: &[Value]) -> Answer {
    app.post("application/cloudevents-batch+json", json!(events).to_string()).await
}

/// The same in CloudEvents' binary mode.
async fn binary(app: &App, id: &str, dataschema: &str) -> Answer {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", id),
        ("ce-source", "/s"),
        ("ce-type", "integration.recovered"),
        ("ce-dataschema", dataschema),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    app.post_with(&app.open, &headers, r#"{"integration":"erp"}"#).await
}

/// Messages of a system that knows nothing of events; a map makes broken integrations of them.
async fn native(app: &App, runs: &[u32]) -> Answer {
    let message = |run: &u32| json!({ "state": "broken", "number": run, "names": ["erp", "x"] });
    let messages: Vec<Value> = runs.iter().map(message).collect();
    let headers = [("x-run".to_owned(), "r".to_owned())];
    app.post_with(&format!("mapped-{}", app.number), &headers, &json!(messages).to_string()).await
}

#[tokio::test]
async fn a_request_counts_as_one_however_many_events_it_holds() {
    let app = App::limited(&hourly(2));
    let events = ["1", "2", "3"].map(|id| event(id, "https://example.com/1"));
    assert_eq!(batch(&app, &events).await.status, 202);
    assert_eq!(binary(&app, "4", "https://example.com/1").await.status, 202);
    batch(&app, &[]).await.problem(429, "too-fast");
    binary(&app, "5", "https://example.com/1").await.problem(429, "too-fast");
    assert_eq!(native(&app, &[1, 2, 3]).await.status, 202);
    assert_eq!(native(&app, &[]).await.status, 202);
    native(&app, &[4]).await.problem(429, "too-fast");
    assert_eq!(app.broker.taken().len(), 7);
}

#[tokio::test]
async fn the_types_of_a_source_hold_however_its_events_are_encoded() {
    let types = vec!["integration.recovered".parse().unwrap()];
    let app = App::limited(&SourceLimits { types, ..SourceLimits::default() });
    let problem = native(&app, &[1, 2]).await.problem(422, "type-not-allowed");
    assert_eq!(
        (&problem["item"], &problem["types"][0]),
        (&json!(0), &"integration.recovered".into())
    );
    assert_eq!(native(&app, &[1]).await.problem(422, "type-not-allowed")["item"], Value::Null);
    let types = vec!["integration.error".parse().unwrap()];
    let app = App::limited(&SourceLimits { types, ..SourceLimits::default() });
    let mut events = ["1", "2"].map(|id| event(id, "https://example.com/1"));
    events[0]["type"] = "integration.error".into();
    events[0]["data"]["errorCode"] = "E1".into();
    let problem = batch(&app, &events).await.problem(422, "type-not-allowed");
    assert_eq!(problem["item"], 1);
    binary(&app, "3", "https://example.com/1").await.problem(422, "type-not-allowed");
    assert!(app.broker.taken().is_empty());
    assert_eq!(native(&app, &[1]).await.status, 202);
}

#[tokio::test]
async fn a_pinned_schema_holds_in_batches_and_in_binary_mode() {
    let pinned = "https://example.com/integration/2";
    let dataschema =
        BTreeMap::from([("integration.recovered".parse().unwrap(), pinned.to_owned())]);
    let app = App::limited(&SourceLimits { dataschema, ..SourceLimits::default() });
    assert_eq!(binary(&app, "1", pinned).await.status, 202);
    assert_eq!(batch(&app, &[event("2", pinned)]).await.status, 202);
    let other = "https://example.com/integration/3";
    binary(&app, "3", other).await.problem(422, "other-dataschema");
    let problem = batch(&app, &[event("4", pinned), event("5", other)]).await;
    assert_eq!(problem.problem(422, "other-dataschema")["item"], 1);
    assert_eq!(app.broker.taken().len(), 2);
}

#[tokio::test]
async fn a_ping_uses_up_nothing_and_is_held_to_the_longest_body() {
    let settings = SchemeSettings::WooCommerce { secrets: vec!["hush".into()] };
    let further = vec![("shop".to_owned(), Scheme::new(settings).unwrap())];
    let limits = SourceLimits { max_body: Some(100), ..hourly(1) };
    let app = App::build(Mood::Takes, |_| {}, further, Certificates::default(), &limits);
    let app = &app;
    let ping = async |body: String| {
        app.post_typed("shop", "application/x-www-form-urlencoded", &[], &body).await
    };
    for _ in 0..3 {
        assert_eq!(ping("webhook_id=17".to_owned()).await.status, 200);
    }
    let problem = ping("1".repeat(101)).await.problem(413, "body-too-large");
    assert_eq!(problem["limit"], 100);
}
