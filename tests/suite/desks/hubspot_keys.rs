//! HubSpot: the key that makes a second ticket recognisable.

use deskbell::{
    delivery::Reason,
    desks::{DeskError, Found, hubspot::Settings},
};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    KEY, answer, answer_with, ask_ticket, asked, draft, find, hubspot, hubspot_error,
    hubspot_settings, hubspot_with,
};

const CREATE: &str = "/crm/v3/objects/tickets";

fn ticket_path() -> String {
    format!("{CREATE}/{KEY}")
}

/// HubSpot's refusal of a value that ticket 42 has.
fn taken(property: &str, value: &str) -> Value {
    let message = format!(
        "Cannot set PropertyValueCoordinates{{portalId=1, objectTypeId=ObjectTypeId{{\
         legacyObjectType=TICKET}}, propertyName={property}, value={value}}} on 778. 42 already has \
         that value."
    );
    hubspot_error("VALIDATION_ERROR", &message)
}

#[tokio::test]
async fn a_key_that_a_ticket_has_already_is_that_ticket() {
    let listed = json!([{ "message": taken("deskbell_key", KEY)["message"] }]);
    let message = format!("Property values were not valid: {listed}");
    let inside = hubspot_error("VALIDATION_ERROR", &message);
    let mut coded = hubspot_error("VALIDATION_ERROR", "duplicate");
    coded["errors"] = json!([{ "message": "no", "code": "CONFLICTING_UNIQUE_VALUE" }]);
    let conflict = hubspot_error("CONFLICT", "Ticket already exists. Existing ID: 42");
    for (status, body) in
        [(400, taken("deskbell_key", KEY)), (400, inside), (400, coded), (409, conflict)]
    {
        let server = MockServer::start().await;
        answer(&server, "POST", CREATE, status, body).await;
        answer(&server, "GET", &ticket_path(), 200, json!({ "id": "42", "url": "https://x/42" }))
            .await;
        let ticket = ask_ticket(&*hubspot(&server), &draft()).await.unwrap();
        assert_eq!((ticket.id.as_str(), ticket.url.as_deref()), ("42", Some("https://x/42")));
        let look_up = format!("GET {}?idProperty=deskbell_key", ticket_path());
        assert_eq!(asked(&server).await, [format!("POST {CREATE}"), look_up]);
    }
}

#[tokio::test]
async fn a_taken_key_is_a_success_even_where_the_ticket_cannot_be_read() {
    for status in [404, 500] {
        let server = MockServer::start().await;
        answer(&server, "POST", CREATE, 400, taken("deskbell_key", KEY)).await;
        answer(&server, "GET", &ticket_path(), status, json!({})).await;
        assert_eq!(ask_ticket(&*hubspot(&server), &draft()).await.unwrap().id, "42");
    }
}

#[tokio::test]
async fn another_value_that_is_taken_is_a_refusal() {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 400, taken("order_id", "7")).await;
    let error = ask_ticket(&*hubspot(&server), &draft()).await.unwrap_err();
    assert!(matches!(error, DeskError::Refused(Reason::Refused, _)), "{error:?}");
    assert_eq!(asked(&server).await, [format!("POST {CREATE}")]);
}

#[tokio::test]
async fn a_conflict_about_something_else_is_a_refusal() {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 409, hubspot_error("CONFLICT", "no")).await;
    answer(&server, "GET", &ticket_path(), 404, hubspot_error("OBJECT_NOT_FOUND", "no")).await;
    let error = ask_ticket(&*hubspot(&server), &draft()).await.unwrap_err();
    assert!(matches!(error, DeskError::Refused(Reason::Refused, _)), "{error:?}");
}

#[tokio::test]
async fn a_doubt_is_settled_by_reading_the_ticket_by_its_key() {
    let found = [
        (200, json!({ "id": 42 }), Some("42")),
        (404, hubspot_error("OBJECT_NOT_FOUND", "no"), None),
    ];
    for (status, body, id) in found {
        let server = MockServer::start().await;
        answer(&server, "GET", &ticket_path(), status, body).await;
        match (find(&*hubspot(&server)).await.unwrap(), id) {
            (Found::Ticket(ticket), Some(id)) => assert_eq!(ticket.id, id),
            (Found::Absent, None) => {}
            other => panic!("{other:?}"),
        }
        let look_up = format!("GET {}?idProperty=deskbell_key", ticket_path());
        assert_eq!(asked(&server).await, [look_up]);
    }
}

#[tokio::test]
async fn what_is_not_certain_is_not_called_absent() {
    let server = MockServer::start().await;
    let settings = Settings { key_property: None, ..hubspot_settings() };
    let found = find(&*hubspot_with(&server, settings)).await.unwrap();
    assert_eq!(found, Found::CannotTell);
    let page = ResponseTemplate::new(404).set_body_string("<html>not here</html>");
    answer_with(&server, "GET", &ticket_path(), page).await;
    assert!(find(&*hubspot(&server)).await.is_err());
    server.reset().await;
    let no_property = hubspot_error("VALIDATION_ERROR", "property is not unique");
    answer(&server, "GET", &ticket_path(), 400, no_property).await;
    assert_eq!(find(&*hubspot(&server)).await.unwrap(), Found::CannotTell);
}
