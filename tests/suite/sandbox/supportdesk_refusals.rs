//! SupportDesk: every documented error can be provoked.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Desks, read, supportdesk::example};

fn with(member: &str, value: Value) -> Value {
    let mut ticket = example();
    ticket[member] = value;
    ticket
}

#[tokio::test]
async fn every_key_but_the_right_one_is_refused_by_its_own_code() {
    let desks = Desks::unlimited();
    let url = format!("{}/auth/whoami", desks.sandbox.supportdesk().base_url().unwrap());
    let missing = read(desks.http.get(&url)).await;
    assert_eq!(
        (missing.status.as_u16(), &missing.body["code"]),
        (401, &json!("AUTH_API_KEY_MISSING"))
    );
    for (key, status, code) in [
        ("sk_live_other", 401, "AUTH_API_KEY_INVALID"),
        ("sk_live_expired", 401, "AUTH_API_KEY_EXPIRED"),
        ("pk_live_widget", 403, "AUTH_API_KEY_FORBIDDEN"),
    ] {
        let refused = read(desks.http.get(&url).header("X-API-Key", key)).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (status, &json!(code)));
        assert!(refused.body["message"].is_string());
        assert_eq!(refused.body.get("success"), None);
    }
}

#[tokio::test]
async fn each_field_that_is_not_valid_is_named_in_the_details() {
    let desks = Desks::unlimited();
    let cases = [
        ("customerExternalId", Value::Null),
        ("subject", json!("")),
        ("subject", json!(7)),
        ("description", Value::Null),
        ("priority", json!("high")),
        ("priority", json!("NORMAL")),
        ("category", json!(["billing"])),
        ("metadata", json!("orderId=1")),
        ("metadata", json!([1])),
        ("tagIds", json!("7c9e6679-7425-40de-944b-e07fc1f90ae7")),
        ("tagIds", json!(["billing"])),
        ("tagIds", json!(["00000000-0000-4000-8000-000000000000"])),
    ];
    for (field, value) in cases {
        let refused = desks.open_at_supportdesk(&with(field, value.clone())).await;
        assert_eq!(refused.status, 400, "{field}: {value}");
        assert_eq!(refused.body["code"], "VALIDATION_ERROR");
        let details = refused.body["details"].as_object().unwrap();
        assert_eq!(details.keys().collect::<Vec<_>>(), [field]);
        assert!(details[field][0].is_string());
    }
    assert!(desks.sandbox.supportdesk().tickets().is_empty());
    let tagged = with("tagIds", json!(["7c9e6679-7425-40de-944b-e07fc1f90ae7"]));
    assert_eq!(desks.open_at_supportdesk(&tagged).await.status, 201);
    for priority in ["LOW", "MEDIUM", "HIGH", "URGENT", "CRITICAL"] {
        let answer = desks.open_at_supportdesk(&with("priority", json!(priority))).await;
        assert_eq!(answer.body["data"]["priority"], priority);
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_a_validation_error() {
    let desks = Desks::unlimited();
    for body in ["", "{", "[]", "null"] {
        let create = desks.supportdesk(Method::POST, "/tickets/api-create").body(body);
        let refused = read(create).await;
        assert_eq!(refused.status, 400, "{body}");
        assert_eq!(refused.body["code"], "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn a_customer_that_is_not_there_is_not_found() {
    let desks = Desks::unlimited();
    let refused = desks.open_at_supportdesk(&with("customerExternalId", json!("nobody"))).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (404, &json!("CUSTOMER_NOT_FOUND"))
    );
    let event = json!({"customerExternalId": "nobody", "type": "a.b", "payload": {}});
    let refused = read(desks.supportdesk(Method::POST, "/customer-events").json(&event)).await;
    assert_eq!(refused.body["code"], "CUSTOMER_NOT_FOUND");
}

#[tokio::test]
async fn customers_need_email_and_name_at_first_and_emails_are_unique() {
    let desks = Desks::unlimited();
    let patch = |id: &str, body: Value| {
        read(desks.supportdesk(Method::PATCH, &format!("/customers/{id}")).json(&body))
    };
    let nameless = patch("user_44", json!({"email": "x@acme.com"})).await;
    assert_eq!(
        (nameless.status.as_u16(), &nameless.body["code"]),
        (400, &json!("VALIDATION_ERROR"))
    );
    let taken = patch("user_44", json!({"email": "JEAN@acme.com", "name": "Other"})).await;
    assert_eq!(
        (taken.status.as_u16(), &taken.body["code"]),
        (409, &json!("CUSTOMER_EMAIL_EXISTS"))
    );
    let own = patch("user_42", json!({"email": "jean@acme.com"})).await;
    assert_eq!(own.status, 200);
    assert_eq!(patch("user_42", json!({"email": "j@acme.com"})).await.status, 200);
    let freed = patch("user_44", json!({"email": "jean@acme.com", "name": "Other"})).await;
    assert_eq!(freed.status, 200);
}

#[tokio::test]
async fn event_types_are_short_and_of_small_letters() {
    let desks = Desks::unlimited();
    let long = "a".repeat(101);
    for kind in ["Payment.Failed", "payment failed", "payment-failed", "", &long] {
        let event = json!({"customerExternalId": "user_42", "type": kind, "payload": {}});
        let refused = read(desks.supportdesk(Method::POST, "/customer-events").json(&event)).await;
        assert_eq!(refused.body["code"], "VALIDATION_ERROR", "{kind}");
    }
}

#[tokio::test]
async fn a_plan_that_is_used_up_refuses_until_the_month_ends() {
    let desks = Desks::unlimited();
    desks.sandbox.supportdesk().switch(serde_json::from_value(json!({"plan_tickets": 1})).unwrap());
    assert_eq!(desks.open_at_supportdesk(&example()).await.status, 201);
    let refused = desks.open_at_supportdesk(&example()).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (403, &json!("PLAN_LIMIT_REACHED"))
    );
    desks.clock.advance(Duration::from_hours(24 * 13));
    assert_eq!(desks.open_at_supportdesk(&example()).await.status, 201);
}
