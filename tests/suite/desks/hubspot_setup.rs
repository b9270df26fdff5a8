//! Setting a HubSpot account up, where somebody else does it at the same time.

use deskbell::desks::Ready;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::accounts::hubspot;

const PROPERTY: &str = "/crm/v3/properties/tickets/deskbell_key";

fn missing() -> ResponseTemplate {
    ResponseTemplate::new(404).set_body_json(json!({ "category": "OBJECT_NOT_FOUND" }))
}

/// HubSpot shows no property, and says that it is there when it is to be made.
async fn raced(server: &MockServer) {
    let mount = |mock: Mock| mock.mount(server);
    let get = |path: &'static str| Mock::given(matchers::method("GET")).and(matchers::path(path));
    mount(get(PROPERTY).respond_with(missing()).up_to_n_times(1)).await;
    let groups = json!({ "results": [{ "name": "helpdesk_information", "label": "Help desk" }] });
    let groups = ResponseTemplate::new(200).set_body_json(groups);
    mount(get("/crm/v3/properties/tickets/groups").respond_with(groups)).await;
    let taken = json!({ "category": "OBJECT_ALREADY_EXISTS", "message": "already exists" });
    let make = Mock::given(matchers::method("POST"))
        .and(matchers::path("/crm/v3/properties/tickets"))
        .and(matchers::body_partial_json(json!({ "groupName": "helpdesk_information" })));
    mount(make.respond_with(ResponseTemplate::new(409).set_body_json(taken)).expect(1)).await;
}

#[tokio::test]
async fn who_loses_the_race_for_the_property_finds_it_there() {
    let server = MockServer::start().await;
    raced(&server).await;
    let property = json!({ "name": "deskbell_key", "type": "string", "hasUniqueValue": true });
    let there = ResponseTemplate::new(200).set_body_json(property);
    let get = Mock::given(matchers::method("GET")).and(matchers::path(PROPERTY));
    get.respond_with(there).mount(&server).await;
    assert_eq!(hubspot(&server).set_up().await.unwrap().ready, Ready::There);
}

#[tokio::test]
async fn a_property_in_the_archive_is_for_a_person_to_restore() {
    let server = MockServer::start().await;
    raced(&server).await;
    let get = Mock::given(matchers::method("GET")).and(matchers::path(PROPERTY));
    get.respond_with(missing()).mount(&server).await;
    let set_up = hubspot(&server).set_up().await.unwrap();
    assert_eq!(set_up.ready, Ready::ByHand);
    assert!(set_up.words.join(" ").contains("Restore it"), "{set_up:?}");
}
