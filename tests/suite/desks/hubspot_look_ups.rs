//! A backlog's look-ups at HubSpot: asked for together, answered apart, and remembered for a while.

mod odd_answers;

use std::{sync::Arc, time::Duration};

use deskbell::{
    clock::SystemClock,
    delivery::{DeliveryKey, Outcome, Progress, Step, StepRecord},
    desks::{Desk, DeskError, Found, Sought, Task, Vendor},
    sandbox::{
        HUBSPOT_TOKEN, LimitSettings, Operation, Sandbox, SandboxSettings,
        hubspot::HubSpotSwitches, start,
    },
    ticket::{Missing, TicketDraft, TicketRef},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::{
    accounts::{
        answer, answer_with, asked, build, config, hubspot, hubspot_error, hubspot_settings,
        last_body,
    },
    hubspot_records::{TICKETS, by, step, tied_to, working},
};

const CONTACTS: &str = "/crm/v3/objects/contacts";
const READ: &str = "/crm/v3/objects/contacts/batch/read";
const SEARCH: &str = "/crm/v3/objects/companies/search";

/// An account whose search knows everything at once.
fn simulated() -> (Sandbox, Arc<dyn Desk>) {
    let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
    let sandbox = start(settings, CancellationToken::new()).unwrap();
    sandbox.hubspot().limits(LimitSettings::default());
    sandbox.hubspot().switch(HubSpotSwitches {
        search_lag: Some(Duration::ZERO),
        recycled_keep_values: Some(false),
        ..HubSpotSwitches::default()
    });
    let mut vendor = hubspot_settings();
    vendor.token = HUBSPOT_TOKEN.into();
    let base_url = sandbox.hubspot().base_url().unwrap();
    let desk = build(&config(&base_url, Vendor::HubSpot(vendor)));
    (sandbox, desk)
}

fn email(number: usize) -> String {
    format!("Customer{number}@example.org")
}

fn contact(number: usize, missing: Missing) -> TicketDraft {
    tied_to("contact", by("email", &email(number)), missing)
}

fn company(domain: &str, missing: Missing) -> TicketDraft {
    tied_to("company", by("domain", domain), missing)
}

fn key(number: usize) -> DeliveryKey {
    format!("{number:032x}").try_into().unwrap()
}

/// Looks up the record of each draft, as a worker with a backlog does.
async fn look_up(desk: &dyn Desk, drafts: &[TicketDraft]) -> Vec<Result<Outcome, DeskError>> {
    for draft in drafts {
        desk.begin(draft.priority, Duration::from_mins(1));
    }
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let asked = drafts.iter().enumerate().map(|(number, draft)| async move {
        let key = &key(number);
        let task = Task { key, draft, ticket: None, done: &[], at };
        desk.act(&step(draft), &task).await
    });
    join_all(asked).await
}

/// What a record's step came to, as the ledger keeps it.
fn done(draft: &TicketDraft, outcome: &Outcome) -> StepRecord {
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let progress = Progress::Done { at, outcome: outcome.clone() };
    StepRecord { step: step(draft), progress }
}

fn calls(sandbox: &Sandbox, operation: Operation) -> usize {
    let calls = sandbox.hubspot().calls(0);
    calls.iter().filter(|call| call.operation == operation).count()
}

fn record(id: impl Into<String>) -> Outcome {
    Outcome::Record(id.into())
}

#[tokio::test]
async fn a_backlogs_contacts_are_read_in_one_call_and_each_gets_its_own() {
    let (sandbox, desk) = simulated();
    let contacts: Vec<Value> = (0..30).map(|it| json!({ "email": email(it) })).collect();
    sandbox.hubspot().seed(&json!({ "contacts": contacts })).unwrap();
    let missing = |number| match number {
        30..35 => Missing::Skip,
        35..40 => Missing::Create,
        _ => Missing::Fail,
    };
    // Every contact is asked for twice.
    let drafts: Vec<_> = (0..90).map(|it| contact(it / 2, missing(it / 2))).collect();
    let outcomes = look_up(&*desk, &drafts).await;
    for (number, outcome) in outcomes.iter().enumerate() {
        match (number / 2, outcome) {
            (0..30 | 35..40, Ok(Outcome::Record(_)))
            | (30..35, Ok(Outcome::Skipped))
            | (40.., Err(DeskError::MissingRecord(_))) => {}
            other => panic!("{other:?}"),
        }
    }
    let ids: Vec<String> = outcomes
        .chunks(2)
        .filter_map(|pair| match pair {
            [Ok(Outcome::Record(one)), Ok(Outcome::Record(other))] if one == other => {
                Some(one.clone())
            }
            _ => None,
        })
        .collect();
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), different.len()), (35, 35), "one contact for each address");
    let reads = asked_of(&sandbox, "POST", "/crm/v3/objects/contacts/batch/read");
    assert_eq!(reads, 1);
    assert_eq!(asked_of(&sandbox, "GET", "/crm/v3/objects/contacts/"), 0);
}

