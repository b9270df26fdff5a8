//! What a desk's troubles leave behind: in the log, in the accounts, in the attempts' words.

use std::time::Duration;

use deskbell::sandbox::{AnswerBody, Fault, FaultKind, FaultPlan, Operation};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::world::{World, eventually, state};

fn order() -> Value {
    json!({ "orderId": "SO-1", "customerExternalId": "user_42", "stage": "picking" })
}

fn error() -> Value {
    json!({ "integration": "sync", "errorCode": "E", "message": "m" })
}

fn instant(delivery: &Value, member: &str) -> Timestamp {
    delivery[member].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_refused_key_makes_the_desk_wait_and_is_told_once() {
    let world = World::embedded().await;
    let support = world.sandbox.supportdesk();
    support.faults(FaultPlan::none().on(Operation::Any, Fault::answer(401).times(1_000)));
    for number in 0..12 {
        world.post(&format!("evt_{number}"), "order.stuck", &order()).await;
    }
    eventually("the desk is asked again and again", || {
        std::future::ready(support.calls(0).len() >= 4)
    })
    .await;
    support.faults(FaultPlan::none());
    for number in 0..12 {
        let id = format!("evt_{number}");
        let [delivery] = &world.until(&id, |delivery| state(delivery) == "ticketed").await[..]
        else {
            panic!("{id} has one delivery")
        };
        assert_eq!(delivery["attempts"], 0, "{delivery}");
    }
    let log = world.log();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("\"WARN\"")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(warnings[0].contains("takes nothing now"), "{warnings:#?}");
    assert!(warnings[0].contains("401"), "{warnings:#?}");
    assert_eq!(log.matches("answers again").count(), 1);
}

#[tokio::test]
async fn a_desk_that_names_a_time_with_its_fault_is_not_asked_sooner() {
    let world = World::embedded().await;
    let fault =
        FaultKind::Answer { status: 503, body: AnswerBody::default(), retry_after: Some(3_600) };
    let plan = FaultPlan::none().on(Operation::Create, Fault::new(fault).times(1));
    world.sandbox.hubspot().faults(plan);
    world.post("evt_1", "integration.error", &error()).await;
    let [delivery] = &world.until("evt_1", |delivery| state(delivery) == "retrying").await[..]
    else {
        panic!("one delivery")
    };
    let waits = instant(delivery, "not_before").duration_since(instant(delivery, "updated_at"));
    assert!(waits.as_secs() >= 3_599, "{delivery}");
}

#[tokio::test]
async fn a_doubt_keeps_its_own_words_while_the_desk_cannot_be_asked() {
    let world = World::embedded().await;
    let plan = FaultPlan::none()
        .on(Operation::Create, Fault::new(FaultKind::Disconnect).times(1))
        .on(Operation::Get, Fault::answer(500).times(2));
    world.sandbox.hubspot().faults(plan);
    world.post("evt_1", "integration.error", &error()).await;
    world.until("evt_1", |delivery| state(delivery) == "ticketed").await;
    let history = &world.json(&["events", "show", "evt_1"])["deliveries"][0]["history"];
    let doubts: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .filter(|attempt| attempt["outcome"] == "uncertain")
        .map(|attempt| attempt["failure"]["reason"].as_str().unwrap())
        .collect();
    assert_eq!(doubts, ["no-answer", "no-answer"], "{history}");
    assert_eq!(world.sandbox.hubspot().tickets().len(), 1);
}

#[tokio::test]
async fn a_doubt_from_a_crash_keeps_no_other_delivery_from_a_desk_that_answers() {
    let mut world = World::embedded().await;
    let silent = Fault::new(FaultKind::Silence(Duration::from_mins(1))).times(8);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, silent));
    for number in 0..8 {
        world.post(&format!("evt_{number}"), "order.stuck", &order()).await;
    }
    eventually("all calls are under way", || {
        std::future::ready(world.sandbox.supportdesk().calls(0).len() >= 8)
    })
    .await;
    world.kill();
    world.sandbox.supportdesk().faults(FaultPlan::none());
    world.start().await;
    for number in 0..8 {
        world.until(&format!("evt_{number}"), |delivery| state(delivery) == "uncertain").await;
    }
    assert!(!world.log().contains("takes nothing now"), "{}", world.log());
}
