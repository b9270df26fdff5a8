//! KF5: what each answer leads to. Neither statuses nor bodies of errors are documented.

use std::time::Duration;

use deskbell::{
    delivery::{Reason, Step, Verdict},
    desks::DeskError,
};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{answer_with, ask_ticket, draft, kf5};

const CREATE: &str = "/apiv2/tickets.json";

/// What comes of an answer to the request for a ticket.
async fn refused(reply: ResponseTemplate) -> DeskError {
    let server = MockServer::start().await;
    answer_with(&server, "POST", CREATE, reply).await;
    ask_ticket(&*kf5(&server), &draft()).await.unwrap_err()
}

#[tokio::test]
async fn each_status_has_its_verdict_whatever_the_body_is() {
    let wait = || Verdict::Wait { after: None };
    let look_up = || Verdict::LookUp { after: None };
    for (status, reason, verdict) in [
        (400, Reason::Refused, Verdict::GiveUp),
        (401, Reason::Account, wait()),
        (403, Reason::Account, wait()),
        (404, Reason::Refused, Verdict::GiveUp),
        (408, Reason::DeskFault, look_up()),
        (409, Reason::Refused, Verdict::GiveUp),
        (422, Reason::Refused, Verdict::GiveUp),
        (429, Reason::Throttled, wait()),
        (500, Reason::DeskFault, look_up()),
        (502, Reason::DeskFault, look_up()),
        (503, Reason::DeskFault, look_up()),
    ] {
        for body in ["{\"message\":\"参数错误\",\"code\":7}", "参数错误", "", "{}", "[]"] {
            let error = refused(ResponseTemplate::new(status).set_body_string(body)).await;
            let failure = error.failure();
            assert_eq!(
                (failure.reason, error.verdict(&Step::Ticket)),
                (reason, verdict.clone()),
                "{status} {body}"
            );
            assert_eq!(failure.status, Some(status));
            let is_told = body.contains("message");
            assert_eq!(failure.words, if is_told { "参数错误" } else { "no message" });
            assert_eq!(failure.code.as_deref(), is_told.then_some("7"));
        }
    }
}

#[tokio::test]
async fn a_proxys_page_says_nothing_about_the_ticket() {
    for status in [400, 404, 422] {
        let page = ResponseTemplate::new(status).set_body_string("<html>secret</html>");
        let error = refused(page).await;
        assert!(matches!(error, DeskError::Unreadable { .. }), "{error:?}");
        assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None });
        assert!(!error.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_retry_after_is_honoured() {
    for (status, after) in [
        (429, Verdict::Wait { after: Some(Duration::from_secs(7)) }),
        (503, Verdict::LookUp { after: Some(Duration::from_secs(7)) }),
    ] {
        let reply = ResponseTemplate::new(status).insert_header("retry-after", "7");
        assert_eq!(refused(reply).await.verdict(&Step::Ticket), after);
    }
}

#[tokio::test]
async fn a_success_without_an_id_leaves_a_doubt() {
    for body in
        [json!({}), json!({ "ticket": {} }), json!({ "err": 1, "msg": "参数错误" }), json!([])]
    {
        for status in [200, 201] {
            let error = refused(ResponseTemplate::new(status).set_body_json(&body)).await;
            assert!(matches!(error, DeskError::Unreadable { .. }), "{error}");
            assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None });
        }
    }
}

#[tokio::test]
async fn a_ticket_whose_body_is_broken_is_known_by_its_place() {
    let server = MockServer::start().await;
    let place = "https://acme.kf5.com/apiv2/tickets/123.json";
    // As the vendor's page prints it, with a brace too many.
    let reply = ResponseTemplate::new(201)
        .insert_header("location", place)
        .set_body_string("{ \"ticket\": { { \"id\": 123 } } }");
    answer_with(&server, "POST", CREATE, reply).await;
    assert_eq!(ask_ticket(&*kf5(&server), &draft()).await.unwrap().id, "123");
}
