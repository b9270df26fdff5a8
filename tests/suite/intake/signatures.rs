//! Who may post.

use deskbell::{clock::Clock, signature::SchemeSettings};
use jiff::SignedDuration;

use super::app::{App, GOOD, OLD_SECRET, SECRET, plain_scheme, scheme};

const STRANGER: &str = "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy";

#[tokio::test]
async fn every_live_secret_of_a_source_verifies() {
    let app = App::start();
    for (id, secret) in [("msg_1", SECRET), ("msg_2", OLD_SECRET)] {
        let answer = app.post_signed(&scheme(&[secret]), id, GOOD).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
    let ids: Vec<_> = app.broker.taken().into_iter().map(|it| it.event.id.to_string()).collect();
    assert_eq!(ids, ["msg_1", "msg_2"]);
}

#[tokio::test]
async fn a_missing_a_wrong_and_a_stale_signature_are_all_401() {
    let app = App::start();
    let (good, now) = (scheme(&[SECRET]), app.clock.now());
    let shop = &app.shop;
    let missing = app.post_with(shop, &[], GOOD).await.problem(401, "bad-signature");
    assert_eq!(missing["detail"], "the header `webhook-id` is missing");
    let wrong = app.post_signed(&scheme(&[STRANGER]), "msg_1", GOOD).await;
    wrong.problem(401, "bad-signature");
    assert_eq!(wrong.header("www-authenticate"), "Signature realm=\"hooks\"");
    for away in [SignedDuration::from_mins(6), SignedDuration::from_mins(-6)] {
        let headers = good.sign("msg_1", GOOD.as_bytes(), now + away);
        app.post_with(shop, &headers, GOOD).await.problem(401, "bad-signature");
    }
    let of_another_body = good.sign("msg_1", b"{}", now);
    app.post_with(shop, &of_another_body, GOOD).await.problem(401, "bad-signature");
    let mut unreadable = good.sign("msg_1", GOOD.as_bytes(), now);
    unreadable[2].1 = "v1a,AAAA".to_owned();
    app.post_with(shop, &unreadable, GOOD).await.problem(401, "bad-signature");
    let unsigned = deskbell::signature::Scheme::new(SchemeSettings::None).unwrap();
    app.post_signed(&unsigned, "msg_1", GOOD).await.problem(401, "bad-signature");
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_plain_hmac_with_a_signed_time_verifies() {
    let app = App::start();
    let body = r#"{"type":"integration.recovered","data":{"integration":"erp"},"id":"e-1"}"#;
    let headers = plain_scheme().sign("", body.as_bytes(), app.clock.now());
    assert_eq!(app.post_with(&app.plain, &headers, body).await.status, 202);
    app.post_with(&app.plain, &headers, GOOD).await.problem(401, "bad-signature");
    let late = app.clock.now() - SignedDuration::from_mins(6);
    let stale = plain_scheme().sign("", body.as_bytes(), late);
    app.post_with(&app.plain, &stale, body).await.problem(401, "bad-signature");
    assert_eq!(app.broker.taken().len(), 1);
}

#[tokio::test]
async fn a_dot_in_the_signed_id_is_a_400() {
    let app = App::start();
    app.post_signed(&scheme(&[SECRET]), "a.b", GOOD).await.problem(400, "malformed-event");
    assert!(app.broker.taken().is_empty());
}
