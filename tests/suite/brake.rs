//! The storm brake, through the real process: one ticket stands for a flood of a rule's events.

mod crashes;

use std::collections::BTreeSet;

use deskbell::sandbox::{Operation, SandboxTicket};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::world::{World, eventually, payment, state};

const CONFIG: &str = include_str!("brake/deskbell.toml");

/// Longer than any test.
const LONG: &str = "1h";

/// A world in which more than 20 payments within this time are a flood.
async fn world(within: &str) -> (World, TempDir) {
    let (mut world, data) = world_on_hold(within);
    world.start().await;
    (world, data)
}

fn world_on_hold(within: &str) -> (World, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    std::fs::write(world.path("brake.toml"), CONFIG.replace("WITHIN", within)).unwrap();
    world.set("DESKBELL_CONFIG", "brake.toml");
    (world, data)
}

fn of_customer(number: usize) -> Value {
    let mut data = payment(&format!("SO-{number}"));
    data["customer"] = json!({ "email": format!("c{number}@example.org"), "name": "C" });
    data
}

/// Posts failures of payments, each of another customer.
async fn post(world: &World, numbers: std::ops::Range<usize>) {
    for number in numbers {
        world.post(&format!("e-{number}"), "payment.failed", &of_customer(number)).await;
    }
}

fn crm(world: &World) -> Value {
    world.books()["lines"].as_array().and_then(|lines| lines.first()).cloned().unwrap_or_default()
}

/// Waits until so many deliveries are ticketed, merged and resolved together.
async fn until_settled(world: &World, count: u64) {
    eventually("all is settled", || {
        let line = crm(world);
        let of = |account: &str| line[account].as_u64().unwrap_or_default();
        let is_so = of("ticketed") + of("merged") + of("resolved") == count;
        std::future::ready(is_so)
    })
    .await;
}

fn parents(world: &World) -> Vec<SandboxTicket> {
    let mut tickets = world.sandbox.hubspot().tickets();
    tickets.retain(|ticket| ticket.subject.starts_with("Flood of payment-failed"));
    tickets
}

fn the_parent(world: &World) -> SandboxTicket {
    let [parent] = &parents(world)[..] else { panic!("{:?}", parents(world)) };
    parent.clone()
}

/// How many contacts are tied to a ticket.
fn customers(ticket: &SandboxTicket) -> usize {
    let contacts = ticket.associations.iter().filter(|tie| tie.object == "contacts");
    contacts.map(|tie| &tie.id).collect::<BTreeSet<_>>().len()
}

fn floods(world: &World) -> Vec<Value> {
    world.json(&["brake", "list"]).as_array().cloned().unwrap()
}

#[tokio::test]
async fn a_flood_of_300_events_makes_20_tickets_and_one_that_stands_for_the_rest() {
    let (world, _data) = world("5s").await;
    post(&world, 0..300).await;
    until_settled(&world, 300).await;
    let line = crm(&world);
    assert_eq!((&line["ticketed"], &line["merged"]), (&json!(21), &json!(279)), "{line}");
    assert_eq!(world.books()["balanced"], json!(true));
    assert_eq!(world.sandbox.hubspot().tickets().len(), 21);
    eventually("the last word", || {
        let said = the_parent(&world).comments.iter().any(|it| it.contains("The flood is over"));
        std::future::ready(said)
    })
    .await;
    until_settled(&world, 300).await;
    let parent = the_parent(&world);
    assert_eq!(customers(&parent), 280, "each customer is tied to it");
    // At 20, 40, 80 and 160, and when it was over.
    assert_eq!(parent.comments.len(), 5, "{:?}", parent.comments);
    let words = "280 events have come to this ticket";
    assert!(parent.comments.iter().any(|it| it.contains(words)), "{:?}", parent.comments);
    let [flood] = &floods(&world)[..] else { panic!() };
    assert_eq!((&flood["on"], &flood["events"]), (&json!(false), &json!(280)), "{flood}");
    // What comes now has its own ticket again, and a flood that comes again another parent.
    post(&world, 300..322).await;
    until_settled(&world, 322).await;
    assert_eq!(parents(&world).len(), 2);
    assert_eq!(crm(&world)["merged"], json!(280));
}

#[tokio::test]
async fn an_event_knows_the_ticket_that_stands_for_it_and_an_operator_lets_go() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..25).await;
    until_settled(&world, 25).await;
    let merged = world.json(&["events", "show", "e-24"]);
    let delivery = &merged["deliveries"][0];
    assert_eq!(delivery["state"], "merged");
    assert_eq!(delivery["ticket"]["id"].as_str(), Some(the_parent(&world).id.as_str()));
    let [flood] = &floods(&world)[..] else { panic!() };
    assert_eq!((&flood["on"], &flood["events"]), (&json!(true), &json!(5)), "{flood}");
    let parent = flood["parent"].as_str().unwrap();
    assert_eq!(delivery["course"]["join"]["parent"].as_str(), Some(parent));
    eventually("the metric", || async {
        let metrics = world.metrics().await;
        metrics.contains(r#"deskbell_brake_on{desk="crm",rule="payment-failed"} 1"#)
    })
    .await;
    let release = ["brake", "release", "payment-failed", "--why", "it is mended"];
    assert_eq!(world.json(&release)["end"]["why"], "it is mended");
    assert_eq!(world.cli(&release).status.code(), Some(1));
    post(&world, 25..27).await;
    until_settled(&world, 27).await;
    assert_eq!(crm(&world)["ticketed"], json!(23));
    eventually("the last word", || {
        let said = the_parent(&world).comments.iter().any(|it| it.contains("The flood is over"));
        std::future::ready(said)
    })
    .await;
    let log = world.log();
    for line in ["is on at desk", "is off at desk"] {
        assert_eq!(log.matches(line).count(), 1, "{line}");
    }
}

