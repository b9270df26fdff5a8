//! A backlog drains to HubSpot in batches, within its window, with all that its tickets are tied to.

use std::{fs, time::Duration};

use deskbell::sandbox::{Call, LimitSettings, Operation, Window, hubspot::HubSpotSwitches};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::{
    support::world::{World, eventually, key},
    trial::variable,
};

/// HubSpot's window on its larger plans.
const WINDOW: (usize, Duration) = (190, Duration::from_secs(10));

/// Senders at a time.
const SENDERS: usize = 32;

/// How `crm` is paced in the World's configuration.
const UNPACED: &str = "{ requests = 10000, per = \"1s\" }";

/// Lets one delivery through, and then none for as long as any test lasts.
const HELD: &str = "{ requests = 1, per = \"9h\" }";

/// HubSpot's window as the configuration says it.
const PACED: &str = "{ requests = 190, per = \"10s\" }";

/// Writes `new` in the place of `old`, for `crm`.
fn configure(world: &World, old: &str, new: &str) {
    let path = world.path("deskbell.toml");
    let config = fs::read_to_string(&path).unwrap();
    let (before, crm) = config.split_once("[desks.crm]").unwrap();
    assert!(crm.contains(old), "{old}");
    fs::write(&path, format!("{before}[desks.crm]{}", crm.replacen(old, new, 1))).unwrap();
}

/// A world whose HubSpot has its window.
fn paced_world() -> World {
    let world = World::embedded_on_hold();
    let amount = "priority = \"HIGH\"\nmetadata = { amount = \"{{ data.amount }}\" }";
    configure(&world, "priority = \"HIGH\"", amount);
    let (requests, per) = WINDOW;
    let calls = vec![Window::new(requests, per)];
    world.sandbox.hubspot().limits(LimitSettings { calls, ..LimitSettings::default() });
    world
}

fn id(number: usize) -> String {
    format!("evt_{number}")
}

/// An event for `crm` alone; HubSpot refuses one whose amount is no number.
fn event(amount: &str) -> Value {
    json!({ "integration": "erp", "errorCode": "E1", "message": "It failed.", "amount": amount })
}

/// Puts `events` into the lanes while nobody delivers.
async fn fill(world: &mut World, events: usize, event: impl Fn(usize) -> Value) {
    configure(world, UNPACED, HELD);
    world.start().await;
    let (sender, event) = (&world.sender, &event);
    stream::iter(0..events)
        .for_each_concurrent(SENDERS, |number| async move {
            let answer = sender.try_post(&id(number), "integration.error", &event(number)).await;
            assert_eq!(answer.unwrap().0, 202);
        })
        .await;
    assert_eq!(world.stop(), Some(0));
    configure(world, HELD, PACED);
}

fn calls(world: &World) -> Vec<Call> {
    world.sandbox.hubspot().calls(0)
}

fn creates(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.operation == Operation::Create).count()
}

/// Holds that HubSpot's window was kept and that no call was refused for it.
fn hold_to_window(calls: &[Call]) {
    let (requests, per) = WINDOW;
    assert!(calls.iter().all(|call| call.status != Some(429)));
    for (first, next) in calls.iter().zip(calls.iter().skip(requests)) {
        let apart = Duration::try_from(next.at.duration_since(first.at)).unwrap();
        assert!(apart >= per, "{requests} calls and one within {apart:?}");
    }
}

async fn drained(world: &World, tickets: usize, dead: u64) {
    eventually("the backlog is drained", || {
        std::future::ready(world.sandbox.hubspot().tickets().len() == tickets)
    })
    .await;
    eventually("the books are settled", || {
        let books = world.books();
        let crm = books["lines"].as_array().unwrap().iter().find(|line| line["desk"] == "crm");
        let count = |state: &str| crm.map_or(0, |line| line[state].as_u64().unwrap_or(0));
        std::future::ready(count("ticketed") == tickets as u64 && count("dead") == dead)
    })
    .await;
}

