//! From a signed event to the ticket, through the real process.

mod kf5;

use std::time::Duration;

use deskbell::sandbox::{Absence, Fault, FaultKind, FaultPlan, Operation};
use serde_json::json;

use crate::support::world::{World, key, of_desk, payment, state};

#[tokio::test]
async fn an_accepted_event_becomes_one_ticket_at_each_desk() {
    let world = World::embedded().await;
    let receipt = world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    assert_eq!(
        receipt["deliveries"],
        json!([
            { "desk": "support", "rule": "payment-failed", "priority": "URGENT" },
            { "desk": "crm", "rule": "payment-failed", "priority": "URGENT" },
        ])
    );
    let deliveries = world.settled("evt_1").await;
    assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");

    let [ticket] = &world.sandbox.supportdesk().tickets()[..] else { panic!() };
    assert_eq!(ticket.subject, "Payment failed for order #SO-1");
    assert_eq!(ticket.description, "The attempt on **SO-1** failed with `card_declined`.");
    assert_eq!(ticket.priority.as_deref(), Some("URGENT"));
    assert_eq!(ticket.customer.as_deref(), Some("user_42"));
    assert_eq!(ticket.properties["orderId"], "SO-1");
    assert_eq!(ticket.properties["amount"].to_string(), "1299.90");
    assert_eq!(ticket.key.as_deref(), Some(&*key("evt_1", "support")));
    assert_eq!(of_desk(&deliveries, "support")["ticket"]["id"], ticket.id);

    let [ticket] = &world.sandbox.hubspot().tickets()[..] else { panic!() };
    assert_eq!(ticket.subject, "Payment failed for order #SO-1");
    // The simulated account has no URGENT.
    assert_eq!(ticket.priority.as_deref(), Some("HIGH"));
    assert_eq!(ticket.properties["order_id"], "SO-1");
    assert_eq!(ticket.properties["order_amount"], "1299.90");
    assert_eq!(ticket.properties["deskbell_key"], key("evt_1", "crm"));
    let [tie] = &ticket.associations[..] else { panic!("{:?}", ticket.associations) };
    assert_eq!((tie.object, tie.type_id), ("contacts", 16));
}

#[tokio::test]
async fn the_same_event_posted_again_makes_no_second_ticket() {
    let world = World::embedded().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    world.settled("evt_1").await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    // Another body under the same id: the first one stands, and it is counted.
    world.post("evt_1", "payment.failed", &payment("SO-2")).await;
    world.post("evt_2", "payment.failed", &payment("SO-3")).await;
    world.settled("evt_2").await;
    crate::support::world::eventually("the conflict is counted", || {
        std::future::ready(world.json(&["events", "show", "evt_1"])["conflicts"] == 1)
    })
    .await;
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 2);
    let orders: Vec<_> = world
        .sandbox
        .hubspot()
        .tickets()
        .iter()
        .map(|ticket| ticket.properties["order_id"].clone())
        .collect();
    assert_eq!(orders, ["SO-1", "SO-3"]);
}

#[tokio::test]
async fn what_cannot_succeed_is_dead_lettered_with_the_desks_words_and_can_be_replayed() {
    let world = World::embedded().await;
    let order = json!({ "orderId": "SO-9", "customerExternalId": "user_999", "stage": "picking" });
    world.post("evt_9", "order.stuck", &order).await;
    let [dead] = &world.settled("evt_9").await[..] else { panic!() };
    assert_eq!(dead["state"], "dead");
    assert_eq!(dead["failure"]["reason"], "unknown-customer");
    assert_eq!(dead["failure"]["status"], 404);
    assert_eq!(dead["failure"]["code"], "CUSTOMER_NOT_FOUND");
    assert!(dead["failure"]["words"].as_str().unwrap().contains("externalId"), "{dead}");

    let listed = world.json(&["dead", "list", "--reason", "unknown-customer", "--desk", "support"]);
    let key = listed[0]["key"].as_str().unwrap();
    let shown = world.json(&["dead", "show", key]);
    assert_eq!(shown["event"]["data"], order);
    assert_eq!(world.json(&["dead", "list", "--reason", "refused"]), json!([]));

    let customer = json!({"externalId": "user_999", "email": "n@example.org", "name": "New"});
    world.sandbox.supportdesk().seed(&json!({ "customers": [customer] })).unwrap();
    assert_eq!(world.json(&["dead", "replay", key])["replayed"], json!([key]));
    let replayed = world.until("evt_9", |delivery| state(delivery) == "ticketed").await;
    assert_eq!(replayed.len(), 1);
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 1);
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}