/// Calls of this method whose path begins so.
fn asked_of(sandbox: &Sandbox, method: &str, path: &str) -> usize {
    let calls = sandbox.hubspot().calls(0);
    calls.iter().filter(|call| call.method == method && call.path.starts_with(path)).count()
}

#[tokio::test]
async fn a_backlogs_companies_take_one_search_and_the_oldest_of_two_is_taken() {
    let (sandbox, desk) = simulated();
    let domain = |number: usize| format!("Shop{number}.example");
    let companies: Vec<Value> = (0..40).map(|it| json!({ "domain": domain(it % 20) })).collect();
    sandbox.hubspot().seed(&json!({ "companies": companies })).unwrap();
    let drafts: Vec<_> = (0..25).map(|it| company(&domain(it), Missing::Skip)).collect();
    let outcomes = look_up(&*desk, &drafts).await;
    // The simulated HubSpot counts its ids upwards.
    let first = match &outcomes[0] {
        Ok(Outcome::Record(id)) => id.parse::<u64>().unwrap(),
        other => panic!("{other:?}"),
    };
    for (number, outcome) in outcomes.into_iter().enumerate() {
        let expected = match number {
            0..20 => record((first + number as u64).to_string()),
            _ => Outcome::Skipped,
        };
        assert_eq!(outcome.unwrap(), expected, "{number}");
    }
    assert_eq!(calls(&sandbox, Operation::Search), 1);
}

#[tokio::test]
async fn records_of_any_kind_are_searched_for_together_and_doubtful_ones_alone() {
    let (sandbox, desk) = simulated();
    let deals: Vec<Value> = (0..10).map(|it| json!({ "dealname": format!("Deal {it}") })).collect();
    sandbox.hubspot().seed(&json!({ "deals": deals })).unwrap();
    let deal =
        |number: usize| tied_to("deal", by("dealname", &format!("deal {number}")), Missing::Skip);
    let drafts: Vec<_> = (0..12).map(deal).collect();
    let outcomes = look_up(&*desk, &drafts).await;
    let found = outcomes.iter().filter(|it| matches!(it, Ok(Outcome::Record(_)))).count();
    let skipped = outcomes.iter().filter(|it| matches!(it, Ok(Outcome::Skipped))).count();
    assert_eq!((found, skipped), (10, 2));
    assert_eq!(calls(&sandbox, Operation::Search), 1 + 2);
}

#[tokio::test]
async fn a_record_that_was_found_is_not_asked_for_again_for_a_while() {
    let (sandbox, desk) = simulated();
    sandbox.hubspot().seed(&json!({ "contacts": [{ "email": email(1) }] })).unwrap();
    let draft = contact(1, Missing::Create);
    let first = look_up(&*desk, std::slice::from_ref(&draft)).await;
    let again = look_up(&*desk, std::slice::from_ref(&draft)).await;
    assert_eq!(first[0].as_ref().unwrap(), again[0].as_ref().unwrap());
    assert_eq!(calls(&sandbox, Operation::Customers), 1);
    // What is not there is asked for every time.
    let absent = contact(2, Missing::Skip);
    for _ in 0..2 {
        look_up(&*desk, std::slice::from_ref(&absent)).await;
    }
    assert_eq!(calls(&sandbox, Operation::Customers), 3);
}

/// The ticket of a delivery whose contact is deleted after it was looked up.
async fn ticket_of_a_deleted_contact(
    missing: Missing,
    is_back: bool,
) -> (Sandbox, Result<Outcome, DeskError>) {
    let (sandbox, desk) = simulated();
    sandbox.hubspot().seed(&json!({ "contacts": [{ "email": email(1) }] })).unwrap();
    let draft = contact(1, missing);
    let outcome = look_up(&*desk, std::slice::from_ref(&draft)).await.remove(0).unwrap();
    let Outcome::Record(id) = &outcome else { panic!("{outcome:?}") };
    let url = format!("{}{CONTACTS}/{id}", sandbox.hubspot().base_url().unwrap());
    let http = reqwest::Client::new();
    let deleted = http.delete(url).bearer_auth(HUBSPOT_TOKEN).send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    if is_back {
        sandbox.hubspot().seed(&json!({ "contacts": [{ "email": email(1) }] })).unwrap();
    }
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let done = [done(&draft, &outcome)];
    let key = key(1);
    let task = Task { key: &key, draft: &draft, ticket: None, done: &done, at };
    let answer = desk.act(&Step::Ticket, &task).await;
    // And the next delivery is not told of the old one.
    let next = look_up(&*desk, std::slice::from_ref(&draft)).await.remove(0);
    assert_ne!(next.ok().as_ref(), Some(&outcome));
    (sandbox, answer)
}

