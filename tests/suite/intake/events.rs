//! What a body has to be.

use deskbell::event::SchemaBook;
use serde_json::json;

use super::app::{App, GOOD, JSON, SECRET, scheme};

const CLOUDEVENTS: &str = "application/cloudevents+json";

#[tokio::test]
async fn a_plain_event_is_accepted_under_its_signed_id() {
    let app = App::start();
    let body = r#"{"type":"payment.failed","timestamp":"2026-01-01T00:00:00Z","data":
        {"orderId":"A-1","customerExternalId":"c","errorCode":"x","amount":12.50}}"#;
    let answer = app.post_signed(&scheme(&[SECRET]), "msg_1", body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let shop = &app.shop;
    let expected = json!({
        "id": "msg_1", "source": shop, "type": "payment.failed", "deliveries": [],
        "status_url": format!("/hooks/{shop}/events/msg_1"),
    });
    assert_eq!(answer.json(), expected);
    let taken = app.broker.taken().remove(0);
    assert_eq!(taken.request_id.as_str(), answer.header("x-request-id"));
    assert_eq!(taken.event.attributes.source, *shop);
    assert_eq!(taken.event.data["amount"].to_string(), "12.50");
}

#[tokio::test]
async fn a_structured_cloud_event_is_accepted_with_its_attributes() {
    let app = App::start();
    let body = r#"{"specversion":"1.0","id":"e 1","source":"/billing","type":"order.released",
        "subject":"A-1","tenant":"t","data":{"orderId":"A-1","customerExternalId":"c"}}"#;
    let answer = app.post(CLOUDEVENTS, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let url = format!("/hooks/{}/events/e%201", app.open);
    assert_eq!(answer.json()["status_url"], url);
    let event = app.broker.taken().remove(0).event;
    assert_eq!(event.attributes.source, "/billing");
    assert_eq!(event.attributes.extensions["tenant"], "t");
}

#[tokio::test]
async fn every_example_of_the_schemas_is_accepted() {
    let app = App::start();
    let book = SchemaBook::builtin();
    for (number, event_type) in book.types().enumerate() {
        let data = &book.document(event_type).unwrap()["examples"][0];
        let event = json!({ "type": event_type, "id": number.to_string(), "data": data });
        assert_eq!(app.post(JSON, event.to_string()).await.status, 202, "{event_type}");
    }
    assert_eq!(app.broker.taken().len(), 6);
}

#[tokio::test]
async fn a_body_that_is_not_json_for_all_readers_is_a_400() {
    let app = App::start();
    let deep = format!("{{\"data\":{}{}}}", "[".repeat(64), "]".repeat(64));
    for (body, detail) in [
        (b"" as &[u8], "the body ends within a value at line 1, column 1"),
        (b"{\"canary\"", "the body ends within a value at line 1, column 10"),
        (br#"{"data":{"a":1,"a":2}}"#, "the body has the key `/data/a` twice"),
        (deep.as_bytes(), "the body is nested more than 64 deep at line 1, column 72"),
        (b"{}\n{}", "the body has more text behind its value at line 2, column 1"),
        (b"{\"\xff\":1}", "the body is not UTF-8 at line 1, column 3"),
        (
            br#"{"data":{"$serde_json::private::Number":"1"}}"#,
            "the body has a reserved key at line 1, column 10",
        ),
    ] {
        let problem = app.post(JSON, body.to_vec()).await.problem(400, "malformed-body");
        assert_eq!(problem["detail"], detail);
    }
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn json_that_is_not_an_event_is_a_400() {
    let app = App::start();
    for (content_type, body) in [
        (JSON, "[]"),
        (JSON, r#"{"type":"order.stuck","id":"1"}"#),
        (JSON, r#"{"type":"order stuck","id":"1","data":{}}"#),
        (JSON, r#"{"type":"order.stuck","data":{}}"#),
        (JSON, r#"{"type":"order.stuck","id":"1","timestamp":"now","data":{}}"#),
        (CLOUDEVENTS, r#"{"id":"1","source":"/s","type":"order.stuck"}"#),
        (CLOUDEVENTS, r#"{"specversion":"0.3","id":"1","source":"/s","type":"order.stuck"}"#),
    ] {
        app.post(content_type, body).await.problem(400, "malformed-event");
    }
    let other_id = r#"{"type":"integration.recovered","id":"b","data":{"integration":"erp"}}"#;
    app.post_signed(&scheme(&[SECRET]), "a", other_id).await.problem(400, "malformed-event");
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_content_that_is_not_read_is_a_415_that_names_what_is() {
    let app = App::start();
    for content_type in ["text/plain", "application/cloudevents+avro", "application/xml"] {
        let answer = app.post(content_type, GOOD).await;
        answer.problem(415, "unsupported-media-type");
        let read =
            "application/cloudevents+json, application/cloudevents-batch+json, application/json";
        assert_eq!(answer.header("accept"), read);
    }
    let path = format!("/hooks/{}", app.open);
    let post = || app.request(reqwest::Method::POST, &path).header("content-type", JSON);
    let gzip = super::app::sent(post().header("content-encoding", "gzip").body("\x1f")).await;
    gzip.problem(415, "unsupported-encoding");
    assert_eq!(gzip.header("accept-encoding"), "identity");
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn an_unknown_type_is_a_422_that_names_the_known_ones() {
    let app = App::start();
    let body = r#"{"type":"order.lost","id":"1","data":{}}"#;
    let problem = app.post(JSON, body).await.problem(422, "unknown-type");
    assert_eq!(problem["types"].as_array().unwrap().len(), 6);
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn data_off_its_schema_is_a_422_with_every_violation() {
    let app = App::start();
    let body = r#"{"type":"payment.failed","id":"1","data":{"orderId":7,"errorCode":"x"}}"#;
    let problem = app.post(JSON, body).await.problem(422, "off-schema");
    let mut errors = problem["errors"].as_array().unwrap().clone();
    errors.sort_by_key(|error| error["pointer"].to_string());
    let expected = [
        json!({ "pointer": "/data/customerExternalId", "detail": "is required" }),
        json!({ "pointer": "/data/orderId", "detail": "must be of type string" }),
    ];
    assert_eq!(errors, expected);
    assert!(app.broker.taken().is_empty());
}
