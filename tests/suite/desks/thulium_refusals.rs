//! Thulium: what its refusals mean.

use std::time::Duration;

use deskbell::{
    delivery::{Reason, Step, Verdict},
    desks::DeskError,
    ticket::TicketDraft,
};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{answer_with, ask_ticket, draft, thulium};

fn body() -> Value {
    json!({
        "request_id": "5d1f8c0a",
        "errors": [
            { "message": "Parameter [to] is required.", "code": 1001 },
            { "message": "Parameter [body] is required.", "code": 1002 },
        ],
    })
}

async fn refused(reply: ResponseTemplate) -> DeskError {
    let server = MockServer::start().await;
    answer_with(&server, "POST", "/tickets", reply).await;
    let nobodys = TicketDraft { customer: None, ..draft() };
    ask_ticket(&*thulium(&server), &nobodys).await.unwrap_err()
}

#[tokio::test]
async fn every_status_has_its_verdict() {
    let wait = Verdict::Wait { after: None };
    let look_up = Verdict::LookUp { after: None };
    for (status, reason, verdict) in [
        (400, Reason::Refused, Verdict::GiveUp),
        (404, Reason::Refused, Verdict::GiveUp),
        (409, Reason::Refused, Verdict::GiveUp),
        (422, Reason::Refused, Verdict::GiveUp),
        (401, Reason::Account, wait.clone()),
        (403, Reason::Account, wait.clone()),
        (429, Reason::Throttled, wait),
        (408, Reason::DeskFault, look_up.clone()),
        (500, Reason::DeskFault, look_up.clone()),
        (503, Reason::DeskFault, look_up),
    ] {
        let error = refused(ResponseTemplate::new(status).set_body_json(body())).await;
        assert_eq!(error.verdict(&Step::Ticket), verdict, "{status}");
        assert_eq!(error.failure().reason, reason, "{status}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_thuliums_words_code_and_request_id() {
    let failure = refused(ResponseTemplate::new(400).set_body_json(body())).await.failure();
    assert_eq!(failure.words, "Parameter [to] is required.; Parameter [body] is required.");
    assert_eq!((failure.status, failure.code.as_deref()), (Some(400), Some("1001")));
    assert_eq!(failure.correlation_id.as_deref(), Some("5d1f8c0a"));
}

#[tokio::test]
async fn a_wait_that_thulium_asks_for_is_kept() {
    for status in [429, 503] {
        let reply = ResponseTemplate::new(status).insert_header("retry-after", "30");
        let verdict = refused(reply.set_body_json(body())).await.verdict(&Step::Ticket);
        let after = Some(Duration::from_secs(30));
        assert!(verdict == Verdict::Wait { after } || verdict == Verdict::LookUp { after });
    }
}

#[tokio::test]
async fn an_answer_that_is_not_thuliums_leaves_the_doubt() {
    for reply in [
        ResponseTemplate::new(200).set_body_string("<html>Log in</html>"),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_json(json!({})),
        ResponseTemplate::new(200).set_body_json(body()),
        ResponseTemplate::new(403).set_body_string("<html>firewall</html>"),
        ResponseTemplate::new(302).insert_header("location", "/login"),
    ] {
        let error = refused(reply).await;
        assert!(matches!(error, DeskError::Unreadable { .. }), "{error:?}");
        assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None });
    }
}
