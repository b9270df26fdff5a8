//! SupportDesk: every documented call is accepted and answered in the documented shape.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Desks, read};

/// The example of the vendor's page.
pub(super) fn example() -> Value {
    json!({
        "customerExternalId": "user_42",
        "subject": "Paiement échoué pour la commande #12345",
        "description": "La tentative de paiement a échoué avec le code CARD_DECLINED.",
        "priority": "HIGH",
        "metadata": {"orderId": "12345", "amount": 99.9},
    })
}

#[tokio::test]
async fn the_pages_create_is_answered_as_the_page_shows_it() {
    let desks = Desks::unlimited();
    let answer = desks.open_at_supportdesk(&example()).await;
    assert_eq!(answer.status, 201);
    let body = &answer.body;
    assert_eq!(body["success"], json!(true));
    assert_eq!(body["timestamp"], json!("2026-04-18T10:00:00.000Z"));
    let data = &body["data"];
    assert_eq!(data["ticketNumber"], "INV-1001");
    assert_eq!(data["subject"], "Paiement échoué pour la commande #12345");
    assert_eq!(data["status"], "IN_PROGRESS");
    assert_eq!(data["priority"], "HIGH");
    assert_eq!(data["channel"], "API");
    assert_eq!(data["customer"]["externalId"], "user_42");
    assert_eq!(data["customer"]["email"], "jean@acme.com");
    assert_eq!(data["assignedAgent"]["name"], "Agent N1");
    assert_eq!(data["createdAt"], "2026-04-18T10:00:00.000Z");
    let (ticket, customer) = (&data["id"], &data["customer"]["id"]);
    assert!([ticket, customer].iter().all(|id| id.as_str().unwrap().starts_with('c')));
    assert_ne!(ticket, customer);
}

#[tokio::test]
async fn numbers_count_up_and_what_was_sent_is_kept() {
    let desks = Desks::unlimited();
    let mut second = example();
    second["metadata"]["deskbell_key"] = json!("k-2");
    second.as_object_mut().unwrap().remove("priority");
    desks.open_at_supportdesk(&example()).await;
    let answer = desks.open_at_supportdesk(&second).await;
    assert_eq!(answer.body["data"]["ticketNumber"], "INV-1002");
    assert_eq!(answer.body["data"]["priority"], "MEDIUM");

    let tickets = desks.sandbox.supportdesk().tickets();
    assert_eq!(tickets.iter().map(|ticket| ticket.order).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(tickets[0].key, None);
    assert_eq!(tickets[1].key.as_deref(), Some("k-2"));
    assert_eq!(tickets[1].properties["amount"].to_string(), "99.9");
    assert_eq!(desks.sandbox.supportdesk().tickets_with("k-2"), tickets[1..]);
    assert!(desks.sandbox.supportdesk().tickets_with("k-1").is_empty());
}

#[tokio::test]
async fn one_key_sent_twice_makes_two_tickets() {
    let desks = Desks::unlimited();
    let mut ticket = example();
    ticket["metadata"]["deskbell_key"] = json!("k");
    desks.open_at_supportdesk(&ticket).await;
    desks.open_at_supportdesk(&ticket).await;
    assert_eq!(desks.sandbox.supportdesk().tickets_with("k").len(), 2);
}

#[tokio::test]
async fn a_ticket_without_a_free_agent_is_open_and_nobodys() {
    let desks = Desks::unlimited();
    desks.sandbox.supportdesk().switch(
        serde_json::from_value(json!({"agent_free": false, "create_status": 200})).unwrap(),
    );
    let answer = desks.open_at_supportdesk(&example()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["data"]["status"], "OPEN");
    assert_eq!(answer.body["data"]["assignedAgent"], Value::Null);
}

#[tokio::test]
async fn a_customer_is_made_by_the_first_patch_and_changed_by_the_next() {
    let desks = Desks::unlimited();
    let path = "/customers/user%2F99";
    let new = json!({"email": "new@acme.com", "name": "New", "metadata": {"plan": "pro"}});
    let made = read(desks.supportdesk(Method::PATCH, path).json(&new)).await;
    assert_eq!(made.status, 200);
    assert_eq!(made.body["data"]["externalId"], "user/99");
    let change = json!({"phone": "+33 1"});
    let changed = read(desks.supportdesk(Method::PATCH, path).json(&change)).await;
    assert_eq!(changed.body["data"]["id"], made.body["data"]["id"]);
    assert_eq!(changed.body["data"]["phone"], "+33 1");
    assert_eq!(changed.body["data"]["email"], "new@acme.com");

    let mut ticket = example();
    ticket["customerExternalId"] = json!("user/99");
    assert_eq!(desks.open_at_supportdesk(&ticket).await.status, 201);
}

#[tokio::test]
async fn events_and_whoami_are_answered_in_the_envelope() {
    let desks = Desks::unlimited();
    let event = json!({
        "customerExternalId": "user_42",
        "type": "payment.failed",
        "payload": {"orderId": "12345"},
        "occurredAt": "2026-04-18T09:59:00Z",
    });
    let added = read(desks.supportdesk(Method::POST, "/customer-events").json(&event)).await;
    assert_eq!(added.body["success"], json!(true));
    assert_eq!(added.body["data"]["type"], "payment.failed");
    let app = read(desks.supportdesk(Method::GET, "/auth/whoami")).await;
    assert_eq!(app.status, 200);
    assert_eq!(app.body["data"]["keyType"], "agent");
    for member in ["appId", "slug", "name"] {
        assert!(app.body["data"][member].is_string(), "{member}");
    }
}