#[tokio::test]
async fn a_contact_that_is_gone_by_the_time_of_the_ticket_is_looked_up_anew() {
    for (missing, is_back) in [(Missing::Create, false), (Missing::Fail, true)] {
        let (sandbox, answer) = ticket_of_a_deleted_contact(missing, is_back).await;
        assert!(matches!(answer, Ok(Outcome::Ticket(_))), "{answer:?}");
        let [ticket] = &sandbox.hubspot().tickets()[..] else { panic!() };
        assert_eq!(ticket.associations.len(), 1, "{ticket:?}");
    }
    let (sandbox, answer) = ticket_of_a_deleted_contact(Missing::Skip, false).await;
    assert!(matches!(answer, Ok(Outcome::Ticket(_))), "{answer:?}");
    assert!(sandbox.hubspot().tickets()[0].associations.is_empty());
    let (_, answer) = ticket_of_a_deleted_contact(Missing::Fail, false).await;
    assert!(matches!(answer, Err(DeskError::MissingRecord(_))), "{answer:?}");
}

#[tokio::test]
async fn a_contact_is_known_by_its_other_addresses_too() {
    let server = MockServer::start().await;
    let properties = json!({ "email": "jean@acme.com",
        "hs_additional_emails": "x@y.z;customer1@example.org" });
    let results = json!([{ "id": "201", "properties": properties }]);
    let absent = json!([{ "category": "OBJECT_NOT_FOUND",
        "context": { "ids": ["Customer2@example.org"] } }]);
    let body = json!({ "status": "COMPLETE", "results": results, "errors": absent });
    answer(&server, "POST", READ, 207, body).await;
    let drafts: Vec<_> = (0..10).map(|it| contact(1 + it % 2, Missing::Skip)).collect();
    let outcomes = look_up(&*hubspot(&server), &drafts).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        let expected = if number % 2 == 0 { record("201") } else { Outcome::Skipped };
        assert_eq!(outcome.unwrap(), expected);
    }
    let inputs = json!([{ "id": email(1) }, { "id": email(2) }]);
    let properties = json!(["email", "hs_additional_emails"]);
    let expected = json!({ "idProperty": "email", "inputs": inputs, "properties": properties });
    assert_eq!(last_body(&server).await, expected);
}

#[tokio::test]
async fn tickets_in_doubt_together_are_looked_for_in_one_call() {
    let server = working().await;
    let tickets = format!("{TICKETS}/batch/read");
    let results = json!([{ "id": "71", "properties": { "deskbell_key": key(0).as_str() } }]);
    let absent = json!([{ "category": "OBJECT_NOT_FOUND",
        "context": { "ids": [key(1).as_str(), key(2).as_str()] } }]);
    let body = json!({ "status": "COMPLETE", "results": results, "errors": absent });
    answer(&server, "POST", &tickets, 207, body).await;
    let desk = hubspot(&server);
    let draft = contact(1, Missing::Skip);
    (0..10).for_each(|_| desk.begin(draft.priority, Duration::from_mins(1)));
    let found = join_all((0..3).map(|number| {
        let desk = &desk;
        let lane = draft.priority;
        async move { desk.find(&Sought::Ticket { key: &key(number), lane }).await.unwrap() }
    }))
    .await;
    let ticket = TicketRef { id: "71".to_owned(), number: None, url: None };
    assert_eq!(found, [Found::Ticket(ticket), Found::Absent, Found::Absent]);
    assert_eq!(asked(&server).await, [format!("POST {tickets}")]);
}

#[tokio::test]
async fn without_a_backlog_a_look_up_goes_alone_and_at_once() {
    let server = working().await;
    let path = format!("{CONTACTS}/Customer1%40example.org");
    answer(&server, "GET", &path, 200, json!({ "id": "201" })).await;
    let draft = contact(1, Missing::Fail);
    let desk = hubspot(&server);
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let task = Task { key: &key(1), draft: &draft, ticket: None, done: &[], at };
    assert_eq!(desk.act(&step(&draft), &task).await.unwrap(), record("201"));
    assert_eq!(asked(&server).await, [format!("GET {path}?idProperty=email")]);
}
