//! Faults: what is switched on happens, as often as it was said, and no more.

use std::time::Duration;

use deskbell::sandbox::{Absence, AnswerBody, Fault, FaultKind, FaultPlan, Operation};
use reqwest::Method;
use serde_json::Value;

use super::{Desks, TICKETS, read, supportdesk::example, ticket_with_key};

fn on_create(fault: Fault) -> FaultPlan {
    FaultPlan::none().on(Operation::Create, fault)
}

/// Waits until something has happened on the desk's threads.
async fn until(has_happened: impl Fn() -> bool) {
    while !has_happened() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A create whose answer may not come.
async fn try_create(desks: &Desks, key: &str) -> Result<(u16, String), reqwest::Error> {
    let request = desks.hubspot(Method::POST, TICKETS).json(&ticket_with_key(key));
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, response.text().await?))
}

#[tokio::test]
async fn an_answer_before_creating_leaves_no_ticket_and_one_after_leaves_one() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    for status in [500, 502, 503] {
        hubspot.faults(on_create(Fault::answer(status)));
        let before = format!("before-{status}");
        assert_eq!(try_create(&desks, &before).await.unwrap().0, status);
        assert!(hubspot.tickets_with(&before).is_empty());
        hubspot.faults(on_create(Fault::answer(status).after_creating()));
        let after = format!("after-{status}");
        assert_eq!(try_create(&desks, &after).await.unwrap().0, status);
        assert_eq!(hubspot.tickets_with(&after).len(), 1);
        let call = hubspot.calls(0).pop().unwrap();
        assert_eq!((call.status, call.key), (Some(status), Some(after)));
    }
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer_but_the_ticket_may_be_there() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    hubspot.faults(
        on_create(Fault::new(FaultKind::Disconnect))
            .on(Operation::Create, Fault::new(FaultKind::Disconnect).after_creating()),
    );
    assert!(try_create(&desks, "a").await.is_err());
    assert!(hubspot.tickets().is_empty());
    assert!(try_create(&desks, "a").await.is_err());
    assert_eq!(hubspot.tickets_with("a").len(), 1);
    assert_eq!(try_create(&desks, "b").await.unwrap().0, 201);
    let statuses: Vec<_> = hubspot.calls(0).into_iter().map(|call| call.status).collect();
    assert_eq!(statuses, [None, None, Some(201)]);
}

#[tokio::test]
async fn a_silent_desk_has_made_the_ticket_and_never_says_so() {
    let desks = Desks::unlimited();
    let silence = FaultKind::Silence(Duration::from_mins(10));
    desks.sandbox.hubspot().faults(on_create(Fault::new(silence).after_creating()));
    let is_written = || !desks.sandbox.hubspot().calls(0).is_empty();
    tokio::select! {
        answer = try_create(&desks, "k") => panic!("an answer came: {answer:?}"),
        () = until(is_written) => {}
    }
    assert_eq!(desks.sandbox.hubspot().tickets_with("k").len(), 1);
    let call = desks.sandbox.hubspot().calls(0).pop().unwrap();
    assert_eq!((call.fault, call.status), (Some("silence"), None));
}

#[tokio::test]
async fn broken_bodies_are_what_they_are_called() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    let body = async |body: AnswerBody| {
        hubspot.faults(on_create(Fault::answer_with(201, body)));
        desks.hubspot(Method::POST, TICKETS).json(&ticket_with_key("k")).send().await.unwrap()
    };
    assert!(body(AnswerBody::Empty).await.bytes().await.unwrap().is_empty());
    assert!(body(AnswerBody::Html).await.text().await.unwrap().starts_with("<html>"));
    let garbage = body(AnswerBody::Garbage).await;
    assert_eq!(garbage.headers()["content-type"], "application/json");
    assert!(String::from_utf8(garbage.bytes().await.unwrap().to_vec()).is_err());
    assert!(body(AnswerBody::Huge).await.bytes().await.unwrap().len() > 64 * 1024 * 1024);
    let cut = body(AnswerBody::Cut).await;
    assert_eq!(cut.status(), 201);
    assert!(cut.bytes().await.is_err());
}

