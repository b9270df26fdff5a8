//! HubSpot: every documented error can be provoked.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Desks, TICKETS, hubspot::example, read, ticket_with_key};

fn with(property: &str, value: &str) -> Value {
    let mut ticket = example();
    ticket["properties"][property] = json!(value);
    ticket
}

/// Every error has the envelope's required members.
fn assert_refused(answer: &Answer, status: u16, category: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.body["status"], "error");
    assert_eq!(answer.body["category"], category);
    assert!(answer.body["message"].is_string());
    assert_eq!(answer.body["correlationId"].as_str().unwrap().len(), 36);
}

/// The JSON list inside the message.
fn flaws(answer: &Answer) -> Vec<Value> {
    assert_refused(answer, 400, "VALIDATION_ERROR");
    let message = answer.body["message"].as_str().unwrap();
    let list = message.strip_prefix("Property values were not valid: ").unwrap();
    serde_json::from_str(list).unwrap()
}

#[tokio::test]
async fn a_wrong_token_and_missing_scopes_are_told_apart() {
    let desks = Desks::unlimited();
    let url = format!("{}{TICKETS}", desks.sandbox.hubspot().base_url().unwrap());
    assert_refused(&read(desks.http.get(&url)).await, 401, "INVALID_AUTHENTICATION");
    let wrong = read(desks.http.get(&url).bearer_auth("pat-other")).await;
    assert_refused(&wrong, 401, "INVALID_AUTHENTICATION");
    let switches = serde_json::from_value(json!({"missing_scopes": true})).unwrap();
    desks.sandbox.hubspot().switch(switches);
    let refused = desks.get_from_hubspot(TICKETS).await;
    assert_refused(&refused, 403, "MISSING_SCOPES");
    assert!(refused.body["errors"][0]["context"]["requiredGranularScopes"].is_array());
    assert!(refused.body["links"]["scopes"].is_string());
}

#[tokio::test]
async fn each_value_that_is_not_valid_is_named_inside_the_message() {
    let desks = Desks::unlimited();
    for (property, value, error) in [
        ("missing", "x", "PROPERTY_DOESNT_EXIST"),
        ("hs_ticket_priority", "URGENT", "INVALID_OPTION"),
        ("hs_ticket_priority", "high", "INVALID_OPTION"),
        ("hs_ticket_category", "BILLING_ISSUE;OTHER", "INVALID_OPTION"),
        ("hs_pipeline", "7", "INVALID_OPTION"),
        ("hs_pipeline_stage", "9", "INVALID_OPTION"),
        ("amount", "twelve", "INVALID_INTEGER"),
        ("hs_object_id", "1", "READ_ONLY_VALUE"),
    ] {
        let refused = desks.post_to_hubspot(TICKETS, &with(property, value)).await;
        let flaws = flaws(&refused);
        assert_eq!(flaws.len(), 1, "{property}");
        assert_eq!(flaws[0]["error"], error);
        assert_eq!(flaws[0]["name"], property);
        assert_eq!(flaws[0]["isValid"], json!(false));
    }
    assert!(desks.sandbox.hubspot().tickets().is_empty());
    let two = with("hs_ticket_category", "BILLING_ISSUE;PRODUCT_ISSUE");
    assert_eq!(desks.post_to_hubspot(TICKETS, &two).await.status, 201);
}

