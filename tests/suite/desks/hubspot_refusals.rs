//! HubSpot: what it answers instead of a ticket.

use std::time::Duration;

use deskbell::{
    delivery::{Reason, Step, Verdict},
    desks::DeskError,
};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{answer_with, ask_ticket, draft, hubspot, hubspot_error};

const CREATE: &str = "/crm/v3/objects/tickets";

async fn refused(reply: ResponseTemplate) -> DeskError {
    let server = MockServer::start().await;
    answer_with(&server, "POST", CREATE, reply).await;
    ask_ticket(&*hubspot(&server), &draft()).await.unwrap_err()
}

#[tokio::test]
async fn each_documented_error_has_its_verdict() {
    let wait = |after: Option<u64>| Verdict::Wait { after: after.map(Duration::from_secs) };
    let locked = Verdict::Retry { after: Some(Duration::from_secs(2)) };
    for (status, reason, verdict) in [
        (400, Reason::Refused, Verdict::GiveUp),
        (401, Reason::Account, wait(None)),
        (403, Reason::Account, wait(None)),
        (404, Reason::Refused, Verdict::GiveUp),
        (414, Reason::Refused, Verdict::GiveUp),
        (423, Reason::DeskFault, locked),
        (429, Reason::Throttled, wait(None)),
        (477, Reason::Throttled, wait(None)),
        (500, Reason::DeskFault, Verdict::LookUp { after: None }),
        (502, Reason::DeskFault, Verdict::LookUp { after: None }),
        (503, Reason::DeskFault, Verdict::LookUp { after: None }),
        (504, Reason::DeskFault, Verdict::LookUp { after: None }),
        (408, Reason::DeskFault, Verdict::LookUp { after: None }),
        (522, Reason::DeskFault, Verdict::LookUp { after: None }),
        (523, Reason::DeskFault, Verdict::LookUp { after: None }),
        (525, Reason::DeskFault, Verdict::LookUp { after: None }),
        (526, Reason::DeskFault, Verdict::LookUp { after: None }),
        (521, Reason::DeskFault, Verdict::LookUp { after: None }),
        (524, Reason::DeskFault, Verdict::LookUp { after: None }),
    ] {
        let body = hubspot_error("SOME_CATEGORY", "what happened");
        let error = refused(ResponseTemplate::new(status).set_body_json(body)).await;
        let failure = error.failure();
        assert_eq!((failure.reason, error.verdict(&Step::Ticket)), (reason, verdict), "{status}");
        assert_eq!(failure.words, "what happened");
        assert_eq!(failure.code.as_deref(), Some("SOME_CATEGORY"));
        let correlation_id = "a43683b0-5717-4ceb-80b4-104d02915d8c";
        assert_eq!(failure.correlation_id.as_deref(), Some(correlation_id));
    }
}

#[tokio::test]
async fn each_limit_has_its_wait_unless_the_answer_names_one() {
    for (policy, reason, seconds) in [
        // The day may begin anew with the next quarter of an hour.
        ("DAILY", Reason::PlanLimit, 2 * 60 + 5),
        ("TEN_SECONDLY_ROLLING", Reason::Throttled, 10),
        ("SECONDLY", Reason::Throttled, 1),
    ] {
        for (header, expected) in [(None, seconds), (Some("77"), 77)] {
            let body =
                json!({ "message": "limit", "errorType": "RATE_LIMIT", "policyName": policy });
            let mut reply = ResponseTemplate::new(429)
                .set_body_json(body)
                .insert_header("date", "Wed, 21 Oct 2026 07:28:00 GMT");
            if let Some(after) = header {
                reply = reply.insert_header("retry-after", after);
            }
            let error = refused(reply).await;
            let after = Some(Duration::from_secs(expected));
            assert_eq!(error.verdict(&Step::Ticket), Verdict::Wait { after }, "{policy}");
            assert_eq!(error.failure().reason, reason);
            assert_eq!(error.failure().code.as_deref(), Some(policy));
        }
    }
    let migration = ResponseTemplate::new(477).insert_header("retry-after", "600");
    let after = Some(Duration::from_mins(10));
    assert_eq!(refused(migration).await.verdict(&Step::Ticket), Verdict::Wait { after });
}

#[tokio::test]
async fn a_refusal_keeps_the_portals_own_words() {
    let inner = json!([{
        "isValid": false, "message": "Property \"missing\" does not exist",
        "error": "PROPERTY_DOESNT_EXIST", "name": "missing",
    }]);
    let message = format!("Property values were not valid: {inner}");
    let body = hubspot_error("VALIDATION_ERROR", &message);
    let failure = refused(ResponseTemplate::new(400).set_body_json(body)).await.failure();
    assert_eq!(failure.words, "Property \"missing\" does not exist");
    assert_eq!(failure.code.as_deref(), Some("PROPERTY_DOESNT_EXIST"));
}

#[tokio::test]
async fn a_key_that_lacks_a_right_is_told_which() {
    let mut body = hubspot_error("MISSING_SCOPES", "This app hasn't been granted all scopes");
    let scopes = json!({ "requiredGranularScopes": ["crm.objects.tickets.write"] });
    body["errors"] = json!([{ "message": "One or more scopes", "context": scopes }]);
    let failure = refused(ResponseTemplate::new(403).set_body_json(body)).await.failure();
    assert_eq!(failure.reason, Reason::Account);
    assert!(failure.words.ends_with("required scopes: crm.objects.tickets.write"));
}

#[tokio::test]
async fn a_ticket_without_id_leaves_a_doubt() {
    let error =
        refused(ResponseTemplate::new(201).set_body_json(json!({ "properties": {} }))).await;
    assert!(matches!(error, DeskError::Unreadable { status: 201, .. }), "{error:?}");
    assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None });
}
