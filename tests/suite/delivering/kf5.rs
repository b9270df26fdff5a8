//! From a signed event to a KF5 ticket.

use std::fs;

use deskbell::sandbox::{AnswerBody, Fault, FaultKind, FaultPlan, Operation};

use crate::support::world::{World, key, payment, state};

/// One KF5 desk without pacing, and a rule for it.
const CONFIG: &str = r#"
# An inspection's calls would be among those that tests count, and that their faults strike.
[preflight]
every = "off"

[sources.shop]
verify = "standard-webhooks"
secrets = ["${SHOP_SECRET}"]

[desks.china]
kind = "kf5"
base_url = "${KF5_URL}"
email = "agent@example.org"
token = "kf5-sandbox"
key_field = "field_1"
assignee = "733"
timeout = "3s"
pacing = [{ requests = 10000, per = "1s" }]
fields = { orderId = "field_4", amount = "field_5" }

[[rules]]
name = "payment-failed"
on = "payment.failed"
desks = ["china"]
priority = "CRITICAL"
subject = "Payment failed for order #{{ data.orderId }}"
description = "The attempt on **{{ data.orderId }}** failed with `{{ data.errorCode }}`."
customer = { email = "{{ data.customer.email }}", name = "{{ data.customer.name }}" }
metadata = { orderId = "{{ data.orderId }}", amount = "{{ data.amount }}" }
tags = ["payment"]
"#;

/// A running process with that desk, and the directory of its data.
async fn world() -> (World, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    let url = world.sandbox.kf5().base_url().unwrap();
    world.set("KF5_URL", &url);
    fs::write(world.path("deskbell.toml"), CONFIG).unwrap();
    world.start().await;
    (world, data)
}

#[tokio::test]
async fn an_accepted_event_becomes_a_ticket_at_kf5() {
    let (world, _data) = world().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let [delivery] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!(state(delivery), "ticketed");
    let [ticket] = &world.sandbox.kf5().tickets()[..] else { panic!() };
    assert_eq!(delivery["ticket"]["id"], ticket.id);
    assert_eq!(ticket.subject, "Payment failed for order #SO-1");
    assert_eq!(ticket.description.trim(), "The attempt on SO-1 failed with card_declined.");
    assert_eq!(ticket.priority.as_deref(), Some("urgent"));
    assert_eq!(ticket.customer.as_deref(), Some("jean@acme.com"));
    assert_eq!(ticket.properties["field_4"], "SO-1");
    assert_eq!(ticket.properties["field_5"], "1299.90");
    assert_eq!(ticket.properties["field_1"], key("evt_1", "china"));
}

#[tokio::test]
async fn a_lost_answer_of_kf5_makes_no_second_ticket() {
    for (number, lost) in [
        Fault::new(FaultKind::Disconnect),
        Fault::answer_with(502, AnswerBody::Html),
        Fault::answer_with(200, AnswerBody::Empty),
    ]
    .into_iter()
    .enumerate()
    {
        let (world, _data) = world().await;
        let plan = FaultPlan::none().on(Operation::Create, lost.after_creating());
        world.sandbox.kf5().faults(plan);
        let id = format!("evt_{number}");
        world.post(&id, "payment.failed", &payment("SO-1")).await;
        let [delivery] = &world.settled(&id).await[..] else { panic!() };
        assert_eq!(state(delivery), "ticketed");
        let [ticket] = &world.sandbox.kf5().tickets()[..] else { panic!() };
        assert_eq!(delivery["ticket"]["id"], ticket.id);
        assert_eq!(world.cli(&["books"]).status.code(), Some(0));
    }
}
