//! What desks are asked about a ticket that exists.

use deskbell::{
    delivery::{Outcome, Reason, Step, Verdict},
    desks::{Abilities, Desk, DeskError, Found, Sought},
    ticket::{Priority, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, query_param, query_param_is_missing},
};

use super::accounts::{
    act_on, answer, asked, draft, hubspot, hubspot_error, hubspot_settings, hubspot_with,
    last_body, mark, supportdesk, ticket,
};

const NOTES: &str = "/crm/v3/objects/notes";
const LISTED: &str = "/crm/v4/objects/tickets/42/associations/notes";
const TICKET: &str = "/crm/v3/objects/tickets/42";

fn said(subject: &str, description: &str) -> TicketDraft {
    TicketDraft {
        subject: subject.to_owned(),
        description: description.to_owned(),
        priority: Priority::High,
        ..draft()
    }
}

#[tokio::test]
async fn a_comment_at_hubspot_is_a_note_tied_to_its_ticket_in_one_request() {
    let server = MockServer::start().await;
    answer(&server, "POST", NOTES, 201, json!({ "id": "7" })).await;
    let desk = hubspot(&server);
    let step = Step::Comment(mark());
    let done = act_on(&*desk, &step, &said("Failed again", "Try 2 < 3"), "42").await.unwrap();
    assert_eq!(done, Outcome::Done);
    let expected = json!({
        "properties": {
            "hs_timestamp": "2026-04-18T10:00:00.000Z",
            "hs_note_body":
                "<p>Failed again</p>\n<p>Try 2 &lt; 3</p>\n<p>[deskbell e915b8136583]</p>\n",
        },
        "associations": [{
            "to": { "id": 42 },
            "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 228 }],
        }],
    });
    assert_eq!(last_body(&server).await, expected);
    assert_eq!(asked(&server).await.len(), 1);
}

#[tokio::test]
async fn a_comment_whose_answer_is_lost_is_looked_up() {
    let server = MockServer::start().await;
    answer(&server, "POST", NOTES, 502, json!({})).await;
    let step = Step::Comment(mark());
    let error = act_on(&*hubspot(&server), &step, &draft(), "42").await.unwrap_err();
    assert_eq!(error.verdict(&step), Verdict::LookUp { after: None });
    assert_eq!(error.verdict(&Step::Resolve), Verdict::Retry { after: None });
}

#[tokio::test]
async fn a_refused_comment_on_a_deleted_ticket_says_that_the_ticket_is_gone() {
    for (status, is_gone) in [(404, true), (200, false)] {
        let server = MockServer::start().await;
        let refusal = hubspot_error("VALIDATION_ERROR", "No TICKET with ID 42 exists");
        answer(&server, "POST", NOTES, 400, refusal).await;
        answer(&server, "GET", TICKET, status, json!({ "id": "42" })).await;
        let step = Step::Comment(mark());
        let error = act_on(&*hubspot(&server), &step, &draft(), "42").await.unwrap_err();
        assert_eq!(matches!(error, DeskError::TicketGone(_)), is_gone, "{error:?}");
        assert!(error.is_definite());
        assert_eq!(error.failure().words, "No TICKET with ID 42 exists");
    }
}

#[tokio::test]
async fn a_change_of_a_deleted_ticket_says_that_the_ticket_is_gone() {
    let server = MockServer::start().await;
    answer(&server, "PATCH", TICKET, 404, hubspot_error("OBJECT_NOT_FOUND", "no")).await;
    let error = act_on(&*hubspot(&server), &Step::Raise, &said("", ""), "42").await.unwrap_err();
    assert_eq!(error.verdict(&Step::Raise), Verdict::TicketGone);
    assert_eq!(error.failure().reason, Reason::TicketGone);
}

async fn changed_by(desk: &dyn Desk, server: &MockServer, step: &Step) -> Value {
    act_on(desk, step, &said("", ""), "42").await.unwrap();
    last_body(server).await["properties"].take()
}

#[tokio::test]
async fn a_ticket_at_hubspot_is_raised_resolved_and_reopened() {
    let server = MockServer::start().await;
    answer(&server, "PATCH", TICKET, 200, json!({ "id": "42" })).await;
    let mut settings = hubspot_settings();
    settings.resolved_stage = Some("4".to_owned());
    let desk = hubspot_with(&server, settings);
    assert_eq!(
        desk.abilities(),
        Abilities { comment: true, raise: true, resolve: true, tie: true }
    );
    let raised = changed_by(&*desk, &server, &Step::Raise).await;
    assert_eq!(raised, json!({ "hs_ticket_priority": "HIGH" }));
    let resolved = changed_by(&*desk, &server, &Step::Resolve).await;
    assert_eq!(resolved, json!({ "hs_pipeline": "0", "hs_pipeline_stage": "4" }));
    let reopened = changed_by(&*desk, &server, &Step::Reopen).await;
    assert_eq!(reopened, json!({ "hs_pipeline": "0", "hs_pipeline_stage": "1" }));
}

