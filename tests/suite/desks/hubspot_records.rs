//! HubSpot: what a ticket is tied to.

use std::time::Duration;

use deskbell::{
    delivery::{Outcome, RecordKey, Step},
    desks::{Desk, DeskError},
    ticket::{Association, AssociationKind, Customer, Missing, Target, TicketDraft},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    SECRET, act, answer, answer_with, ask_ticket, asked, data, deliver, draft, hubspot,
    hubspot_error, key, last_body,
};

pub(super) const TICKETS: &str = "/crm/v3/objects/tickets";
const CONTACTS: &str = "/crm/v3/objects/contacts";
pub(super) const CONTACT: &str = "/crm/v3/objects/contacts/jean%40acme.com";
const COMPANIES: &str = "/crm/v3/objects/companies";
const LABELS: &str = "/crm/v4/associations/tickets/contacts/labels";

pub(super) fn tied_to(object: &str, target: Target, missing: Missing) -> TicketDraft {
    let kind = AssociationKind::Default;
    let association = Association { object: object.to_owned(), target, kind, missing };
    TicketDraft { associations: vec![association], ..draft() }
}

pub(super) fn by(property: &str, value: &str) -> Target {
    Target::Match { property: property.to_owned(), value: value.to_owned() }
}

pub(super) fn contact(missing: Missing) -> TicketDraft {
    tied_to("contact", by("email", "jean@acme.com"), missing)
}

fn company(missing: Missing) -> TicketDraft {
    tied_to("company", by("domain", "acme.com"), missing)
}

fn labelled(label: &str) -> TicketDraft {
    let mut draft = tied_to("contact", Target::Id("201".to_owned()), Missing::Skip);
    draft.associations[0].kind = AssociationKind::Label(label.to_owned());
    draft
}

pub(super) fn not_found() -> Value {
    hubspot_error("OBJECT_NOT_FOUND", "Object not found")
}

pub(super) fn tie(id: &Value, category: &str, type_id: u64) -> Value {
    json!([{ "to": { "id": id },
        "types": [{ "associationCategory": category, "associationTypeId": type_id }] }])
}

pub(super) async fn working() -> MockServer {
    let server = MockServer::start().await;
    answer(&server, "POST", TICKETS, 201, data("hubspot-created.json")).await;
    server
}

/// The step of the only association.
pub(super) fn step(draft: &TicketDraft) -> Step {
    Step::Record(RecordKey::of(&draft.associations[0]))
}

async fn record(desk: &dyn Desk, draft: &TicketDraft) -> Result<Outcome, DeskError> {
    act(desk, &step(draft), draft, &[]).await
}

#[tokio::test]
async fn a_contact_is_found_by_its_address() {
    let server = working().await;
    answer(&server, "GET", CONTACT, 200, json!({ "id": "201" })).await;
    let draft = contact(Missing::Fail);
    let desk = hubspot(&server);
    assert_eq!(desk.plan(&draft), [step(&draft), Step::Ticket]);
    deliver(&*desk, &draft).await.unwrap();
    let tied = last_body(&server).await["associations"].take();
    assert_eq!(tied, tie(&json!(201), "HUBSPOT_DEFINED", 16));
    let look_up = format!("GET {CONTACT}?idProperty=email");
    assert_eq!(asked(&server).await, [look_up, format!("POST {TICKETS}")]);
}

#[tokio::test]
async fn a_company_is_found_by_its_domain() {
    let server = working().await;
    let search = format!("{COMPANIES}/search");
    answer(&server, "POST", &search, 200, json!({ "results": [{ "id": "301" }] })).await;
    let outcome = record(&*hubspot(&server), &company(Missing::Fail)).await.unwrap();
    assert_eq!(outcome, Outcome::Record("301".to_owned()));
    let filter = json!([{ "propertyName": "domain", "operator": "EQ", "value": "acme.com" }]);
    let body = last_body(&server).await;
    assert_eq!((&body["filterGroups"][0]["filters"], &body["limit"]), (&filter, &json!(1)));
    deliver(&*hubspot(&server), &company(Missing::Fail)).await.unwrap();
    let tied = last_body(&server).await["associations"].take();
    assert_eq!(tied, tie(&json!(301), "HUBSPOT_DEFINED", 339));
}

#[tokio::test]
async fn other_records_are_searched_by_their_property() {
    let server = MockServer::start().await;
    let search = "/crm/v3/objects/deals/search";
    answer(&server, "POST", search, 200, json!({ "results": [{ "id": "7" }] })).await;
    let deal = tied_to("deal", by("order_id", "A/1"), Missing::Skip);
    let outcome = record(&*hubspot(&server), &deal).await.unwrap();
    assert_eq!(outcome, Outcome::Record("7".to_owned()));
}

