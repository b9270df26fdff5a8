//! A backlog's tickets, asked for together: what comes of each of them.

use std::{sync::Arc, time::Duration};

use deskbell::{
    clock::SystemClock,
    delivery::{DeliveryKey, Outcome, Step},
    desks::{Desk, DeskError, Found, Sought, Task, Vendor},
    sandbox::{
        Fault, FaultKind, FaultPlan, HUBSPOT_TOKEN, LimitSettings, Operation, Sandbox,
        SandboxSettings, hubspot::HubSpotSwitches, start,
    },
    ticket::TicketDraft,
};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::accounts::{build, config, draft, hubspot_settings};

/// Deliveries of the backlog.
const MANY: usize = 40;

/// The one that HubSpot refuses: its amount is no number.
const BAD: usize = 17;

fn desk() -> (Sandbox, Arc<dyn Desk>) {
    let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
    let sandbox = start(settings, CancellationToken::new()).unwrap();
    sandbox.hubspot().limits(LimitSettings::default());
    let mut vendor = hubspot_settings();
    vendor.token = HUBSPOT_TOKEN.into();
    vendor.properties = [("amount".to_owned(), "order_amount".to_owned())].into();
    let base_url = sandbox.hubspot().base_url().unwrap();
    let desk = build(&config(&base_url, Vendor::HubSpot(vendor)));
    (sandbox, desk)
}

fn key(number: usize) -> DeliveryKey {
    format!("{number:032x}").try_into().unwrap()
}

/// Asks for all tickets at once, as a worker with a backlog does.
async fn ask_all(desk: &dyn Desk) -> Vec<Result<Outcome, DeskError>> {
    let drafts: Vec<TicketDraft> = (0..MANY)
        .map(|number| {
            let amount = if number == BAD { "none" } else { "1.50" };
            let metadata = [("amount".to_owned(), amount.into())].into_iter().collect();
            TicketDraft { metadata, ..draft() }
        })
        .collect();
    let keys: Vec<_> = (0..MANY).map(key).collect();
    for draft in &drafts {
        desk.begin(draft.priority, Duration::from_mins(1));
    }
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let asked = keys.iter().zip(&drafts).map(|(key, draft)| async move {
        let task = Task { key, draft, ticket: None, done: &[], at };
        desk.act(&Step::Ticket, &task).await
    });
    join_all(asked).await
}

fn creates(sandbox: &Sandbox) -> usize {
    let calls = sandbox.hubspot().calls(0);
    calls.iter().filter(|call| call.operation == Operation::Create).count()
}

fn hold_to_one_bad(sandbox: &Sandbox, results: &[Result<Outcome, DeskError>]) {
    for (number, result) in results.iter().enumerate() {
        match result {
            Ok(Outcome::Ticket(ticket)) => {
                let made = sandbox.hubspot().tickets_with(key(number).as_str());
                assert_eq!(made[0].id, ticket.id);
            }
            Err(DeskError::Refused(_, answer)) if number == BAD => {
                assert!(answer.words.contains("not a valid number"), "{}", answer.words);
            }
            other => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!(sandbox.hubspot().tickets().len(), MANY - 1);
}

#[tokio::test]
async fn a_bad_ticket_of_a_batch_is_refused_alone() {
    let (sandbox, desk) = desk();
    let results = ask_all(&*desk).await;
    hold_to_one_bad(&sandbox, &results);
    assert_eq!(creates(&sandbox), 1);
}

#[tokio::test]
async fn a_batch_that_is_refused_whole_is_halved_until_the_bad_ticket_is_alone() {
    let (sandbox, desk) = desk();
    let switches = HubSpotSwitches { multi_status: Some(false), ..HubSpotSwitches::default() };
    sandbox.hubspot().switch(switches);
    let results = ask_all(&*desk).await;
    hold_to_one_bad(&sandbox, &results);
    assert!(creates(&sandbox) <= 13, "{} create calls", creates(&sandbox));
}

#[tokio::test]
async fn a_lost_answer_to_a_batch_leaves_each_of_its_tickets_in_doubt() {
    let (sandbox, desk) = desk();
    let lost = Fault::new(FaultKind::Disconnect);
    sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, lost.after_creating()));
    for result in ask_all(&*desk).await {
        let error = result.unwrap_err();
        assert!(!error.is_definite(), "{error:?}");
    }
}

#[tokio::test]
async fn a_lost_batch_is_looked_for_together_however_long_ago_its_deliveries_began() {
    let (sandbox, desk) = desk();
    let lost = Fault::new(FaultKind::Disconnect);
    sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, lost.after_creating()));
    ask_all(&*desk).await;
    // Whoever begins in time ends the backlog.
    let lane = draft().priority;
    desk.begin(lane, Duration::ZERO);
    let keys: Vec<_> = (0..MANY).map(key).collect();
    let look = keys.iter().map(|key| async { desk.find(&Sought::Ticket { key, lane }).await });
    for (number, found) in join_all(look).await.into_iter().enumerate() {
        match found.unwrap() {
            Found::Ticket(ticket) => {
                let made = sandbox.hubspot().tickets_with(key(number).as_str());
                assert_eq!(made[0].id, ticket.id);
            }
            Found::Absent if number == BAD => {}
            other => panic!("{number}: {other:?}"),
        }
    }
    let calls = sandbox.hubspot().calls(0);
    assert_eq!(calls.iter().filter(|call| call.operation == Operation::Get).count(), 1);
}

#[tokio::test]
async fn a_ticket_of_a_batch_that_exists_already_is_this_deliverys_ticket() {
    let (sandbox, desk) = desk();
    let first = ask_all(&*desk).await;
    let again = ask_all(&*desk).await;
    for (first, again) in first.iter().zip(&again) {
        match (first, again) {
            (Ok(Outcome::Ticket(first)), Ok(Outcome::Ticket(again))) => {
                assert_eq!(first.id, again.id);
            }
            (Err(_), Err(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sandbox.hubspot().tickets().len(), MANY - 1);
}