#[tokio::test]
async fn a_dead_letter_can_be_discarded_and_says_who_and_why() {
    let world = World::embedded().await;
    let order = json!({ "orderId": "SO-9", "customerExternalId": "user_999", "stage": "picking" });
    world.post("evt_9", "order.stuck", &order).await;
    world.settled("evt_9").await;
    let key = key("evt_9", "support");
    assert_eq!(
        world.cli(&["dead", "discard", &key, "--why", "a test order"]).status.code(),
        Some(0)
    );
    assert_eq!(world.json(&["dead", "list"]), json!([]));
    assert_eq!(world.json(&["events", "show", "evt_9"])["deliveries"][0]["state"], "discarded");
    // What is discarded is not replayed.
    assert_eq!(world.cli(&["dead", "replay", &key]).status.code(), Some(1));
}

#[tokio::test]
async fn a_customer_whom_the_desk_does_not_know_is_created_where_the_rule_says_enough() {
    let world = World::embedded().await;
    let mut config = std::fs::read_to_string(world.path("deskbell.toml")).unwrap();
    config = config.replace(
        "subject = \"Order",
        "customer = { name = \"{{ data.customer.name }}\", email = \"{{ data.customer.email }}\" }\n\
         subject = \"Order",
    );
    std::fs::write(world.path("deskbell.toml"), config).unwrap();
    let mut world = world;
    assert_eq!(world.stop(), Some(0));
    world.start().await;
    let order = json!({
        "orderId": "SO-9", "customerExternalId": "user_999", "stage": "picking",
        "customer": { "name": "New", "email": "new@example.org" },
    });
    world.post("evt_9", "order.stuck", &order).await;
    let [delivery] = &world.settled("evt_9").await[..] else { panic!() };
    assert_eq!(delivery["state"], "ticketed", "{delivery}");
    let calls = world.sandbox.supportdesk().calls(0);
    let asked: Vec<_> = calls.iter().map(|call| (call.method.as_str(), call.status)).collect();
    assert_eq!(asked, [("POST", Some(404)), ("PATCH", Some(200)), ("POST", Some(201))]);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_makes_no_second_ticket() {
    let world = World::embedded().await;
    let lost = [
        Fault::answer(502).after_creating().times(1),
        Fault::new(FaultKind::Disconnect).after_creating().times(1),
        Fault::new(FaultKind::Silence(Duration::from_mins(1))).after_creating().times(1),
    ];
    let error = json!({ "integration": "sync", "errorCode": "E", "message": "m" });
    for (number, fault) in lost.into_iter().enumerate() {
        world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, fault));
        let id = format!("evt_{number}");
        world.post(&id, "integration.error", &error).await;
        let [delivery] = &world.settled(&id).await[..] else { panic!() };
        assert_eq!(delivery["state"], "ticketed", "{delivery}");
        let tickets = world.sandbox.hubspot().tickets_with(&key(&id, "crm"));
        assert_eq!(tickets.len(), 1);
        assert_eq!(delivery["ticket"]["id"], tickets[0].id);
    }
}

#[tokio::test]
async fn a_doubt_that_the_desk_cannot_settle_waits_for_an_operator() {
    let world = World::embedded().await;
    let fault = Fault::new(FaultKind::Disconnect).after_creating().times(1);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, fault));
    let order =
        |number| json!({ "orderId": number, "customerExternalId": "user_42", "stage": "picking" });
    world.post("evt_1", "order.stuck", &order("1")).await;
    let [doubt] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!(doubt["state"], "uncertain");
    let listed = world.json(&["dead", "list", "--state", "uncertain"]);
    let first = listed[0]["key"].as_str().unwrap();
    let ticket = &world.sandbox.supportdesk().tickets_with(first)[0].id;
    assert_eq!(world.cli(&["dead", "settle", first, "--ticket", ticket]).status.code(), Some(0));
    assert_eq!(world.json(&["events", "show", "evt_1"])["deliveries"][0]["state"], "ticketed");

    let fault = Fault::new(FaultKind::Disconnect).times(1);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, fault));
    world.post("evt_2", "order.stuck", &order("2")).await;
    world.until("evt_2", |delivery| state(delivery) == "uncertain").await;
    let second = key("evt_2", "support");
    assert!(world.sandbox.supportdesk().tickets_with(&second).is_empty());
    assert_eq!(world.cli(&["dead", "settle", &second, "--absent"]).status.code(), Some(0));
    world.until("evt_2", |delivery| state(delivery) == "ticketed").await;
    assert_eq!(world.sandbox.supportdesk().tickets_with(&second).len(), 1);
}

