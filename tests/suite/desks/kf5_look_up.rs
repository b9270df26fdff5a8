//! KF5: whether a ticket exists.

use std::sync::atomic::{AtomicU64, Ordering};

use deskbell::desks::{Found, kf5::Settings};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{KEY, answer, answer_with, asked, find, kf5, kf5_settings, kf5_with};

const SEARCH: &str = "/apiv2/tickets/search.json";
const LIST: &str = "/apiv2/tickets.json";

fn ticket(id: &Value, field: &str, value: &str) -> Value {
    json!({ "id": id, "custom_fields": [{ "name": field, "value": value }] })
}

/// A server whose search and list find these.
async fn finding(searched: &[Value], listed: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    answer(&server, "GET", SEARCH, 200, json!({ "tickets": searched })).await;
    answer(&server, "GET", LIST, 200, json!({ "tickets": listed })).await;
    server
}

async fn found(server: &MockServer) -> Found {
    find(&*kf5(server)).await.unwrap()
}

fn is_ticket(found: &Found, id: &str) -> bool {
    matches!(found, Found::Ticket(ticket) if ticket.id == id)
}

#[tokio::test]
async fn a_ticket_is_found_by_the_value_of_its_field() {
    let hits = [ticket(&json!(1), "field_1", "other"), ticket(&json!("33"), "field_1", KEY)];
    let server = finding(&hits, &[]).await;
    assert!(is_ticket(&found(&server).await, "33"));
    assert_eq!(asked(&server).await, [format!("GET {SEARCH}?fieldvalue={KEY}")]);
}

#[tokio::test]
async fn a_hit_that_is_not_to_the_letter_or_in_another_field_is_none() {
    let longer = format!("{KEY}0");
    let hits = [
        ticket(&json!(1), "field_1", &longer),
        ticket(&json!(2), "field_2", KEY),
        json!({ "id": 3 }),
    ];
    let server = finding(&hits, &[]).await;
    assert_eq!(found(&server).await, Found::Absent);
}

#[tokio::test]
async fn a_ticket_that_search_does_not_know_yet_is_found_among_the_newest() {
    let server = finding(&[], &[ticket(&json!(33), "field_1", KEY)]).await;
    assert!(is_ticket(&found(&server).await, "33"));
    assert_eq!(asked(&server).await[1], format!("GET {LIST}?created_order=desc"));
}

#[tokio::test]
async fn only_so_many_of_the_newest_are_looked_at() {
    let server = MockServer::start().await;
    answer(&server, "GET", SEARCH, 200, json!({ "tickets": [] })).await;
    // Pages without end, each of other tickets.
    let pages = AtomicU64::new(1_000_000);
    let reply = move |_: &wiremock::Request| {
        let first = pages.fetch_sub(100, Ordering::Relaxed);
        let tickets: Vec<_> = (first..first + 100).map(|id| json!({ "id": id })).collect();
        ResponseTemplate::new(200).set_body_json(json!({ "tickets": tickets }))
    };
    wiremock::Mock::given(wiremock::matchers::path(LIST)).respond_with(reply).mount(&server).await;
    assert_eq!(found(&server).await, Found::Absent);
    assert_eq!(asked(&server).await.len(), 4);
}

#[tokio::test]
async fn without_the_right_to_list_nothing_found_is_no_answer() {
    let server = MockServer::start().await;
    answer(&server, "GET", SEARCH, 200, json!({ "tickets": [] })).await;
    answer(&server, "GET", LIST, 403, json!({ "message": "no right" })).await;
    assert_eq!(found(&server).await, Found::CannotTell);
}

#[tokio::test]
async fn without_a_key_field_nothing_is_asked() {
    let server = MockServer::start().await;
    let desk = kf5_with(&server, Settings { key_field: None, ..kf5_settings() });
    assert_eq!(find(&*desk).await.unwrap(), Found::CannotTell);
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_called_absent() {
    for (status, body) in [(401, "{}"), (500, "{}"), (429, ""), (200, "<html>"), (404, "<html>")] {
        let server = MockServer::start().await;
        let reply = ResponseTemplate::new(status).set_body_string(body);
        answer_with(&server, "GET", SEARCH, reply).await;
        assert!(find(&*kf5(&server)).await.is_err(), "{status}");
        let server = MockServer::start().await;
        answer(&server, "GET", SEARCH, 200, json!({ "tickets": [] })).await;
        let reply = ResponseTemplate::new(status).set_body_string(body);
        answer_with(&server, "GET", LIST, reply).await;
        assert!(find(&*kf5(&server)).await.is_err(), "{status}");
    }
}
