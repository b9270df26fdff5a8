//! SupportDesk.

use std::time::Duration;

use deskbell::{
    delivery::{Outcome, Reason, Step, Verdict},
    desks::{DeskError, Found},
    ticket::{Customer, Priority, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    KEY, SECRET, act, answer, answer_with, ask_ticket, asked, data, draft, find, key, last_body,
    supportdesk,
};

const CREATE: &str = "/tickets/api-create";

/// The draft that makes an example request of the page.
fn example(page: &Value) -> TicketDraft {
    let text = |name: &str| page[name].as_str().unwrap().to_owned();
    TicketDraft {
        priority: text("priority").parse().unwrap(),
        subject: text("subject"),
        description: text("description"),
        metadata: page["metadata"].as_object().unwrap().clone(),
        customer: Some(Customer {
            external_id: Some(text("customerExternalId")),
            ..Customer::default()
        }),
        ..TicketDraft::default()
    }
}

async fn working() -> MockServer {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 201, data("supportdesk-created.json")).await;
    server
}

/// What comes of an answer to the request for a ticket.
async fn refused(status: u16, body: Value) -> DeskError {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, status, body).await;
    ask_ticket(&*supportdesk(&server), &draft()).await.unwrap_err()
}

fn error(code: &str) -> Value {
    json!({ "code": code, "message": "Une erreur" })
}

#[tokio::test]
async fn the_pages_examples_are_sent_as_the_page_shows_them() {
    for file in ["supportdesk-create-curl.json", "supportdesk-create-node.json"] {
        let page = data(file);
        let server = working().await;
        ask_ticket(&*supportdesk(&server), &example(&page)).await.unwrap();
        let mut sent = last_body(&server).await;
        let metadata = sent["metadata"].as_object_mut().unwrap();
        assert_eq!(metadata.shift_remove("deskbell_key").unwrap(), KEY);
        assert_eq!(sent, page, "{file}");
        let request = &server.received_requests().await.unwrap()[0];
        assert_eq!(request.headers["x-api-key"], SECRET);
        assert_eq!(request.headers["content-type"], "application/json");
    }
}

#[tokio::test]
async fn every_documented_field_is_sent() {
    let server = working().await;
    let tag = "0b0e5a4e-5f0b-4c58-9c0e-1e7f6c1a2b3c";
    let numbers = r#"{"id":82098291194615450812345,"money":12.50}"#;
    let full = TicketDraft {
        priority: Priority::Critical,
        category: Some("billing".to_owned()),
        metadata: serde_json::from_str(numbers).unwrap(),
        tags: vec![tag.to_owned()],
        ..draft()
    };
    ask_ticket(&*supportdesk(&server), &full).await.unwrap();
    let sent = last_body(&server).await;
    assert_eq!((&sent["priority"], &sent["category"]), (&"CRITICAL".into(), &"billing".into()));
    assert_eq!(sent["tagIds"], json!([tag]));
    let raw = String::from_utf8(server.received_requests().await.unwrap()[0].body.clone()).unwrap();
    assert!(raw.contains("82098291194615450812345") && raw.contains("12.50"), "{raw}");
}

#[tokio::test]
async fn the_ticket_is_named_by_id_and_number() {
    for status in [200, 201] {
        let server = MockServer::start().await;
        answer(&server, "POST", CREATE, status, data("supportdesk-created.json")).await;
        let ticket = ask_ticket(&*supportdesk(&server), &draft()).await.unwrap();
        assert_eq!((ticket.id.as_str(), ticket.number.as_deref()), ("clyyyyy", Some("INV-1042")));
    }
}

#[tokio::test]
async fn a_draft_that_lacks_what_is_required_is_not_sent() {
    let anonymous = TicketDraft { customer: None, ..draft() };
    let silent = TicketDraft { description: " ".to_owned(), ..draft() };
    let untitled = TicketDraft { subject: String::new(), ..draft() };
    for (lacking, words) in
        [(anonymous, "customer.external_id"), (silent, "description"), (untitled, "subject")]
    {
        let server = working().await;
        let desk = supportdesk(&server);
        let error = ask_ticket(&*desk, &lacking).await.unwrap_err();
        assert!(matches!(&error, DeskError::Incomplete(said) if said.contains(words)), "{error}");
        assert_eq!(error.verdict(&Step::Ticket), Verdict::GiveUp);
        assert!(asked(&server).await.is_empty());
        assert!(desk.preview(&key(), &lacking).is_err());
    }
}

#[tokio::test]
async fn each_documented_error_has_its_verdict() {
    let hour = Some(Duration::from_hours(1));
    for (status, code, reason, verdict) in [
        (400, "VALIDATION_ERROR", Reason::Refused, Verdict::GiveUp),
        (401, "AUTH_API_KEY_MISSING", Reason::Account, Verdict::Wait { after: None }),
        (401, "AUTH_API_KEY_INVALID", Reason::Account, Verdict::Wait { after: None }),
        (401, "AUTH_API_KEY_EXPIRED", Reason::Account, Verdict::Wait { after: None }),
        (403, "AUTH_API_KEY_FORBIDDEN", Reason::Account, Verdict::Wait { after: None }),
        (403, "PLAN_LIMIT_REACHED", Reason::PlanLimit, Verdict::Wait { after: hour }),
        (404, "CUSTOMER_NOT_FOUND", Reason::UnknownCustomer, Verdict::CreateCustomer),
        (404, "TICKET_NOT_FOUND", Reason::Refused, Verdict::GiveUp),
        (409, "CUSTOMER_EMAIL_EXISTS", Reason::CustomerConflict, Verdict::GiveUp),
        (429, "TOO_MANY_REQUESTS", Reason::Throttled, Verdict::Wait { after: None }),
        (500, "INTERNAL_ERROR", Reason::DeskFault, Verdict::LookUp { after: None }),
    ] {
        let refusal = refused(status, error(code)).await;
        let failure = refusal.failure();
        assert_eq!((failure.reason, refusal.verdict(&Step::Ticket)), (reason, verdict), "{code}");
        assert_eq!(failure.words, "Une erreur");
        assert_eq!((failure.status, failure.code.as_deref()), (Some(status), Some(code)));
    }
}