#[tokio::test]
async fn searches_keep_a_window_of_their_own() {
    let server = MockServer::start().await;
    let unanswered = ResponseTemplate::new(200).set_delay(Duration::from_secs(30));
    answer_with(&server, "POST", &format!("{COMPANIES}/search"), unanswered).await;
    let (desk, draft) = (hubspot(&server), company(Missing::Skip));
    let searches = join_all((0..8).map(|_| record(&*desk, &draft)));
    assert!(tokio::time::timeout(Duration::from_secs(1), searches).await.is_err());
    assert_eq!(asked(&server).await.len(), 5);
}

#[tokio::test]
async fn a_record_by_id_takes_no_step() {
    let server = working().await;
    let deal = tied_to("deal", Target::Id("99".to_owned()), Missing::Skip);
    let desk = hubspot(&server);
    assert_eq!(desk.plan(&deal), [Step::Ticket]);
    deliver(&*desk, &deal).await.unwrap();
    let tied = last_body(&server).await["associations"].take();
    assert_eq!(tied, tie(&json!(99), "HUBSPOT_DEFINED", 28));
}

#[tokio::test]
async fn a_missing_record_is_skipped_where_the_rule_says_so() {
    let server = working().await;
    answer(&server, "GET", CONTACT, 404, not_found()).await;
    deliver(&*hubspot(&server), &contact(Missing::Skip)).await.unwrap();
    assert_eq!(last_body(&server).await.get("associations"), None);
}

#[tokio::test]
async fn a_missing_record_ends_the_delivery_where_the_rule_insists() {
    let server = MockServer::start().await;
    answer(&server, "GET", CONTACT, 404, not_found()).await;
    answer(&server, "POST", &format!("{COMPANIES}/search"), 200, json!({ "results": [] })).await;
    for draft in [contact(Missing::Fail), company(Missing::Fail)] {
        let error = record(&*hubspot(&server), &draft).await.unwrap_err();
        assert!(matches!(error, DeskError::MissingRecord(_)), "{error:?}");
        assert!(!error.to_string().contains("acme.com"), "{error}");
    }
}

#[tokio::test]
async fn a_missing_contact_is_created_with_what_is_known_of_the_customer() {
    let server = MockServer::start().await;
    answer(&server, "GET", CONTACT, 404, not_found()).await;
    answer(&server, "POST", CONTACTS, 201, json!({ "id": "205" })).await;
    let outcome = record(&*hubspot(&server), &contact(Missing::Create)).await.unwrap();
    assert_eq!(outcome, Outcome::Record("205".to_owned()));
    let properties = json!({ "email": "jean@acme.com", "firstname": "Jean",
        "lastname": "de la Tour", "phone": "+33 1" });
    assert_eq!(last_body(&server).await, json!({ "properties": properties }));
    let other = Customer { email: Some("other@acme.com".to_owned()), ..draft().customer.unwrap() };
    let stranger = TicketDraft { customer: Some(other), ..contact(Missing::Create) };
    record(&*hubspot(&server), &stranger).await.unwrap();
    let properties = json!({ "email": "jean@acme.com" });
    assert_eq!(last_body(&server).await, json!({ "properties": properties }));
}

#[tokio::test]
async fn a_contact_that_exists_after_all_is_that_contact() {
    let server = MockServer::start().await;
    answer(&server, "GET", CONTACT, 404, not_found()).await;
    let conflict = hubspot_error("CONFLICT", "Contact already exists. Existing ID: 12345");
    answer(&server, "POST", CONTACTS, 409, conflict).await;
    let outcome = record(&*hubspot(&server), &contact(Missing::Create)).await.unwrap();
    assert_eq!(outcome, Outcome::Record("12345".to_owned()));
}

#[tokio::test]
async fn a_burst_of_events_creates_a_company_once() {
    let server = MockServer::start().await;
    let search = format!("{COMPANIES}/search");
    answer(&server, "POST", &search, 200, json!({ "results": [] })).await;
    answer(&server, "POST", COMPANIES, 201, json!({ "id": "305" })).await;
    let desk = hubspot(&server);
    let draft = company(Missing::Create);
    let (one, two) = tokio::join!(record(&*desk, &draft), record(&*desk, &draft));
    assert_eq!(one.unwrap(), Outcome::Record("305".to_owned()));
    assert_eq!(two.unwrap(), Outcome::Record("305".to_owned()));
    let created = asked(&server).await;
    assert_eq!(created.iter().filter(|line| line.ends_with("/companies")).count(), 1);
}

