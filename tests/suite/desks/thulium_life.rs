//! Thulium: what happens to a ticket after it was opened.

use std::collections::BTreeMap;

use deskbell::{
    delivery::{Outcome, Step, Verdict},
    desks::{Abilities, Found, Sought, thulium::Settings},
    ticket::{Priority, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    act_on, answer, answer_with, asked, draft, last_body, mark, thulium, thulium_settings,
    thulium_with, ticket,
};

const TICKET: &str = "/tickets/42";
const RESPONSE: &str = "/tickets/42/customer_response";

async fn taking(method: &str, path: &str) -> MockServer {
    let server = MockServer::start().await;
    answer_with(&server, method, path, ResponseTemplate::new(200)).await;
    server
}

fn gone() -> Value {
    json!({ "request_id": "r", "errors": [{ "message": "no such ticket", "code": 404 }] })
}

#[tokio::test]
async fn a_comment_is_the_customers_message_and_no_e_mail() {
    let server = taking("POST", RESPONSE).await;
    let said = TicketDraft { subject: "Again".to_owned(), ..draft() };
    let done = act_on(&*thulium(&server), &Step::Comment(mark()), &said, "42").await.unwrap();
    assert_eq!(done, Outcome::Done);
    let body = "<p>Again</p>\n<p><strong>No</strong> power.</p>\n<p>[deskbell e915b8136583]</p>\n";
    assert_eq!(last_body(&server).await, json!({ "body": body, "body_type": "HTML" }));
    assert_eq!(asked(&server).await, [format!("POST {RESPONSE}")]);
}

#[tokio::test]
async fn a_comment_goes_among_agents_where_the_configuration_says_so() {
    let server = taking("POST", "/tickets/42/comment").await;
    let settings = Settings { comment_field: Some("content".to_owned()), ..thulium_settings() };
    let desk = thulium_with(&server, settings);
    act_on(&*desk, &Step::Comment(mark()), &draft(), "42").await.unwrap();
    let text = "troubleshoot report\n\nNo power.\n\n[deskbell e915b8136583]";
    assert_eq!(last_body(&server).await, json!({ "content": text }));
}

#[tokio::test]
async fn a_lost_answer_about_a_comment_is_settled_by_reading_the_ticket() {
    let server = MockServer::start().await;
    answer(&server, "POST", RESPONSE, 502, json!({})).await;
    let step = Step::Comment(mark());
    let error = act_on(&*thulium(&server), &step, &draft(), "42").await.unwrap_err();
    assert_eq!(error.verdict(&step), Verdict::LookUp { after: None });

    let message =
        |member: &str| json!({ "message_id": 1, member: "<p>x [deskbell e915b8136583]</p>" });
    let other = json!({ "message_id": 2, "body": "[deskbell 000000000000]" });
    for (messages, expected) in [
        (json!([other, message("body")]), Found::Comment),
        (json!([message("comment")]), Found::Comment),
        (json!([other]), Found::Absent),
    ] {
        let server = MockServer::start().await;
        let body = json!({ "ticket_id": 42, "messages": messages });
        answer(&server, "GET", TICKET, 200, body).await;
        let (mark, ticket) = (mark(), ticket("42"));
        let sought = Sought::Comment { mark: &mark, ticket: &ticket };
        assert_eq!(thulium(&server).find(&sought).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_ticket_that_is_gone_is_told_and_has_no_comment() {
    let server = MockServer::start().await;
    answer(&server, "POST", RESPONSE, 404, gone()).await;
    answer(&server, "PUT", TICKET, 404, gone()).await;
    answer(&server, "GET", TICKET, 404, gone()).await;
    let tags: BTreeMap<_, _> = [(Priority::High, "prio-high".to_owned())].into();
    let text = |text: &str| Some(text.to_owned());
    let settings = Settings {
        status: text("1"),
        resolved_status: text("4"),
        priority_tags: tags,
        ..thulium_settings()
    };
    let desk = thulium_with(&server, settings);
    for step in [Step::Comment(mark()), Step::Raise, Step::Reopen, Step::Resolve] {
        let error = act_on(&*desk, &step, &draft(), "42").await.unwrap_err();
        assert_eq!(error.verdict(&step), Verdict::TicketGone, "{step}: {error:?}");
    }
    let (mark, ticket) = (mark(), ticket("42"));
    let sought = Sought::Comment { mark: &mark, ticket: &ticket };
    assert_eq!(desk.find(&sought).await.unwrap(), Found::Absent);
}

#[tokio::test]
async fn a_ticket_is_raised_by_its_field_and_its_tag_and_keeps_the_other_tags() {
    let server = taking("PUT", TICKET).await;
    let known = json!({ "ticket_id": 42, "tags": ["billing", "prio-low"] });
    answer(&server, "GET", TICKET, 200, known).await;
    let tags = [(Priority::Low, "prio-low"), (Priority::High, "prio-high")];
    let settings = Settings {
        priority_field: Some("Priorytet".to_owned()),
        priority_tags: tags.map(|(priority, tag)| (priority, tag.to_owned())).into(),
        ..thulium_settings()
    };
    let desk = thulium_with(&server, settings);
    assert_eq!(
        desk.abilities(),
        Abilities { comment: true, raise: true, resolve: false, tie: false }
    );
    act_on(&*desk, &Step::Raise, &draft(), "42").await.unwrap();
    let expected =
        json!({ "tags": ["billing", "prio-high"], "custom_fields": { "Priorytet": "HIGH" } });
    assert_eq!(last_body(&server).await, expected);
}

#[tokio::test]
async fn a_ticket_is_resolved_and_reopened_where_the_states_are_configured() {
    let server = taking("PUT", TICKET).await;
    let text = |text: &str| Some(text.to_owned());
    let settings = Settings { status: text("1"), resolved_status: text("4"), ..thulium_settings() };
    let desk = thulium_with(&server, settings);
    assert_eq!(
        desk.abilities(),
        Abilities { comment: true, raise: false, resolve: true, tie: false }
    );
    for (step, status) in [(Step::Resolve, 4), (Step::Reopen, 1)] {
        act_on(&*desk, &step, &draft(), "42").await.unwrap();
        assert_eq!(last_body(&server).await, json!({ "status_id": status }));
    }
    let error = act_on(&*thulium(&server), &Step::Resolve, &draft(), "42").await.unwrap_err();
    assert_eq!(error.verdict(&Step::Resolve), Verdict::GiveUp);
}
