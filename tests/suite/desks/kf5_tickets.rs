//! KF5: the ticket of a delivery.

use std::collections::BTreeMap;

use deskbell::{
    delivery::{DeliveryKey, Step, Verdict},
    desks::{
        DeskError,
        kf5::{Kind, Settings, Status},
    },
    ticket::{Association, AssociationKind, Customer, Missing, Priority, Target, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::MockServer;

use super::accounts::{
    KEY, SECRET, answer, ask_ticket, asked, data, draft, key, kf5, kf5_settings, kf5_with,
    last_body,
};

const CREATE: &str = "/apiv2/tickets.json";

async fn working() -> MockServer {
    let server = MockServer::start().await;
    let created = json!({ "ticket": data("kf5-ticket.json") });
    answer(&server, "POST", CREATE, 201, created).await;
    server
}

/// The ticket that is sent for `draft`.
async fn sent(settings: Settings, draft: &TicketDraft) -> Value {
    let server = working().await;
    ask_ticket(&*kf5_with(&server, settings), draft).await.unwrap();
    last_body(&server).await["ticket"].take()
}

fn incident(settings: Settings) -> Settings {
    Settings { kind: Some(Kind::Incident), ..settings }
}

fn of_problem(id: &str, missing: Missing) -> TicketDraft {
    let association = Association {
        object: "problem".to_owned(),
        target: Target::Id(id.to_owned()),
        kind: AssociationKind::Default,
        missing,
    };
    TicketDraft { associations: vec![association], ..draft() }
}

#[tokio::test]
async fn a_ticket_has_requester_key_priority_and_a_description_for_agents_alone() {
    let ticket = sent(kf5_settings(), &draft()).await;
    assert_eq!(ticket["comment"]["public"], json!(false));
    assert_eq!(ticket["comment"]["html_content"], "<p><strong>No</strong> power.</p>\n");
    assert_eq!(ticket["comment"]["content"].as_str().unwrap().trim(), "No power.");
    let requester =
        json!({ "email": "jean@acme.com", "phone": "+33 1", "name": "Jean de la Tour" });
    assert_eq!(ticket["requester"], requester);
    assert_eq!(ticket["title"], "troubleshoot report");
    assert_eq!(ticket["priority"], "high");
    assert_eq!(ticket["custom_fields"], json!([{ "name": "field_1", "value": KEY }]));
    let members: Vec<_> = ticket.as_object().unwrap().keys().collect();
    assert_eq!(members, ["title", "comment", "requester", "priority", "custom_fields"]);
}

#[tokio::test]
async fn settings_tags_and_mapped_metadata_are_sent() {
    let names =
        [("orderId", "field_4"), ("total", "field_5"), ("vip", "field_6"), ("none", "field_7")];
    let settings = Settings {
        kind: Some(Kind::Incident),
        group: Some("165".parse().unwrap()),
        assignee: Some("733".parse().unwrap()),
        status: Some(Status::Open),
        fields: names.map(|(name, field)| (name.to_owned(), field.to_owned())).into(),
        ..kf5_settings()
    };
    let metadata = r#"{"orderId":82098291194615450812345,"total":12.50,"vip":true,"none":null,
        "unlisted":"x"}"#;
    let full = TicketDraft {
        metadata: serde_json::from_str(metadata).unwrap(),
        tags: vec!["payment".to_owned(), "eur".to_owned()],
        ..draft()
    };
    let ticket = sent(settings, &full).await;
    let told =
        json!([&ticket["type"], &ticket["group_id"], &ticket["assignee_id"], &ticket["status"]]);
    assert_eq!(told, json!(["incident", 165, 733, "open"]));
    assert_eq!(ticket["tags"], json!(["payment", "eur"]));
    let field = |name: &str, value: &str| json!({ "name": name, "value": value });
    let fields = [
        field("field_4", "82098291194615450812345"),
        field("field_5", "12.50"),
        field("field_6", "true"),
        field("field_1", KEY),
    ];
    assert_eq!(ticket["custom_fields"], json!(fields));
}

#[tokio::test]
async fn each_priority_has_its_word() {
    for (priority, word) in [
        (Priority::Low, "low"),
        (Priority::Medium, "medium"),
        (Priority::High, "high"),
        (Priority::Urgent, "urgent"),
        (Priority::Critical, "urgent"),
    ] {
        assert_eq!(
            sent(kf5_settings(), &TicketDraft { priority, ..draft() }).await["priority"],
            word
        );
    }
}

#[tokio::test]
async fn a_customer_without_an_address_is_no_requester() {
    let customer = |email: &str, phone: &str| TicketDraft {
        customer: Some(Customer {
            external_id: Some("user_42".to_owned()),
            name: Some("Jean".to_owned()),
            email: Some(email.to_owned()),
            phone: Some(phone.to_owned()),
        }),
        ..draft()
    };
    assert_eq!(sent(kf5_settings(), &customer(" ", "")).await["requester"], Value::Null);
    let requester = sent(kf5_settings(), &customer("", "18613210119")).await["requester"].take();
    assert_eq!(requester, json!({ "phone": 18_613_210_119_u64, "name": "Jean" }));
    let nobody = TicketDraft { customer: None, ..draft() };
    assert_eq!(sent(kf5_settings(), &nobody).await["requester"], Value::Null);
}

#[tokio::test]
async fn a_draft_that_lacks_what_is_required_is_not_sent() {
    let silent = TicketDraft { description: " \n".to_owned(), ..draft() };
    let untitled = TicketDraft { subject: String::new(), ..draft() };
    let mut company = of_problem("7", Missing::Skip);
    company.associations[0].object = "company".to_owned();
    let mut matched = of_problem("7", Missing::Skip);
    let (property, value) = ("title".to_owned(), "x".to_owned());
    matched.associations[0].target = Target::Match { property, value };
    for (lacking, words) in [
        (silent, "description"),
        (untitled, "subject"),
        (company, "problem"),
        (matched, "`id` alone"),
        (of_problem("7", Missing::Create), "cannot be created"),
        (of_problem("7/8", Missing::Skip), "no id"),
    ] {
        let server = working().await;
        let desk = kf5_with(&server, incident(kf5_settings()));
        let error = ask_ticket(&*desk, &lacking).await.unwrap_err();
        assert!(matches!(&error, DeskError::Incomplete(said) if said.contains(words)), "{error}");
        assert_eq!(error.verdict(&Step::Ticket), Verdict::GiveUp);
        assert!(asked(&server).await.is_empty());
        assert!(desk.preview(&key(), &lacking).is_err());
    }
}

#[tokio::test]
async fn an_incident_names_its_problem() {
    let settings = incident(kf5_settings());
    let ticket = sent(settings.clone(), &of_problem("32", Missing::Skip)).await;
    assert_eq!((&ticket["type"], &ticket["problem_id"]), (&json!("incident"), &json!(32)));
    let ticket = sent(settings, &of_problem(" ", Missing::Skip)).await;
    assert_eq!(ticket["problem_id"], Value::Null);
}

#[tokio::test]
async fn only_an_incident_has_a_problem() {
    let server = working().await;
    let error = ask_ticket(&*kf5(&server), &of_problem("32", Missing::Skip)).await.unwrap_err();
    assert!(error.to_string().contains("set the desk's `type`"), "{error}");
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn a_problem_that_there_is_not_follows_the_rules_missing() {
    for missing in [Missing::Skip, Missing::Fail] {
        let server = MockServer::start().await;
        answer(&server, "POST", CREATE, 422, json!({ "message": "no such problem" })).await;
        answer(&server, "GET", "/apiv2/tickets/32.json", 404, json!({})).await;
        let desk = kf5_with(&server, incident(kf5_settings()));
        let error = ask_ticket(&*desk, &of_problem("32", missing)).await.unwrap_err();
        let asked = asked(&server).await;
        assert_eq!(asked[1], "GET /apiv2/tickets/32.json");
        if missing == Missing::Fail {
            assert!(matches!(error, DeskError::MissingRecord(_)), "{error}");
            assert_eq!(asked.len(), 2);
        } else {
            assert_eq!(last_body(&server).await["ticket"]["problem_id"], Value::Null);
            assert_eq!(asked.len(), 3);
        }
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_problem_stands() {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 422, json!({ "message": "odd" })).await;
    let known = json!({ "ticket": { "id": 32 } });
    answer(&server, "GET", "/apiv2/tickets/32.json", 200, known).await;
    let desk = kf5_with(&server, incident(kf5_settings()));
    let error = ask_ticket(&*desk, &of_problem("32", Missing::Skip)).await.unwrap_err();
    assert_eq!(error.failure().words, "odd");
}

#[tokio::test]
async fn the_ticket_is_named_by_its_id_of_either_shape() {
    for id in [json!(123), json!("123")] {
        let server = MockServer::start().await;
        answer(&server, "POST", CREATE, 201, json!({ "ticket": { "id": id } })).await;
        let ticket = ask_ticket(&*kf5(&server), &draft()).await.unwrap();
        assert_eq!((ticket.id.as_str(), ticket.number, ticket.url), ("123", None, None));
    }
}

#[tokio::test]
async fn a_preview_is_what_is_sent_with_the_token_masked() {
    let server = working().await;
    let desk = kf5(&server);
    let key: DeliveryKey = key();
    let previews = desk.preview(&key, &draft()).unwrap();
    ask_ticket(&*desk, &draft()).await.unwrap();
    let [preview] = &previews[..] else { panic!("{previews:?}") };
    assert_eq!(preview.body.as_ref(), Some(&last_body(&server).await));
    assert_eq!((preview.method.as_str(), preview.step.as_str()), ("POST", "ticket"));
    assert_eq!(preview.url, format!("{}{CREATE}", server.uri()));
    assert_eq!(preview.headers[0], ("authorization".to_owned(), "Basic ***".to_owned()));
    assert!(!serde_json::to_string(&previews).unwrap().contains(SECRET));
    assert_eq!(BTreeMap::from_iter(preview.headers.clone())["content-type"], "application/json");
}
