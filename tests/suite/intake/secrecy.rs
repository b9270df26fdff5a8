//! What the receiver lets be known of what it reads.

use deskbell::clock::Clock;

use super::{
    app::{App, JSON, SECRET, scheme, sent},
    observed,
};

const STRANGER: &str = "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy";

#[tokio::test]
async fn no_secret_signature_payload_or_query_is_in_a_log_line_of_any_level() {
    observed::observe();
    let app = App::start();
    let good = r#"{"type":"integration.error","data":{"integration":"erp","errorCode":"x",
        "message":"canary-payload-good"},"canary-member":1}"#;
    let own = scheme(&[SECRET]);
    let accepted = app.post_signed(&own, "id-of-the-accepted", good).await;
    assert_eq!(accepted.status, 202);
    let refused = app.post_signed(&scheme(&[STRANGER]), "id-of-the-wrongly-signed", good).await;
    refused.problem(401, "bad-signature");
    for body in [
        r#"{"type":"canary.payload.type","data":{}}"#,
        r#"{"type":"order.stuck","data":{"canary-payload-key":1,"stage":{"canary-payload":1}}}"#,
        r#"{"canary-payload-twice":1,"canary-payload-twice":1}"#,
        "canary-payload-no-json",
    ] {
        assert!(app.post_signed(&own, "id-of-a-refused", body).await.status.is_client_error());
    }
    let query = format!("/hooks/{}?access_token=canary-query", app.open);
    sent(app.request(reqwest::Method::POST, &query).header("content-type", JSON).body("{"))
        .await
        .problem(400, "malformed-body");

    let log = observed::log();
    let signature = own.sign("id-of-the-accepted", good.as_bytes(), app.clock.now()).remove(2).1;
    for secret in ["canary", "id-of-the-wrongly-signed", "id-of-a-refused", &signature, SECRET] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let line = |id: &str| log.lines().filter(|line| line.contains(id)).collect::<Vec<_>>();
    let told = line(accepted.header("x-request-id"));
    assert_eq!(told.len(), 1, "{told:?}");
    for part in ["INFO", "id-of-the-accepted", "integration.error", "routes=0", &app.shop] {
        assert!(told[0].contains(part), "{part} in {}", told[0]);
    }
    assert!(line(refused.header("x-request-id")).is_empty());
}

#[tokio::test]
async fn what_is_taken_and_what_is_refused_is_counted_by_source() {
    observed::observe();
    let app = App::start();
    let body = r#"{"type":"integration.recovered","data":{"integration":"erp"}}"#;
    app.post_signed(&scheme(&[SECRET]), "msg_1", body).await;
    app.post_signed(&scheme(&[STRANGER]), "msg_2", body).await;
    app.post_signed(&scheme(&[SECRET]), "msg_3", "{").await;
    sent(app.request(reqwest::Method::POST, "/hooks/canary-stranger")).await;
    let metrics = observed::metrics();
    let shop = &app.shop;
    for line in [
        format!(r#"deskbell_received_total{{source="{shop}",type="integration.recovered"}} 1"#),
        format!(r#"deskbell_refused_total{{source="{shop}",reason="signature_wrong"}} 1"#),
        format!(r#"deskbell_refused_total{{source="{shop}",reason="malformed-body"}} 1"#),
        format!(r#"deskbell_accept_seconds_count{{source="{shop}"}} 1"#),
        r#"deskbell_refused_total{source="-",reason="unknown-source"} "#.to_owned(),
        format!(r#"deskbell_secret_last_used_timestamp_seconds{{source="{shop}",secret="1"}} "#),
    ] {
        assert!(metrics.contains(&line), "{line} in {metrics}");
    }
    assert!(!metrics.contains("canary"));
}
