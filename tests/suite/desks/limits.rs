//! What keeps a call from a desk: its step's deadline, and the room that the account tells of.

use std::time::Duration;

use deskbell::{
    delivery::{Step, Verdict},
    desks::{DeskConfig, DeskError, Vendor, Window, until},
    standing::{Past, Sent},
};
use tokio::time::Instant;
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    answer, answer_with, ask_ticket, build, config, data, draft, hubspot_settings, supportdesk,
};

#[tokio::test]
async fn no_call_begins_that_could_outlast_its_deadline() {
    let server = MockServer::start().await;
    answer(&server, "POST", "/tickets/api-create", 201, data("supportdesk-created.json")).await;
    let desk = supportdesk(&server);
    let draft = draft();
    // A call may take ten seconds here.
    let soon = Instant::now() + Duration::from_secs(9);
    let error = until(soon, ask_ticket(&*desk, &draft)).await.unwrap_err();
    assert!(matches!(error, DeskError::NotBegun), "{error:?}");
    assert!(error.is_definite());
    assert_eq!(error.verdict(&Step::Ticket), Verdict::Later);
    assert!(server.received_requests().await.unwrap().is_empty());
    let late = Instant::now() + Duration::from_mins(1);
    until(late, ask_ticket(&*desk, &draft)).await.unwrap();
}

/// HubSpot, with 100 calls in ten seconds.
fn paced(server: &MockServer) -> DeskConfig {
    let mut config = config(&server.uri(), Vendor::HubSpot(hubspot_settings()));
    config.settings.pacing = vec![Window { requests: 100, per: Duration::from_secs(10) }];
    config
}

#[tokio::test]
async fn what_other_apps_send_to_a_hubspot_account_takes_room() {
    let server = MockServer::start().await;
    let reply = ResponseTemplate::new(201)
        .set_body_json(data("hubspot-created.json"))
        .insert_header("X-HubSpot-RateLimit-Max", "190")
        .insert_header("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
        .insert_header("X-HubSpot-RateLimit-Remaining", "7");
    answer_with(&server, "POST", "/crm/v3/objects/tickets", reply).await;
    let desk = build(&paced(&server));
    ask_ticket(&*desk, &draft()).await.unwrap();
    assert_eq!(desk.sent()[0].room(), 7);
}

#[tokio::test]
async fn a_desk_begins_where_another_process_ended() {
    let server = MockServer::start().await;
    let desk = build(&paced(&server));
    let counting = vec![(4_000, 60), (9_000, 30)];
    let sent = vec![Sent { requests: 100, per_ms: 10_000, on_their_way: 1, counting }];
    let moment = Duration::from_millis(10);
    desk.resume(&Past { sent, ago: moment, unseen: 4, last: moment });
    assert_eq!(desk.sent()[0].room(), 5);
}
