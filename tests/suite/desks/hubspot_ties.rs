//! HubSpot: ties to records that are gone, or that the rule has another idea of than before.

use deskbell::{
    delivery::{Outcome, Progress, Step, StepRecord, Verdict},
    desks::DeskError,
    ticket::{Missing, Target, TicketDraft},
};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::{
    accounts::{act, answer, asked, data, deliver, hubspot, hubspot_error, last_body},
    hubspot_records::{CONTACT, TICKETS, by, contact, not_found, step, tie, tied_to, working},
};

/// An account that refuses the first ticket and takes the next.
async fn refusing_once() -> MockServer {
    let server = MockServer::start().await;
    let body = hubspot_error("VALIDATION_ERROR", "one of the associations is not valid");
    Mock::given(matchers::method("POST"))
        .and(matchers::path(TICKETS))
        .respond_with(ResponseTemplate::new(400).set_body_json(body))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    answer(&server, "POST", TICKETS, 201, data("hubspot-created.json")).await;
    server
}

fn deal(missing: Missing) -> TicketDraft {
    tied_to("deal", Target::Id("99".to_owned()), missing)
}

#[tokio::test]
async fn a_record_by_id_that_is_gone_is_skipped_where_the_rule_says_so() {
    let server = refusing_once().await;
    answer(&server, "GET", "/crm/v3/objects/deals/99", 404, not_found()).await;
    deliver(&*hubspot(&server), &deal(Missing::Skip)).await.unwrap();
    assert_eq!(last_body(&server).await.get("associations"), None);
    let post = format!("POST {TICKETS}");
    let expected = [post.as_str(), "GET /crm/v3/objects/deals/99", post.as_str()];
    assert_eq!(asked(&server).await, expected);
}

#[tokio::test]
async fn a_record_by_id_that_is_gone_ends_the_delivery_where_the_rule_insists() {
    let server = refusing_once().await;
    answer(&server, "GET", "/crm/v3/objects/deals/99", 404, not_found()).await;
    let error = deliver(&*hubspot(&server), &deal(Missing::Fail)).await.unwrap_err();
    assert!(
        matches!(&error, DeskError::MissingRecord(said) if said.contains("by its id")),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_for_another_cause_keeps_its_words() {
    for (status, body) in
        [(200, json!({ "id": "99" })), (403, hubspot_error("MISSING_SCOPES", "no"))]
    {
        let server = refusing_once().await;
        answer(&server, "GET", "/crm/v3/objects/deals/99", status, body).await;
        let error = deliver(&*hubspot(&server), &deal(Missing::Skip)).await.unwrap_err();
        assert!(error.to_string().contains("one of the associations"), "{error}");
    }
}

#[tokio::test]
async fn a_question_after_a_refusal_that_goes_wrong_leaves_no_doubt() {
    let server = refusing_once().await;
    answer(&server, "GET", "/crm/v3/objects/deals/99", 500, json!({})).await;
    let error = deliver(&*hubspot(&server), &deal(Missing::Skip)).await.unwrap_err();
    assert!(error.is_definite(), "{error}");
    assert_eq!(error.verdict(&Step::Ticket), Verdict::Retry { after: None });
}

#[tokio::test]
async fn an_outcome_of_a_rule_as_it_was_is_no_other_records() {
    let server = working().await;
    answer(&server, "GET", CONTACT, 200, json!({ "id": "201" })).await;
    let before = tied_to("contact", by("email", "old@acme.com"), Missing::Skip);
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let done = |step, id: &str| {
        let outcome = Outcome::Record(id.to_owned());
        StepRecord { step, progress: Progress::Done { at, outcome } }
    };
    let desk = hubspot(&server);
    let edited = contact(Missing::Skip);
    let history = [done("record:0".parse().unwrap(), "1"), done(step(&before), "2")];
    let error = act(&*desk, &Step::Ticket, &edited, &history).await.unwrap_err();
    assert!(error.to_string().contains("has not been looked up"), "{error}");
    let history = [&history[..], &[done(step(&edited), "3")]].concat();
    act(&*desk, &Step::Ticket, &edited, &history).await.unwrap();
    let tied = last_body(&server).await["associations"].take();
    assert_eq!(tied, tie(&json!(3), "HUBSPOT_DEFINED", 16));
}
