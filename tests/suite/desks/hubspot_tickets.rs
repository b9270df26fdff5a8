//! HubSpot: tickets.

use std::collections::BTreeMap;

use deskbell::{
    delivery::{Step, Verdict},
    desks::{DeskError, hubspot::Settings},
    ticket::{Association, AssociationKind, Missing, Priority, Target, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::MockServer;

use super::accounts::{
    KEY, SECRET, answer, ask_ticket, asked, data, draft, hubspot, hubspot_error, hubspot_settings,
    hubspot_with, last_body,
};

const CREATE: &str = "/crm/v3/objects/tickets";
const PRIORITY: &str = "/crm/v3/properties/tickets/hs_ticket_priority";
const CATEGORY: &str = "/crm/v3/properties/tickets/hs_ticket_category";

fn by_id(object: &str, id: &str, kind: AssociationKind) -> Association {
    Association {
        object: object.to_owned(),
        target: Target::Id(id.to_owned()),
        kind,
        missing: Missing::Skip,
    }
}

async fn working() -> MockServer {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 201, data("hubspot-created.json")).await;
    server
}

async fn options(server: &MockServer, path: &str, values: &[&str]) {
    let options: Vec<_> =
        values.iter().map(|value| json!({ "value": value, "label": value })).collect();
    answer(server, "GET", path, 200, json!({ "options": options })).await;
}

/// The properties that are sent for `draft`.
async fn sent(server: &MockServer, settings: Settings, draft: &TicketDraft) -> Value {
    ask_ticket(&*hubspot_with(server, settings), draft).await.unwrap();
    last_body(server).await["properties"].take()
}

#[tokio::test]
async fn the_pages_examples_are_sent_as_the_page_shows_them() {
    let primary = AssociationKind::Type { category: None, id: 26 };
    let ties =
        vec![by_id("contact", "201", AssociationKind::Default), by_id("company", "301", primary)];
    for (file, associations) in
        [("hubspot-create.json", vec![]), ("hubspot-create-associated.json", ties)]
    {
        let server = working().await;
        let settings = Settings { key_property: None, ..hubspot_settings() };
        let example = TicketDraft { description: String::new(), associations, ..draft() };
        let ticket = ask_ticket(&*hubspot_with(&server, settings), &example).await.unwrap();
        assert_eq!(ticket.id, "1145814089");
        assert_eq!(last_body(&server).await, data(file), "{file}");
        let request = &server.received_requests().await.unwrap()[0];
        assert_eq!(request.headers["authorization"], format!("Bearer {SECRET}"));
    }
}

#[tokio::test]
async fn key_content_and_mapped_metadata_are_properties_and_texts() {
    let server = working().await;
    let names = [("orderId", "order_id"), ("total", "amount"), ("vip", "is_vip"), ("none", "none")];
    let properties: BTreeMap<_, _> =
        names.map(|(name, property)| (name.to_owned(), property.to_owned())).into();
    let metadata = r#"{"orderId":82098291194615450812345,"total":12.50,"vip":true,"none":null,
        "unlisted":"x"}"#;
    let full = TicketDraft { metadata: serde_json::from_str(metadata).unwrap(), ..draft() };
    let sent = sent(&server, Settings { properties, ..hubspot_settings() }, &full).await;
    assert_eq!(
        sent,
        json!({
            "hs_pipeline": "0", "hs_pipeline_stage": "1", "hs_ticket_priority": "HIGH",
            "subject": "troubleshoot report", "content": "No power.",
            "order_id": "82098291194615450812345", "amount": "12.50", "is_vip": "true",
            "deskbell_key": KEY,
        })
    );
}

#[tokio::test]
async fn a_dated_version_stands_behind_the_resource() {
    let server = MockServer::start().await;
    let path = "/crm/objects/2026-03/tickets";
    answer(&server, "POST", path, 201, data("hubspot-created.json")).await;
    let settings = Settings { version: "2026-03".to_owned(), ..hubspot_settings() };
    assert!(ask_ticket(&*hubspot_with(&server, settings), &draft()).await.is_ok());
}

#[tokio::test]
async fn urgent_falls_back_to_high_where_the_account_lacks_it() {
    for (known, expected) in
        [(["MEDIUM", "HIGH", "URGENT"], "URGENT"), (["LOW", "MEDIUM", "HIGH"], "HIGH")]
    {
        for priority in [Priority::Urgent, Priority::Critical] {
            let server = working().await;
            options(&server, PRIORITY, &known).await;
            let urgent = TicketDraft { priority, ..draft() };
            let sent = sent(&server, hubspot_settings(), &urgent).await;
            assert_eq!(sent["hs_ticket_priority"], expected);
        }
    }
}

#[tokio::test]
async fn options_that_cannot_be_read_are_low_medium_and_high() {
    for status in [403, 404] {
        let server = working().await;
        answer(&server, "GET", PRIORITY, status, hubspot_error("MISSING_SCOPES", "no")).await;
        let urgent = TicketDraft { priority: Priority::Urgent, ..draft() };
        let sent = sent(&server, hubspot_settings(), &urgent).await;
        assert_eq!(sent["hs_ticket_priority"], "HIGH");
    }
}

#[tokio::test]
async fn options_are_asked_for_once_and_only_when_needed() {
    let server = working().await;
    options(&server, PRIORITY, &["HIGH", "URGENT"]).await;
    let desk = hubspot(&server);
    for priority in [Priority::Low, Priority::Urgent, Priority::High, Priority::Critical] {
        ask_ticket(&*desk, &TicketDraft { priority, ..draft() }).await.unwrap();
    }
    let asked = asked(&server).await;
    assert_eq!(asked.iter().filter(|line| line.starts_with("GET")).count(), 1, "{asked:?}");
}

#[tokio::test]
async fn a_question_that_fails_beforehand_sends_no_ticket() {
    let server = working().await;
    answer(&server, "GET", PRIORITY, 502, json!({})).await;
    let urgent = TicketDraft { priority: Priority::Urgent, ..draft() };
    let error = ask_ticket(&*hubspot(&server), &urgent).await.unwrap_err();
    assert!(error.is_definite());
    assert_eq!(error.verdict(&Step::Ticket), Verdict::Retry { after: None });
    assert_eq!(asked(&server).await, [format!("GET {PRIORITY}")]);
}

#[tokio::test]
async fn a_category_is_sent_where_it_is_an_option() {
    for (category, expected) in [
        ("billing_issue", Some("BILLING_ISSUE")),
        ("billing", None),
        ("BILLING_ISSUE", Some("BILLING_ISSUE")),
    ] {
        let server = working().await;
        options(&server, CATEGORY, &["PRODUCT_ISSUE", "BILLING_ISSUE"]).await;
        let billing = TicketDraft { category: Some(category.to_owned()), ..draft() };
        let sent = sent(&server, hubspot_settings(), &billing).await;
        assert_eq!(sent.get("hs_ticket_category").and_then(Value::as_str), expected);
    }
}

#[tokio::test]
async fn a_draft_without_a_subject_is_not_sent() {
    let server = working().await;
    let untitled = TicketDraft { subject: " ".to_owned(), ..draft() };
    let error = ask_ticket(&*hubspot(&server), &untitled).await.unwrap_err();
    assert!(matches!(error, DeskError::Incomplete(_)), "{error:?}");
    assert!(asked(&server).await.is_empty());
}
