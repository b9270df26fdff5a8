//! Thulium: the ticket of a draft.

use std::collections::BTreeMap;

use deskbell::{
    desks::{DeskError, thulium::Settings},
    ticket::{Association, AssociationKind, Customer, Missing, Priority, Target, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::MockServer;

use super::accounts::{
    KEY, SECRET, answer, ask_ticket, asked, deliver, draft, key, last_body, thulium,
    thulium_settings, thulium_with,
};

const CREATE: &str = "/tickets";
const CATEGORIES: &str = "/ticket_categories";

async fn working() -> MockServer {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 200, json!({ "ticket_id": 1232 })).await;
    server
}

/// A draft that names no customer.
fn nobodys() -> TicketDraft {
    TicketDraft { customer: None, ..draft() }
}

async fn sent(settings: Settings, draft: &TicketDraft) -> Value {
    let server = working().await;
    ask_ticket(&*thulium_with(&server, settings), draft).await.unwrap();
    last_body(&server).await
}

fn tags() -> BTreeMap<Priority, String> {
    [(Priority::Low, "prio-low".to_owned()), (Priority::High, "prio-high".to_owned())].into()
}

#[tokio::test]
async fn a_ticket_is_opened_in_the_customers_name_with_its_key() {
    let server = working().await;
    let ticket = ask_ticket(&*thulium(&server), &nobodys()).await.unwrap();
    assert_eq!((ticket.id.as_str(), ticket.number, ticket.url), ("1232", None, None));
    assert_eq!(
        last_body(&server).await,
        json!({
            "to": "mailbox@foo.bar",
            "subject": "troubleshoot report",
            "body": "<p><strong>No</strong> power.</p>\n",
            "body_type": "HTML",
            "direction": "in_behalf_of",
            "custom_fields": { "deskbell_key": KEY },
        })
    );
}

#[tokio::test]
async fn settings_and_mapped_metadata_stand_in_the_ticket() {
    let settings = Settings {
        status: Some("1".to_owned()),
        queue: Some("33".to_owned()),
        category: Some("4".to_owned()),
        priority_field: Some("Priorytet".to_owned()),
        priority_tags: tags(),
        custom_fields: [("total", "Kwota"), ("vip", "VIP"), ("none", "Brak"), ("list", "Lista")]
            .map(|(name, field)| (name.to_owned(), field.to_owned()))
            .into(),
        ..thulium_settings()
    };
    let metadata = r#"{"total":12.50,"vip":true,"none":null,"list":["a",1],"unlisted":"x"}"#;
    let full = TicketDraft {
        metadata: serde_json::from_str(metadata).unwrap(),
        tags: ["billing", "prio-low", " ", "billing"].map(str::to_owned).to_vec(),
        ..nobodys()
    };
    let sent = sent(settings, &full).await;
    assert_eq!((&sent["status_id"], &sent["ticket_queue_id"]), (&json!(1), &json!(33)));
    assert_eq!(sent["category_id"], json!(4));
    assert_eq!(sent["tags"], json!(["billing", "prio-high"]));
    let fields = json!({
        "Kwota": "12.50", "VIP": "true", "Lista": "a, 1", "Priorytet": "HIGH", "deskbell_key": KEY,
    });
    assert_eq!(sent["custom_fields"], fields);
}

#[tokio::test]
async fn a_system_without_a_field_for_the_key_gets_none() {
    let settings = Settings { key_field: None, ..thulium_settings() };
    assert_eq!(sent(settings, &nobodys()).await.get("custom_fields"), None);
}

#[tokio::test]
async fn a_category_is_sent_by_id_or_by_name_and_else_the_configured_one_is() {
    let known = json!([
        { "category_id": 2, "name": "Płatności", "subcategories": [{ "category_id": 9, "name": "Zwroty" }] },
    ]);
    for (category, expected) in [("2", 2), ("PŁATNOŚCI", 2), ("zwroty", 9), ("billing", 4)] {
        let server = working().await;
        answer(&server, "GET", CATEGORIES, 200, known.clone()).await;
        let settings = Settings { category: Some("4".to_owned()), ..thulium_settings() };
        let wanted = TicketDraft { category: Some(category.to_owned()), ..nobodys() };
        ask_ticket(&*thulium_with(&server, settings), &wanted).await.unwrap();
        assert_eq!(last_body(&server).await["category_id"], json!(expected), "{category}");
    }
}

#[tokio::test]
async fn categories_are_asked_for_once_and_ones_that_cannot_be_read_are_none() {
    let server = working().await;
    answer(&server, "GET", CATEGORIES, 403, json!({ "errors": [{ "message": "no" }] })).await;
    let desk = thulium(&server);
    let wanted = TicketDraft { category: Some("billing".to_owned()), ..nobodys() };
    ask_ticket(&*desk, &wanted).await.unwrap();
    ask_ticket(&*desk, &wanted).await.unwrap();
    assert_eq!(last_body(&server).await.get("category_id"), None);
    let questions = asked(&server).await.into_iter().filter(|line| line.starts_with("GET"));
    assert_eq!(questions.count(), 1);
}

#[tokio::test]
async fn a_question_that_fails_beforehand_sends_no_ticket() {
    let server = working().await;
    answer(&server, "GET", CATEGORIES, 502, json!({})).await;
    let wanted = TicketDraft { category: Some("billing".to_owned()), ..nobodys() };
    let error = ask_ticket(&*thulium(&server), &wanted).await.unwrap_err();
    assert!(error.is_definite(), "{error:?}");
    assert_eq!(asked(&server).await, [format!("GET {CATEGORIES}")]);
}

#[tokio::test]
async fn what_thulium_cannot_take_is_told_and_not_sent() {
    let tie = |object: &str, property: Option<&str>, missing| Association {
        object: object.to_owned(),
        target: match property {
            Some(property) => {
                Target::Match { property: property.to_owned(), value: "x".to_owned() }
            }
            None => Target::Id("7".to_owned()),
        },
        kind: AssociationKind::Default,
        missing,
    };
    let tied = |ties: &[Association]| TicketDraft { associations: ties.to_vec(), ..nobodys() };
    let customer = tie("customer", None, Missing::Skip);
    let server = working().await;
    for (draft, words) in [
        (TicketDraft { subject: " ".to_owned(), ..nobodys() }, "subject"),
        (TicketDraft { description: "\n".to_owned(), ..nobodys() }, "description"),
        (tied(&[tie("deal", None, Missing::Skip)]), "`customer` or a `company`"),
        (tied(&[tie("company", Some("domain"), Missing::Skip)]), "by its `id`"),
        (tied(&[tie("customer", None, Missing::Create)]), "cannot be created"),
        (tied(&[tie("customer", Some("nip"), Missing::Skip)]), "`identifier`"),
        (tied(&[customer.clone(), customer]), "one customer"),
    ] {
        let error = ask_ticket(&*thulium(&server), &draft).await.unwrap_err();
        assert!(matches!(error, DeskError::Incomplete(_)), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(thulium(&server).preview(&key(), &draft).is_err());
    }
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn a_preview_shows_what_is_sent_and_no_password() {
    let server = working().await;
    let found = json!({ "count": 0, "result": [] });
    answer(&server, "GET", "/customers", 200, found).await;
    answer(&server, "POST", "/customers", 200, json!({ "customer_id": 273 })).await;
    answer(&server, "GET", CATEGORIES, 200, json!([])).await;
    let full = TicketDraft { category: Some("billing".to_owned()), ..draft() };
    let desk = thulium(&server);
    let previews = desk.preview(&key(), &full).unwrap();
    deliver(&*desk, &full).await.unwrap();
    let shown: Vec<String> = previews
        .iter()
        .map(|preview| format!("{} {}", preview.method, preview.url.replace(&server.uri(), "")))
        .collect();
    let sent: Vec<String> = asked(&server).await;
    assert_eq!(shown, sent);
    let mut body = previews.last().unwrap().body.clone().unwrap();
    assert_eq!(body["customer_id"], json!("<the id from customer>"));
    body["customer_id"] = json!(273);
    // No system has it.
    assert_eq!(body["category_id"], json!("<the id of the category billing>"));
    body.as_object_mut().unwrap().remove("category_id");
    assert_eq!(body, last_body(&server).await);
    let said = format!("{previews:?}");
    assert!(!said.contains(SECRET) && said.contains("Basic ***"), "{said}");
}

#[tokio::test]
async fn the_authors_address_is_the_customers() {
    let email = |email: &str| {
        let customer = Customer { email: Some(email.to_owned()), ..Customer::default() };
        TicketDraft { customer: Some(customer), ..draft() }
    };
    assert_eq!(sent(thulium_settings(), &email(" jean@acme.com ")).await["from"], "jean@acme.com");
    assert_eq!(sent(thulium_settings(), &email(" ")).await.get("from"), None);
}