#[tokio::test]
async fn an_account_without_a_resolved_stage_resolves_nothing() {
    let server = MockServer::start().await;
    let desk = hubspot(&server);
    assert!(!desk.abilities().resolve);
    let error = act_on(&*desk, &Step::Resolve, &draft(), "42").await.unwrap_err();
    assert_eq!(error.verdict(&Step::Resolve), Verdict::GiveUp);
    assert!(asked(&server).await.is_empty());
}

async fn sought(server: &MockServer) -> Found {
    let (mark, ticket) = (mark(), ticket("42"));
    let sought = Sought::Comment { mark: &mark, ticket: &ticket };
    hubspot(server).find(&sought).await.unwrap()
}

/// All notes of the ticket are read, page by page.
#[tokio::test]
async fn a_doubtful_comment_is_found_by_its_mark_among_the_tickets_notes() {
    for (last, found) in [(mark().sign(), Found::Comment), (String::new(), Found::Absent)] {
        let server = MockServer::start().await;
        let first: Vec<Value> = (0..150).map(|id| json!({ "toObjectId": id })).collect();
        let next = json!({ "results": first, "paging": { "next": { "after": "a1" } } });
        Mock::given(method("GET"))
            .and(path(LISTED))
            .and(query_param_is_missing("after"))
            .respond_with(ResponseTemplate::new(200).set_body_json(next))
            .mount(&server)
            .await;
        let end = json!({ "results": [{ "toObjectId": 900 }] });
        Mock::given(method("GET"))
            .and(path(LISTED))
            .and(query_param("after", "a1"))
            .respond_with(ResponseTemplate::new(200).set_body_json(end))
            .mount(&server)
            .await;
        let read = format!("{NOTES}/batch/read");
        Mock::given(method("POST"))
            .and(path(read))
            .respond_with(move |request: &wiremock::Request| {
                let asked: Value = serde_json::from_slice(&request.body).unwrap();
                let ids = asked["inputs"].as_array().unwrap();
                let is_last = ids.iter().any(|input| input["id"] == "900");
                let body = if is_last { last.as_str() } else { "[deskbell 000000000000]" };
                let results: Vec<Value> =
                    ids.iter().map(|_| json!({ "properties": { "hs_note_body": body } })).collect();
                ResponseTemplate::new(200).set_body_json(json!({ "results": results }))
            })
            .mount(&server)
            .await;
        assert_eq!(sought(&server).await, found);
        // Two pages; of the first, two times at most a hundred notes.
        assert_eq!(asked(&server).await.len(), 5);
    }
}

#[tokio::test]
async fn a_ticket_that_is_gone_has_no_comment() {
    let server = MockServer::start().await;
    answer(&server, "GET", LISTED, 404, hubspot_error("OBJECT_NOT_FOUND", "no")).await;
    assert_eq!(sought(&server).await, Found::Absent);
}

#[tokio::test]
async fn what_supportdesk_cannot_add_to_a_ticket_goes_to_the_customers_time_line() {
    let server = MockServer::start().await;
    answer(&server, "POST", "/customer-events", 201, json!({ "success": true, "data": {} })).await;
    let desk = supportdesk(&server);
    assert_eq!(desk.abilities(), Abilities::default());
    let step = Step::TimeLine(mark());
    act_on(&*desk, &step, &said("Failed again", "**Twice.**"), "clticket").await.unwrap();
    let expected = json!({
        "customerExternalId": "user_42",
        "type": "deskbell.comment",
        "payload": {
            "subject": "Failed again",
            "text": "Twice.",
            "priority": "HIGH",
            "ticketId": "clticket",
            "deskbell_mark": "e915b8136583",
        },
        "occurredAt": "2026-04-18T10:00:00.000Z",
    });
    assert_eq!(last_body(&server).await, expected);
    for step in [Step::Comment(mark()), Step::Raise, Step::Reopen, Step::Resolve] {
        assert!(act_on(&*desk, &step, &draft(), "clticket").await.is_err());
    }
}

/// Nobody is called by a second entry, and it says the same.
#[tokio::test]
async fn a_lost_answer_of_the_time_line_is_no_doubt() {
    let server = MockServer::start().await;
    answer(&server, "POST", "/customer-events", 500, json!({ "code": "INTERNAL_ERROR" })).await;
    let step = Step::TimeLine(mark());
    let error = act_on(&*supportdesk(&server), &step, &draft(), "clticket").await.unwrap_err();
    assert_eq!(error.verdict(&step), Verdict::Retry { after: None });
}
