//! Thulium: the key that makes a second ticket recognisable.

use deskbell::desks::{Found, thulium::Settings};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    KEY, answer, answer_with, asked, find, thulium, thulium_settings, thulium_with,
};

fn ticket(id: &Value, value: &Value) -> Value {
    json!({ "ticket_id": id, "custom_fields": { "deskbell_key": value, "ID": null } })
}

async fn listed(tickets: Vec<Value>) -> MockServer {
    let server = MockServer::start().await;
    let body = json!({ "count": tickets.len(), "result": tickets });
    answer(&server, "GET", "/tickets", 200, body).await;
    server
}

async fn found(server: &MockServer) -> Found {
    find(&*thulium(server)).await.unwrap()
}

#[tokio::test]
async fn a_doubt_is_settled_by_asking_for_the_key() {
    let tickets = vec![
        ticket(&json!("9"), &json!(format!("{KEY}0"))),
        ticket(&json!("120"), &json!(KEY)),
        ticket(&json!(41), &json!(KEY)),
    ];
    let server = listed(tickets).await;
    let Found::Ticket(ticket) = found(&server).await else { panic!() };
    assert_eq!(ticket.id, "41");
    let question = format!(
        "GET /tickets?limit=100&custom_fields[deskbell_key]={KEY}&include_custom_fields=true"
    );
    assert_eq!(asked(&server).await, [question]);
}

#[tokio::test]
async fn absent_is_said_after_a_second_look() {
    let server =
        listed(vec![ticket(&json!(1), &json!("another")), ticket(&json!(2), &json!(null))]).await;
    assert_eq!(found(&server).await, Found::Absent);
    assert_eq!(asked(&server).await.len(), 2);
}

#[tokio::test]
async fn a_ticket_that_the_filter_learns_of_late_is_found() {
    let server = MockServer::start().await;
    let none = ResponseTemplate::new(200).set_body_json(json!({ "count": 0, "result": [] }));
    wiremock::Mock::given(wiremock::matchers::path("/tickets"))
        .respond_with(none)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let late = json!({ "count": 1, "result": [ticket(&json!(7), &json!(KEY))] });
    answer(&server, "GET", "/tickets", 200, late).await;
    assert!(matches!(found(&server).await, Found::Ticket(ticket) if ticket.id == "7"));
}

#[tokio::test]
async fn what_is_not_certain_is_not_called_absent() {
    // The system has no such field, and the filter finds everything.
    let server = listed(vec![json!({ "ticket_id": 1, "custom_fields": { "ID": null } })]).await;
    assert_eq!(found(&server).await, Found::CannotTell);
    let refused = MockServer::start().await;
    let body = json!({ "errors": [{ "message": "no such field", "code": 400 }] });
    answer(&refused, "GET", "/tickets", 400, body).await;
    assert_eq!(found(&refused).await, Found::CannotTell);
    let settings = Settings { key_field: None, ..thulium_settings() };
    let desk = thulium_with(&refused, settings);
    assert_eq!(find(&*desk).await.unwrap(), Found::CannotTell);
    for reply in [
        ResponseTemplate::new(502).set_body_string("<html>"),
        ResponseTemplate::new(404).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_string("<html>"),
    ] {
        let server = MockServer::start().await;
        answer_with(&server, "GET", "/tickets", reply).await;
        assert!(find(&*thulium(&server)).await.is_err());
    }
}

#[tokio::test]
async fn a_filter_that_does_not_filter_is_looked_through_and_then_given_up() {
    let tickets: Vec<_> = (1..=100).map(|id| ticket(&json!(id), &json!(null))).collect();
    let server = MockServer::start().await;
    let body = json!({ "count": 100_000, "result": tickets });
    answer(&server, "GET", "/tickets", 200, body).await;
    assert_eq!(found(&server).await, Found::CannotTell);
    assert_eq!(asked(&server).await.len(), 10);
}