#[tokio::test]
async fn a_value_that_is_no_string_is_refused() {
    let desks = Desks::unlimited();
    let mut ticket = example();
    ticket["properties"]["amount"] = json!(99.9);
    assert_refused(&desks.post_to_hubspot(TICKETS, &ticket).await, 400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn subject_and_stage_are_required() {
    let desks = Desks::unlimited();
    for property in ["subject", "hs_pipeline_stage"] {
        let mut ticket = example();
        ticket["properties"].as_object_mut().unwrap().remove(property);
        let refused = desks.post_to_hubspot(TICKETS, &ticket).await;
        assert_refused(&refused, 400, "VALIDATION_ERROR");
        assert_eq!(refused.body["errors"][0]["context"]["properties"], json!([property]));
    }
    let switches = serde_json::from_value(json!({"subject_required": false})).unwrap();
    desks.sandbox.hubspot().switch(switches);
    let stage = json!({"properties": {"hs_pipeline_stage": "1"}});
    assert_eq!(desks.post_to_hubspot(TICKETS, &stage).await.status, 201);
}

#[tokio::test]
async fn a_second_ticket_of_one_key_is_refused_with_the_firsts_id_last() {
    let desks = Desks::unlimited();
    let first = desks.open_with_key("k").await;
    let refused = desks.post_to_hubspot(TICKETS, &ticket_with_key("k")).await;
    assert_refused(&refused, 400, "VALIDATION_ERROR");
    let message = refused.body["message"].as_str().unwrap();
    let head = "Cannot set PropertyValueCoordinates{portalId=891936587, \
                objectTypeId=ObjectTypeId{legacyObjectType=TICKET}, propertyName=deskbell_key, \
                value=k} on ";
    let ids = message.strip_prefix(head).unwrap().strip_suffix(" already has that value.").unwrap();
    let (burnt, holder) = ids.split_once(". ").unwrap();
    assert_eq!(holder, first);
    assert_ne!(burnt, first);
    assert_eq!(desks.sandbox.hubspot().tickets().len(), 1);

    let other = desks.open_with_key("other").await;
    let change = json!({"properties": {"deskbell_key": "k"}});
    let path = format!("{TICKETS}/{other}");
    let refused = read(desks.hubspot(Method::PATCH, &path).json(&change)).await;
    assert!(refused.body["message"].as_str().unwrap().contains(&format!("{first} already has")));
}

#[tokio::test]
async fn twenty_creates_of_one_key_at_once_make_one_ticket() {
    let desks = Desks::unlimited();
    let ticket = ticket_with_key("k");
    let creates = (0..20).map(|_| desks.post_to_hubspot(TICKETS, &ticket));
    let answers = futures_util::future::join_all(creates).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    assert_eq!((made, refused), (1, 19));
    assert_eq!(desks.sandbox.hubspot().tickets_with("k").len(), 1);
}

#[tokio::test]
async fn without_the_key_property_the_key_does_not_exist() {
    let desks = Desks::unlimited();
    let switches = serde_json::from_value(json!({"key_property": false})).unwrap();
    desks.sandbox.hubspot().switch(switches);
    let refused = desks.post_to_hubspot(TICKETS, &ticket_with_key("k")).await;
    assert_eq!(flaws(&refused)[0]["error"], "PROPERTY_DOESNT_EXIST");
    let by_key = desks.get_from_hubspot(&format!("{TICKETS}/k?idProperty=deskbell_key")).await;
    assert_refused(&by_key, 400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let desks = Desks::unlimited();
    for path in ["/1", "/abc", "/k?idProperty=deskbell_key"] {
        let refused = desks.get_from_hubspot(&format!("{TICKETS}{path}")).await;
        assert_refused(&refused, 404, "OBJECT_NOT_FOUND");
    }
    let patch = desks.hubspot(Method::PATCH, &format!("{TICKETS}/1")).json(&example());
    assert_refused(&read(patch).await, 404, "OBJECT_NOT_FOUND");
    let delete = desks.hubspot(Method::DELETE, &format!("{TICKETS}/1"));
    assert_refused(&read(delete).await, 404, "OBJECT_NOT_FOUND");
    let non_unique = desks.get_from_hubspot(&format!("{TICKETS}/x?idProperty=subject")).await;
    assert_refused(&non_unique, 400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_contact_that_exists_is_a_conflict_that_names_it() {
    let desks = Desks::unlimited();
    let contact = json!({"properties": {"email": "Jean@Acme.com"}});
    let refused = desks.post_to_hubspot("/crm/v3/objects/contacts", &contact).await;
    assert_refused(&refused, 409, "CONFLICT");
    assert_eq!(refused.body["message"], "Contact already exists. Existing ID: 201");
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_a_validation_error() {
    let desks = Desks::unlimited();
    for body in
        ["", "{", "[]", "{}", r#"{"properties":[]}"#, r#"{"properties":{},"associations":{}}"#]
    {
        let create = desks.hubspot(Method::POST, TICKETS).body(body);
        assert_refused(&read(create).await, 400, "VALIDATION_ERROR");
    }
    let page = desks.get_from_hubspot(&format!("{TICKETS}?limit=101")).await;
    assert_refused(&page, 400, "VALIDATION_ERROR");
}