#[tokio::test]
async fn where_an_agent_deleted_the_parent_the_next_event_opens_another() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..23).await;
    until_settled(&world, 23).await;
    let url = world.sandbox.hubspot().base_url().unwrap();
    let url = format!("{url}/crm/v3/objects/tickets/{}", the_parent(&world).id);
    let deleted = world.sender.client.delete(url).bearer_auth("pat-sandbox").send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    post(&world, 23..30).await;
    until_settled(&world, 30).await;
    let [old, new] = &parents(&world)[..] else { panic!("{:?}", parents(&world)) };
    assert!(old.archived && !new.archived);
    assert_eq!(customers(new), 7, "{new:?}");
    assert_eq!(crm(&world)["ticketed"], json!(22));
}

/// It is left closed, and goes on counting.
#[tokio::test]
async fn a_parent_that_an_agent_closed_stays_closed() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..22).await;
    until_settled(&world, 22).await;
    let url = world.sandbox.hubspot().base_url().unwrap();
    let url = format!("{url}/crm/v3/objects/tickets/{}", the_parent(&world).id);
    let closed = json!({ "properties": { "hs_pipeline_stage": "4" } });
    let request = world.sender.client.patch(url).bearer_auth("pat-sandbox").json(&closed);
    assert!(request.send().await.unwrap().status().is_success());
    post(&world, 22..30).await;
    until_settled(&world, 30).await;
    let parent = the_parent(&world);
    assert_eq!((parent.status.as_str(), customers(&parent)), ("4", 10));
}

#[tokio::test]
async fn a_more_urgent_event_raises_the_parents_priority() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..22).await;
    until_settled(&world, 22).await;
    assert_eq!(the_parent(&world).priority.as_deref(), Some("LOW"));
    let mut urgent = of_customer(22);
    urgent["amount"] = json!(9000);
    world.post("urgent", "payment.failed", &urgent).await;
    assert_eq!(state(&world.settled("urgent").await[0]), "merged");
    assert_eq!(the_parent(&world).priority.as_deref(), Some("HIGH"));
}

/// With an `incident` at the same rule.
#[tokio::test]
async fn an_incident_of_a_flood_recovers_at_the_parent_and_leaves_it_open() {
    let (mut world, _data) = world_on_hold("5s");
    let config = CONFIG.replace("WITHIN", "5s").replace("#incident", "incident");
    std::fs::write(world.path("brake.toml"), config).unwrap();
    world.start().await;
    post(&world, 0..30).await;
    until_settled(&world, 30).await;
    for (id, order) in [("r-5", "SO-5"), ("r-25", "SO-25"), ("r-26", "SO-26")] {
        world.post(id, "payment.recovered", &payment(order)).await;
        assert_eq!(state(&world.settled(id).await[0]), "resolved");
    }
    let parent = the_parent(&world);
    assert_eq!(parent.status, "1");
    let mut tickets = world.sandbox.hubspot().tickets();
    tickets.retain(|ticket| ticket.status == "4");
    assert_eq!(tickets.len(), 1, "that of SO-5, which has its own: {tickets:?}");
    eventually("the last word", || {
        let words = "10 events have come to this ticket, 2 of 10 have recovered";
        let said = the_parent(&world).comments.iter().any(|it| it.contains(words));
        std::future::ready(said)
    })
    .await;
}

#[tokio::test]
async fn a_preview_and_a_check_tell_of_the_brake() {
    let (mut world, _data) = world(LONG).await;
    let event = json!({ "type": "payment.failed", "data": of_customer(1) });
    std::fs::write(world.path("event.json"), event.to_string()).unwrap();
    let output = world.cli(&["preview", "event.json"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("# brake: past 20 such tickets within 1h"), "{text}");
    for (written, what) in [
        ("{ over = 0, within = \"1h\" }", "`over` is no whole number from 1"),
        ("{ over = 2000, within = \"1h\" }", "`over` is more than 1000"),
        ("{ over = 20, within = \"0s\" }", "`within` is no duration"),
        ("{ over = 20, within = \"400h\" }", "`within` is longer than a week"),
        ("{ over = 20 }", "has no `within`"),
    ] {
        let config = CONFIG.replace("{ over = 20, within = \"WITHIN\" }", written);
        check(&mut world, &config, what);
    }
    let resolves = CONFIG.replace("WITHIN", "1h").replace(
        "action = \"resolve\"",
        "action = \"resolve\"\nbrake = { over = 2, within = \"1h\" }",
    );
    check(&mut world, &resolves, "`brake` stands in a rule that opens no tickets");
}

fn check(world: &mut World, config: &str, what: &str) {
    std::fs::write(world.path("wrong.toml"), config).unwrap();
    world.set("DESKBELL_CONFIG", "wrong.toml");
    let output = world.cli(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(text.contains(what), "{what}: {text}");
}

/// The batch of look-ups aside: one request for each record and one for its tie.
#[tokio::test]
async fn of_a_flood_the_desk_is_told_once_for_each_customer() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..40).await;
    until_settled(&world, 40).await;
    let calls = world.sandbox.hubspot().calls(0);
    let ties = calls.iter().filter(|call| call.operation == Operation::Associate).count();
    assert_eq!(ties, 19);
}