#[tokio::test]
async fn an_unknown_code_is_judged_by_its_status() {
    for (status, reason) in [
        (400, Reason::Refused),
        (401, Reason::Account),
        (403, Reason::Account),
        (409, Reason::Refused),
        (422, Reason::Refused),
        (429, Reason::Throttled),
        (502, Reason::DeskFault),
    ] {
        assert_eq!(refused(status, error("NEW")).await.failure().reason, reason, "{status}");
        assert_eq!(refused(status, json!({})).await.failure().reason, reason, "{status}");
    }
}

#[tokio::test]
async fn the_details_of_a_validation_error_are_kept() {
    let body = json!({
        "code": "VALIDATION_ERROR",
        "message": "Champs invalides",
        "details": { "subject": ["trop long"], "tagIds": ["inconnu", "vide"] },
    });
    let words = refused(400, body).await.failure().words;
    assert_eq!(words, "Champs invalides; subject: trop long; tagIds: inconnu, vide");
}

#[tokio::test]
async fn a_retry_after_is_honoured() {
    let server = MockServer::start().await;
    let reply = ResponseTemplate::new(429)
        .insert_header("retry-after", "7")
        .set_body_json(error("TOO_MANY_REQUESTS"));
    answer_with(&server, "POST", CREATE, reply).await;
    let error = ask_ticket(&*supportdesk(&server), &draft()).await.unwrap_err();
    assert_eq!(error.verdict(&Step::Ticket), Verdict::Wait { after: Some(Duration::from_secs(7)) });
}

#[tokio::test]
async fn a_success_without_success_or_id_leaves_a_doubt() {
    for body in [json!({}), json!({ "success": true }), json!({ "success": true, "data": {} })] {
        let error = refused(200, body).await;
        assert!(matches!(error, DeskError::Unreadable { status: 200, .. }), "{error}");
        assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None });
    }
    let body = json!({ "success": false, "code": "VALIDATION_ERROR", "message": "non" });
    assert!(matches!(refused(200, body).await, DeskError::Refused(..)));
}

#[tokio::test]
async fn an_unknown_customer_is_created_from_name_and_email() {
    let server = MockServer::start().await;
    let path = "/customers/a%2Fb%20c";
    answer(&server, "PATCH", path, 200, json!({ "success": true, "data": {} })).await;
    let mut slashed = draft();
    slashed.customer.as_mut().unwrap().external_id = Some("a/b c".to_owned());
    let outcome = act(&*supportdesk(&server), &Step::Customer, &slashed, &[]).await.unwrap();
    assert_eq!(outcome, Outcome::Done);
    let body = json!({ "email": "jean@acme.com", "name": "Jean de la Tour", "phone": "+33 1" });
    assert_eq!(last_body(&server).await, body);
    assert_eq!(asked(&server).await, [format!("PATCH {path}")]);
}

#[tokio::test]
async fn a_customer_without_name_or_email_stays_unknown() {
    let server = MockServer::start().await;
    for lacking in ["name", "email"] {
        let mut nameless = draft();
        let customer = nameless.customer.as_mut().unwrap();
        if lacking == "name" {
            customer.name = None;
        } else {
            customer.email = Some(String::new());
        }
        let desk = supportdesk(&server);
        let error = act(&*desk, &Step::Customer, &nameless, &[]).await.unwrap_err();
        assert_eq!(error.verdict(&Step::Customer), Verdict::GiveUp);
        let failure = error.failure();
        assert_eq!(failure.reason, Reason::UnknownCustomer);
        assert!(failure.words.contains("customer.name"), "{}", failure.words);
    }
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn anothers_email_is_a_conflict() {
    let server = MockServer::start().await;
    answer(&server, "PATCH", "/customers/user_42", 409, error("CUSTOMER_EMAIL_EXISTS")).await;
    let refusal = act(&*supportdesk(&server), &Step::Customer, &draft(), &[]).await.unwrap_err();
    assert_eq!(refusal.failure().reason, Reason::CustomerConflict);
    assert_eq!(refusal.verdict(&Step::Customer), Verdict::GiveUp);
}

#[tokio::test]
async fn a_preview_is_what_is_sent_with_the_key_masked() {
    let server = working().await;
    let desk = supportdesk(&server);
    let previews = desk.preview(&key(), &draft()).unwrap();
    assert!(!serde_json::to_string(&previews).unwrap().contains(SECRET));
    assert_eq!(previews[0].method, "PATCH");
    assert_eq!(previews[0].only.as_deref(), Some("if the desk does not know the customer"));
    ask_ticket(&*desk, &draft()).await.unwrap();
    assert_eq!(previews[1].body.as_ref(), Some(&last_body(&server).await));
    assert_eq!(previews[1].url, format!("{}{CREATE}", server.uri()));
    assert_eq!(previews[1].step, "ticket");
}

#[tokio::test]
async fn the_desk_cannot_tell_whether_a_ticket_exists() {
    let server = MockServer::start().await;
    assert_eq!(find(&*supportdesk(&server)).await.unwrap(), Found::CannotTell);
    assert!(asked(&server).await.is_empty());
}
