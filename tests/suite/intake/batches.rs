//! Requests that hold several events or none, and CloudEvents' other modes.

use deskbell::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    app::{Answer, App, JSON, SECRET, scheme, sent},
    broker::Mood,
};

const BATCH: &str = "application/cloudevents-batch+json";

fn event(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/erp", "type": "integration.recovered",
        "data": { "integration": "erp" },
    })
}

fn batch(ids: &[&str]) -> String {
    Value::from(ids.iter().map(|id| event(id)).collect::<Vec<_>>()).to_string()
}

#[tokio::test]
async fn a_batch_is_accepted_whole_with_a_receipt_for_each_event() {
    let app = App::start();
    let answer = app.post(BATCH, batch(&["a", "b", "c"])).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let events = answer.json()["events"].as_array().unwrap().clone();
    let ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(events[2]["status_url"], format!("/hooks/{}/events/c", app.open));
    let mut taken: Vec<String> =
        app.broker.taken().into_iter().map(|envelope| envelope.event.id.into()).collect();
    taken.sort();
    assert_eq!(taken, ["a", "b", "c"]);
    let empty = app.post(BATCH, "[]").await;
    assert_eq!((empty.status.as_u16(), empty.text.as_str()), (202, r#"{"events":[]}"#));
}

#[tokio::test]
async fn one_bad_event_refuses_its_batch_and_is_named() {
    let app = App::start();
    let mut events = [event("a"), event("b")];
    events[1]["data"] = json!({ "integration": 7 });
    let problem = app.post(BATCH, json!(events).to_string()).await.problem(422, "off-schema");
    assert_eq!(problem["item"], 1);
    assert_eq!(problem["errors"][0]["pointer"], "/data/integration");
    events[1]["type"] = "order.lost".into();
    let problem = app.post(BATCH, json!(events).to_string()).await.problem(422, "unknown-type");
    assert_eq!(problem["item"], 1);
    events[0]["id"] = 7.into();
    let problem = app.post(BATCH, json!(events).to_string()).await.problem(400, "malformed-event");
    assert_eq!(problem["item"], 0);
    let one = app.post(BATCH, event("a").to_string()).await.problem(400, "malformed-event");
    assert_eq!(one["detail"], "the body is not a JSON array");
    assert_eq!(one["item"], Value::Null);
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_batch_of_which_one_event_is_not_durable_is_a_503() {
    let app = App::with(Mood::TakesBut("b"), |_| {});
    let ids = ["a", "b", "c"];
    app.post(BATCH, batch(&ids)).await.problem(503, "not-durable");
    *app.broker.mood.lock().unwrap() = Mood::Takes;
    assert_eq!(app.post(BATCH, batch(&ids)).await.status, 202);
}

#[tokio::test]
async fn a_batch_of_too_many_events_is_a_413() {
    let app = App::with(Mood::Takes, |settings| settings.events_limit = 2);
    let problem = app.post(BATCH, batch(&["a", "b", "c"])).await.problem(413, "body-too-large");
    assert_eq!(problem["events"], 2);
    assert!(app.broker.taken().is_empty());
    assert_eq!(app.post(BATCH, batch(&["a", "b"])).await.status, 202);
}

async fn binary(app: &App, source: &str, more: &[(String, String)], body: &str) -> Answer {
    let request = app.request(Method::POST, &format!("/hooks/{source}"));
    let request = [
        ("content-type", JSON),
        ("ce-specversion", "1.0"),
        ("ce-id", "msg_1"),
        ("ce-source", "/erp"),
        ("ce-type", "integration.recovered"),
        ("ce-subject", "%C3%A9%20%22x%22"),
    ]
    .iter()
    .fold(request.body(body.to_owned()), |request, (name, value)| request.header(*name, *value));
    sent(more.iter().fold(request, |request, (name, value)| request.header(name, value))).await
}

#[tokio::test]
async fn an_event_in_binary_mode_is_accepted_with_its_decoded_attributes() {
    let app = App::start();
    let answer = binary(&app, &app.open, &[], r#"{"integration":"erp"}"#).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.json()["id"], "msg_1");
    let event = app.broker.taken().remove(0).event;
    assert_eq!(event.attributes.subject.as_deref(), Some("é \"x\""));
    assert_eq!(event.data, json!({ "integration": "erp" }));
    let broken = [("ce-tenant".to_owned(), "%C0%A0".to_owned())];
    let problem = binary(&app, &app.open, &broken, "{}").await.problem(400, "malformed-event");
    assert!(problem["detail"].as_str().unwrap().contains("`ce-tenant`"));
}

#[tokio::test]
async fn an_event_in_binary_mode_has_the_id_that_was_signed() {
    let app = App::start();
    let body = r#"{"integration":"erp"}"#;
    let sign = |id| scheme(&[SECRET]).sign(id, body.as_bytes(), app.clock.now());
    assert_eq!(binary(&app, &app.shop, &sign("msg_1"), body).await.status, 202);
    binary(&app, &app.shop, &sign("msg_2"), body).await.problem(400, "malformed-event");
    assert_eq!(app.broker.taken().len(), 1);
}

#[tokio::test]
async fn data_in_base64_is_read_where_it_is_json() {
    let app = App::start();
    let mut event = event("a");
    event.as_object_mut().unwrap().shift_remove("data");
    event["data_base64"] = "eyJpbnRlZ3JhdGlvbiI6ImVycCJ9".into();
    let structured = "application/cloudevents+json";
    assert_eq!(app.post(structured, event.to_string()).await.status, 202);
    assert_eq!(app.broker.taken()[0].event.data, json!({ "integration": "erp" }));
    event["datacontenttype"] = "application/xml".into();
    app.post(structured, event.to_string()).await.problem(400, "malformed-event");
}