#[tokio::test]
async fn an_outage_of_a_desk_costs_no_attempts_and_the_other_desk_does_not_notice() {
    let world = World::embedded().await;
    world.sandbox.hubspot().leave(Absence::Refused, Duration::from_secs(4));
    for number in 0..5 {
        let id = format!("evt_{number}");
        world.post(&id, "payment.failed", &payment("SO-1")).await;
    }
    let away = world
        .until("evt_4", |delivery| delivery["desk"] != "support" || state(delivery) == "ticketed")
        .await;
    assert_eq!(of_desk(&away, "support")["state"], "ticketed");
    for number in 0..5 {
        let id = format!("evt_{number}");
        let deliveries = world.settled(&id).await;
        let crm = of_desk(&deliveries, "crm");
        assert_eq!((&crm["state"], &crm["attempts"]), (&json!("ticketed"), &json!(0)), "{crm}");
    }
}

#[tokio::test]
async fn a_transient_answer_is_retried_and_counts_as_an_attempt() {
    let world = World::embedded().await;
    // 423: the record is locked for a moment.
    let fault = Fault::answer(423).times(1);
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, fault));
    let error = json!({ "integration": "sync", "errorCode": "E", "message": "m" });
    world.post("evt_1", "integration.error", &error).await;
    let [delivery] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("ticketed"), &json!(1)));
    let history = &world.json(&["events", "show", "evt_1"])["deliveries"][0]["history"];
    assert_eq!(history[0]["outcome"], "retrying");
    assert_eq!(history[0]["failure"]["status"], 423);
    assert_eq!(history[1]["outcome"], "ticketed");
}

#[tokio::test]
async fn health_tells_by_its_exit_code_whether_the_service_runs() {
    let mut world = World::embedded().await;
    assert_eq!(world.cli(&["health"]).status.code(), Some(0));
    assert_eq!(world.cli(&["health", "--ready"]).status.code(), Some(0));
    world.stop();
    assert_eq!(world.cli(&["health"]).status.code(), Some(1));
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_and_loses_nothing() {
    let mut world = World::embedded().await;
    let slow = Fault::new(FaultKind::Latency(Duration::from_millis(300)));
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, slow));
    for number in 0..40 {
        let id = format!("evt_{number}");
        world.post(&id, "payment.failed", &payment("SO-1")).await;
    }
    assert_eq!(world.stop(), Some(0));
    let crm = &world.books()["lines"].as_array().unwrap().clone();
    assert!(crm.iter().all(|line| line["attempting"] == 0), "{crm:?}");
    world.sandbox.hubspot().faults(FaultPlan::none());
    world.start().await;
    for number in 0..40 {
        let deliveries = world.settled(&format!("evt_{number}")).await;
        assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
    }
    assert_eq!(world.sandbox.hubspot().tickets().len(), 40);
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 40);
}

#[tokio::test]
async fn one_request_id_runs_from_the_receiver_to_the_desks_call() {
    let world = World::embedded_with("DESKBELL_LOG", "info,deskbell=debug").await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    world.settled("evt_1").await;
    let id = world.json(&["events", "show", "evt_1"])["request_id"].as_str().unwrap().to_owned();
    let log = world.log();
    let lines = log.lines().filter(|line| line.contains(&id)).collect::<Vec<_>>();
    for place in ["deskbell::receiver", "deskbell::worker", "deskbell::desks"] {
        assert!(lines.iter().any(|line| line.contains(place)), "{place} in {lines:#?}");
    }
    for secret in ["MDEyMzQ1", "sk_live_sandbox", "pat-sandbox", "jean@acme.com", "1299.90"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let metrics = world.metrics().await;
    assert!(metrics.contains("deskbell_attempts_total{desk=\"crm\",outcome=\"ticketed\"} 1"));
    assert!(metrics.contains("deskbell_received_total"), "{metrics}");
}