/// Drains `events`, of which one in a thousand is refused, with at most `most` create calls.
async fn drain(events: usize, most: usize) {
    let mut world = paced_world();
    let amount = |number| if number % 1_000 == 500 { "none" } else { "1.50" };
    fill(&mut world, events, |number| event(amount(number))).await;
    let began = std::time::Instant::now();
    world.start().await;
    let refused = events / 1_000;
    drained(&world, events - refused, refused as u64).await;
    let calls = calls(&world);
    let creates = creates(&calls);
    println!("{events} events: {} calls, {creates} creates, {:?}", calls.len(), began.elapsed());
    assert!(creates <= most, "{creates} create calls");
    hold_to_window(&calls);
    let dead = world.json(&["dead", "list"]);
    let dead = dead.as_array().unwrap();
    assert_eq!(dead.len(), refused);
    for letter in dead {
        assert_eq!(letter["failure"]["reason"], "refused");
        let words = letter["failure"]["words"].as_str().unwrap();
        assert!(words.contains("order_amount was not a valid number"), "{words}");
    }
    let bad = key(&id(500), "crm");
    assert!(dead.iter().any(|letter| letter["key"] == *bad));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_is_created_in_whole_batches_and_bad_events_are_dead_letters() {
    match variable("DESKBELL_TEST_BACKLOG").map(|events| events.parse::<usize>().unwrap()) {
        // On a machine that does nothing else: a hundred to a call, and some before the first.
        Some(events) => drain(events, events * 110 / 10_000).await,
        // Beside other tests the worker may fall behind, and batches are as large as it can keep up.
        None => drain(2_000, 200).await,
    }
}

/// The ties of every event: to a contact of its own, and to one of a few companies.
const TIES: &str = r#"
[[rules.associations]]
desk = "crm"
object = "contact"
match = { email = "{{ data.customer.email }}" }
missing = "create"

[[rules.associations]]
desk = "crm"
object = "company"
match = { domain = "{{ data.customer.company.domain }}" }
missing = "skip"
"#;

/// Companies that there are; one more is not there.
const COMPANIES: usize = 25;

/// One contact in so many is not there yet.
const NEW_CONTACT: usize = 100;

/// Drains `events` with ties to as many contacts, with at most `most` calls of each kind for a hundred
/// events, beside those that make the new contacts.
async fn drain_with_ties(events: usize, most: usize) {
    let mut world = paced_world();
    let hubspot = world.sandbox.hubspot();
    let email = |number: usize| format!("customer{number}@example.org");
    let domain = |number: usize| format!("shop{}.example", number % (COMPANIES + 1));
    let is_new = |number: &usize| number % NEW_CONTACT == NEW_CONTACT / 2;
    let there = (0..events).filter(|number| !is_new(number));
    let contacts: Vec<Value> = there.map(|number| json!({ "email": email(number) })).collect();
    let companies: Vec<Value> = (0..COMPANIES).map(|it| json!({ "domain": domain(it) })).collect();
    hubspot.seed(&json!({ "contacts": contacts, "companies": companies })).unwrap();
    hubspot
        .switch(HubSpotSwitches { search_lag: Some(Duration::ZERO), ..HubSpotSwitches::default() });
    fill(&mut world, events, |number| {
        let mut event = event("1.50");
        let company = json!({ "domain": domain(number) });
        event["customer"] = json!({ "email": email(number), "company": company });
        event
    })
    .await;
    // What was let through meanwhile has no ties: the rule says of them only now.
    let through = world.sandbox.hubspot().tickets().len();
    let path = world.path("deskbell.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + TIES).unwrap();
    let began = std::time::Instant::now();
    world.start().await;
    drained(&world, events, 0).await;
    let took = began.elapsed();
    let calls = calls(&world);
    let count = |operation| calls.iter().filter(|call| call.operation == operation).count();
    let (creates, searches) = (creates(&calls), count(Operation::Search));
    let made = events / NEW_CONTACT;
    let reads = count(Operation::Customers) - made;
    println!(
        "{events} events with ties: {} calls, {creates} creates, {reads} reads of contacts, \
         {searches} searches, {made} new contacts, {took:?}",
        calls.len()
    );
    for (kind, calls) in [("create", creates), ("read", reads), ("search", searches)] {
        assert!(calls <= most, "{calls} {kind} calls");
    }
    hold_to_window(&calls);
    let tickets = world.sandbox.hubspot().tickets();
    let ties = |object: &str| -> Vec<&str> {
        let ties = tickets.iter().flat_map(|ticket| &ticket.associations);
        ties.filter(|it| it.object == object).map(|it| &*it.id).collect()
    };
    let own: std::collections::BTreeSet<&str> = ties("contacts").into_iter().collect();
    let own_ties = events - through;
    assert_eq!(
        (ties("contacts").len(), own.len()),
        (own_ties, own_ties),
        "each has its own contact"
    );
    let of_company = (0..events).filter(|number| number % (COMPANIES + 1) < COMPANIES).count();
    assert!((of_company - through..=of_company).contains(&ties("companies").len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlogs_contacts_and_companies_are_looked_up_together() {
    match variable("DESKBELL_TEST_BACKLOG").map(|events| events.parse::<usize>().unwrap()) {
        Some(events) => drain_with_ties(events, events * 110 / 10_000 + 10).await,
        None => drain_with_ties(1_000, 100).await,
    }
}
