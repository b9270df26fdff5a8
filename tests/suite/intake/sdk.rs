//! `CloudEvents`' own SDK for Rust as a sender, and as a reader of what is published. The ones for
//! Python and JavaScript are in `scripts/clients`.

use cloudevents::{AttributesReader, EventBuilder, EventBuilderV10};
use deskbell::clock::Clock;
use serde_json::json;

use super::app::{App, SECRET, scheme};

const STRUCTURED: &str = "application/cloudevents+json";
const BATCHED: &str = "application/cloudevents-batch+json";

fn event(id: &str) -> cloudevents::Event {
    EventBuilderV10::new()
        .id(id)
        .source("/erp")
        .ty("integration.recovered")
        .subject("Euro € \"100%\"")
        .extension("tenant", "t-1")
        .data("application/json", json!({ "integration": "erp", "runId": "12" }))
        .build()
        .unwrap()
}

#[tokio::test]
async fn what_cloudevents_sdk_for_rust_builds_is_accepted_and_can_be_read_by_it() {
    let app = App::start();
    let built = event("rust 1");
    let answer = app.post(STRUCTURED, serde_json::to_string(&built).unwrap()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let batch = serde_json::to_string(&[event("rust 2"), event("rust 3")]).unwrap();
    assert_eq!(app.post(BATCHED, batch).await.status, 202);
    let taken = app.broker.taken();
    let ids: Vec<_> = taken.iter().map(|envelope| envelope.event.id.as_str()).collect();
    assert_eq!(ids, ["rust 1", "rust 2", "rust 3"]);
    let read: cloudevents::Event =
        serde_json::from_slice(&taken[0].event.to_cloudevents()).unwrap();
    assert_eq!(
        (read.id(), read.ty(), read.subject(), read.extension("tenant"), read.data()),
        (built.id(), built.ty(), built.subject(), built.extension("tenant"), built.data())
    );
}

#[tokio::test]
async fn what_cloudevents_sdk_for_rust_builds_is_a_401_with_one_byte_changed() {
    let app = App::start();
    let body = serde_json::to_string(&event("rust 4")).unwrap();
    let headers = scheme(&[SECRET]).sign("rust 4", body.as_bytes(), app.clock.now());
    let post = |body: String| {
        let (app, headers) = (&app, &headers);
        async move { app.post_typed(&app.shop, STRUCTURED, headers, &body).await.status }
    };
    assert_eq!(post(body.replace("erp", "erq")).await, 401);
    assert_eq!(post(body).await, 202);
}
