//! A signed event becomes a ticket at Thulium, through the real process.

use std::{fs, time::Duration};

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use serde_json::json;
use tempfile::TempDir;

use crate::support::world::{World, key, payment};

const CONFIG: &str = r#"
# An inspection's calls would be among those that tests count, and that their faults strike.
[preflight]
every = "off"

[sources.shop]
verify = "standard-webhooks"
secrets = ["${SHOP_SECRET}"]

[desks.helpdesk]
kind = "thulium"
base_url = "${THULIUM_URL}"
user = "api_user"
password = "api_pass_sandbox"
mailbox = "mailbox@foo.bar"
timeout = "3s"
pacing = [{ requests = 10000, per = "1s" }]
priority_field = "Priorytet"
custom_fields = { orderId = "ID" }

[[rules]]
name = "payment-failed"
on = "payment.failed"
desks = ["helpdesk"]
priority = "URGENT"
subject = "Payment failed for order #{{ data.orderId }}"
description = "The attempt on **{{ data.orderId }}** failed with `{{ data.errorCode }}`."
category = "Płatności"
metadata = { orderId = "{{ data.orderId }}" }
tags = ["payment"]
customer = { name = "{{ data.customer.name }}", email = "{{ data.customer.email }}" }
"#;

async fn world(data: &TempDir) -> World {
    let mut world = World::embedded_in(data.path());
    fs::write(world.path("deskbell.toml"), CONFIG).unwrap();
    world.start().await;
    world
}

#[tokio::test]
async fn an_event_becomes_one_ticket_of_its_customer_at_thulium_and_no_e_mail() {
    let data = tempfile::tempdir().unwrap();
    let world = world(&data).await;
    world.post("evt_1", "payment.failed", &payment("<b>SO-1</b>")).await;
    let [delivery] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!(delivery["state"], "ticketed", "{delivery}");
    let [ticket] = &world.sandbox.thulium().tickets()[..] else { panic!() };
    assert_eq!(ticket.key.as_deref(), Some(&*key("evt_1", "helpdesk")));
    assert_eq!(ticket.customer.as_deref(), Some("user_42"));
    assert_eq!(ticket.priority.as_deref(), Some("URGENT"));
    assert_eq!(ticket.properties["ID"], "<b>SO-1</b>");
    assert_eq!(ticket.properties["tags"], json!(["payment"]));
    assert_eq!(ticket.properties.get("emails"), None);
    let body = "<p>The attempt on <strong>&lt;b&gt;SO-1&lt;/b&gt;</strong> failed with \
                <code>card_declined</code>.</p>\n";
    assert_eq!(ticket.description, body);
}

#[tokio::test]
async fn a_lost_answer_of_thulium_leads_to_one_ticket() {
    let data = tempfile::tempdir().unwrap();
    let world = world(&data).await;
    let lost = [
        Fault::answer(502),
        Fault::new(FaultKind::Disconnect),
        Fault::new(FaultKind::Silence(Duration::from_mins(1))),
    ];
    for (number, fault) in lost.into_iter().enumerate() {
        let fault = fault.after_creating().times(1);
        world.sandbox.thulium().faults(FaultPlan::none().on(Operation::Create, fault));
        let id = format!("evt_{number}");
        world.post(&id, "payment.failed", &payment("SO-1")).await;
        let [delivery] = &world.settled(&id).await[..] else { panic!() };
        assert_eq!(delivery["state"], "ticketed", "{delivery}");
        let tickets = world.sandbox.thulium().tickets_with(&key(&id, "helpdesk"));
        assert_eq!(tickets.len(), 1);
        assert_eq!(delivery["ticket"]["id"], tickets[0].id);
    }
}

#[tokio::test]
async fn a_request_that_was_lost_leads_to_one_ticket() {
    let data = tempfile::tempdir().unwrap();
    let world = world(&data).await;
    let fault = Fault::new(FaultKind::Disconnect);
    world.sandbox.thulium().faults(FaultPlan::none().on(Operation::Create, fault));
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let [delivery] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!(delivery["state"], "ticketed", "{delivery}");
    assert_eq!(world.sandbox.thulium().tickets_with(&key("evt_1", "helpdesk")).len(), 1);
}

#[tokio::test]
async fn what_thulium_refuses_is_dead_lettered_with_its_words() {
    let data = tempfile::tempdir().unwrap();
    let world = world(&data).await;
    let switches = json!({ "without_custom_fields": ["ID"] });
    world.sandbox.thulium().switch(serde_json::from_value(switches).unwrap());
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let [delivery] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!(delivery["state"], "dead");
    assert_eq!(
        (&delivery["failure"]["reason"], &delivery["failure"]["status"]),
        (&json!("refused"), &json!(400))
    );
    assert_eq!(delivery["failure"]["words"], "There is no custom field [ID].");
    assert!(delivery["failure"]["correlation_id"].is_string());
}
