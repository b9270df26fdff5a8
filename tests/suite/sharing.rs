//! What several processes of one host may share, and what not.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::support::{
    rabbit::RabbitNode,
    world::{World, eventually, key, payment, state},
};

fn error() -> Value {
    json!({ "integration": "sync", "errorCode": "E", "message": "m" })
}

#[tokio::test]
async fn a_second_process_on_the_same_embedded_store_is_refused_clearly() {
    let world = World::embedded().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let mut second = world.start_beside("run");
    let status = spawn_blocking(move || second.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(2));
    let log = world.log();
    assert!(log.contains("another Deskbell uses the data directory"), "{log}");
    assert!(log.contains("DESKBELL_DATA_DIR"), "{log}");
    // The first one goes on as if nothing had happened.
    let deliveries = world.settled("evt_1").await;
    assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_over_rabbitmq_share_one_ledger_and_either_may_die() {
    const EVENTS: usize = 300;
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    let mut second = world.start_beside("deliver");
    for number in 0..EVENTS {
        world.post(&format!("evt_{number}"), "integration.error", &error()).await;
        if number == EVENTS / 3 {
            // One of the two speaks to the desk, and this may be the one.
            second.kill().unwrap();
            second.wait().unwrap();
            second = world.start_beside("deliver");
        }
    }
    world.kill();
    eventually("the other process has taken over and is through", || {
        let line = &world.books()["lines"][0];
        std::future::ready(line["ticketed"] == EVENTS && line["accepted"] == EVENTS)
    })
    .await;
    for number in 0..EVENTS {
        let key = key(&format!("evt_{number}"), "crm");
        assert_eq!(world.sandbox.hubspot().tickets_with(&key).len(), 1, "{number}");
    }
    second.kill().unwrap();
    second.wait().unwrap();
}