#[tokio::test]
async fn a_fault_strikes_as_often_as_it_was_told_and_other_calls_never() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    hubspot.faults(on_create(Fault::answer(503).times(2)));
    assert_eq!(desks.get_from_hubspot(TICKETS).await.status, 200);
    let mut statuses = Vec::new();
    for key in ["a", "b", "c"] {
        statuses.push(try_create(&desks, key).await.unwrap().0);
    }
    assert_eq!(statuses, [503, 503, 201]);
    hubspot.faults(FaultPlan::none().on(Operation::Any, Fault::answer(500)));
    assert_eq!(desks.get_from_hubspot(TICKETS).await.status, 500);
    assert_eq!(desks.get_from_hubspot(TICKETS).await.status, 200);
}

#[tokio::test]
async fn a_call_that_the_desk_refuses_does_not_spend_a_fault_that_comes_after() {
    let desks = Desks::unlimited();
    let supportdesk = desks.sandbox.supportdesk();
    supportdesk.faults(on_create(Fault::answer(500).after_creating()));
    let mut unknown = example();
    unknown["customerExternalId"] = "nobody".into();
    assert_eq!(desks.open_at_supportdesk(&unknown).await.status, 404);
    assert_eq!(desks.open_at_supportdesk(&example()).await.status, 500);
    assert_eq!(supportdesk.tickets().len(), 1);
}

#[tokio::test]
async fn one_in_ten_strikes_the_same_calls_for_the_same_seed() {
    let desks = Desks::unlimited();
    let struck = async |seed: u64| {
        desks
            .sandbox
            .hubspot()
            .faults(FaultPlan::none().on(Operation::List, Fault::answer(500).one_in(10, seed)));
        let mut struck = Vec::new();
        for call in 0..100 {
            if desks.get_from_hubspot(TICKETS).await.status == 500 {
                struck.push(call);
            }
        }
        struck
    };
    let first = struck(3).await;
    assert!((2..=25).contains(&first.len()), "{first:?}");
    assert_eq!(struck(3).await, first);
    assert_ne!(struck(4).await, first);
}

#[tokio::test]
async fn latency_serves_the_call_later() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    hubspot.faults(on_create(Fault::new(FaultKind::Latency(Duration::from_mins(10)))));
    let has_struck = || hubspot.fault_standing()[&Operation::Create][0].struck == 1;
    tokio::select! {
        answer = try_create(&desks, "impatient") => panic!("an answer came: {answer:?}"),
        () = until(has_struck) => {}
    }
    assert!(hubspot.tickets().is_empty());
    let late = FaultKind::Latency(Duration::from_millis(10));
    desks.sandbox.hubspot().faults(on_create(Fault::new(late)));
    assert_eq!(try_create(&desks, "patient").await.unwrap().0, 201);
}

#[tokio::test]
async fn the_plan_limit_is_refused_in_each_vendors_words() {
    let desks = Desks::unlimited();
    desks.sandbox.supportdesk().faults(on_create(Fault::new(FaultKind::PlanLimit)));
    let refused = desks.open_at_supportdesk(&example()).await;
    assert_eq!(refused.body["code"], "PLAN_LIMIT_REACHED");
    desks.sandbox.hubspot().faults(on_create(Fault::new(FaultKind::PlanLimit)));
    let refused = desks.post_to_hubspot(TICKETS, &ticket_with_key("k")).await;
    assert_eq!(refused.body["policyName"], "DAILY");
}

#[tokio::test]
async fn a_closed_desk_drops_calls_and_still_answers_its_admin_path() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    hubspot.leave(Absence::Closed, Duration::from_mins(10));
    assert!(try_create(&desks, "k").await.is_err());
    let admin = format!("{}/tickets", hubspot.admin_url().unwrap());
    assert_eq!(read(desks.http.get(admin)).await.body["count"], Value::from(0));
    hubspot.come_back();
    assert_eq!(try_create(&desks, "k").await.unwrap().0, 201);
}

#[tokio::test]
async fn a_desk_that_refuses_connections_comes_back_with_its_tickets_on_its_port() {
    let desks = Desks::unlimited();
    let hubspot = desks.sandbox.hubspot();
    desks.open_with_key("before").await;
    hubspot.leave(Absence::Refused, Duration::from_mins(10));
    // The listener closes in the background; until then calls are dropped.
    let address = hubspot.address().unwrap();
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(try_create(&desks, "during").await.is_err());
    hubspot.come_back();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(try_create(&desks, "after").await.unwrap().0, 201);
    let keys: Vec<_> = hubspot.tickets().into_iter().filter_map(|ticket| ticket.key).collect();
    assert_eq!(keys, ["before", "after"]);
}