#[tokio::test]
async fn what_cannot_be_created_is_said_before_anything_is_sent() {
    let server = working().await;
    let own_kind = tied_to("2-3456", Target::Id("1".to_owned()), Missing::Skip);
    for (draft, words) in [
        (tied_to("deal", by("order_id", "1"), Missing::Create), "can be created"),
        (tied_to("contact", by("phone", "1"), Missing::Create), "can be created"),
        (tied_to("contact", by("email", " "), Missing::Create), "is empty"),
        (tied_to("contact", Target::Id("1".to_owned()), Missing::Create), "by `id`"),
        (own_kind, "no default type"),
    ] {
        let desk = hubspot(&server);
        let error = deliver(&*desk, &draft).await.unwrap_err();
        assert!(matches!(&error, DeskError::Incomplete(said) if said.contains(words)), "{error}");
        assert!(desk.preview(&key(), &draft).is_err());
    }
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn a_value_that_no_record_can_have_is_not_asked_for() {
    let server = working().await;
    for value in ["", " ", "..", "."] {
        let contact = tied_to("contact", by("email", value), Missing::Skip);
        assert_eq!(record(&*hubspot(&server), &contact).await.unwrap(), Outcome::Skipped);
    }
    let by_id = tied_to("contact", Target::Id(String::new()), Missing::Fail);
    let error = ask_ticket(&*hubspot(&server), &by_id).await.unwrap_err();
    assert!(matches!(error, DeskError::MissingRecord(_)), "{error:?}");
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn a_label_is_its_number_at_the_account() {
    let server = working().await;
    let labels = json!({ "results": [
        { "category": "HUBSPOT_DEFINED", "typeId": 16, "label": null },
        { "category": "USER_DEFINED", "typeId": 37, "label": "Payer" },
    ] });
    answer(&server, "GET", LABELS, 200, labels).await;
    let desk = hubspot(&server);
    for label in ["Payer", "payer"] {
        ask_ticket(&*desk, &labelled(label)).await.unwrap();
        let tied = last_body(&server).await["associations"].take();
        assert_eq!(tied, tie(&json!(201), "USER_DEFINED", 37));
    }
    assert_eq!(asked(&server).await.iter().filter(|line| line.starts_with("GET")).count(), 1);
}

#[tokio::test]
async fn an_unknown_label_is_told_with_the_known_ones() {
    let server = working().await;
    let labels = json!({ "results": [
        { "category": "USER_DEFINED", "typeId": 37, "label": "Payer" },
        { "category": "USER_DEFINED", "typeId": 39, "label": "Owner" },
    ] });
    answer(&server, "GET", LABELS, 200, labels).await;
    let error = ask_ticket(&*hubspot(&server), &labelled("Boss")).await.unwrap_err();
    let words = error.failure().words;
    assert!(matches!(error, DeskError::Incomplete(_)), "{error:?}");
    assert!(words.contains("`Boss`") && words.contains("`Payer`, `Owner`"), "{words}");
}

#[tokio::test]
async fn a_preview_shows_every_request_in_order_with_the_token_masked() {
    let server = working().await;
    answer(&server, "GET", CONTACT, 404, not_found()).await;
    answer(&server, "POST", CONTACTS, 201, json!({ "id": "205" })).await;
    let desk = hubspot(&server);
    let draft = contact(Missing::Create);
    let previews = desk.preview(&key(), &draft).unwrap();
    assert!(!serde_json::to_string(&previews).unwrap().contains(SECRET));
    deliver(&*desk, &draft).await.unwrap();
    let shown: Vec<_> = previews
        .iter()
        .map(|preview| format!("{} {}", preview.method, preview.url.replace(&server.uri(), "")))
        .collect();
    assert_eq!(shown, asked(&server).await);
    let mut ticket = last_body(&server).await;
    ticket["associations"][0]["to"]["id"] = format!("<the id from {}>", step(&draft)).into();
    assert_eq!(previews[2].body, Some(ticket));
    assert_eq!(previews[1].only.as_deref(), Some("if there is no such record"));
}

#[tokio::test]
async fn a_preview_shows_what_the_account_is_asked_about_itself() {
    let server = MockServer::start().await;
    let draft = TicketDraft {
        priority: deskbell::ticket::Priority::Critical,
        category: Some("billing".to_owned()),
        ..labelled("Payer")
    };
    let previews = hubspot(&server).preview(&key(), &draft).unwrap();
    let paths: Vec<_> =
        previews.iter().map(|preview| preview.url.replace(&server.uri(), "")).collect();
    let property = "/crm/v3/properties/tickets/hs_ticket";
    let expected =
        [LABELS, &format!("{property}_priority"), &format!("{property}_category"), TICKETS];
    assert_eq!(paths, expected);
    assert!(asked(&server).await.is_empty());
}
