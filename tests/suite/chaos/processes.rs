//! Receiver, worker and broker end or stand still, at any moment.

use std::{sync::Arc, time::Duration};

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use rusqlite::Connection;
use tokio::task::spawn_blocking;

use super::{
    Trickle, binary, dice, hold_to_every_promise, shuffled,
    steps::{count, writing_lock},
};
use crate::trial::{eventually, fleet::Fleet, node::RabbitNode, settings::DeskSettings};

#[derive(Debug, Clone, Copy)]
enum Blow {
    KillReceiver,
    KillWorker,
    FreezeWorker,
    RestartBroker,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_process_and_no_broker_that_ends_or_stands_still_loses_or_doubles_anything() {
    let mut dice = dice();
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let fleet = Fleet::new(binary(), Some(node.url()), &DeskSettings::default());
    fleet.start("receiver", "receive");
    fleet.start("worker", "deliver");
    fleet.until_ready().await;
    let trickle = Trickle::start(&fleet, 20);
    let blows = [Blow::KillReceiver, Blow::KillWorker, Blow::FreezeWorker, Blow::RestartBroker];
    for blow in shuffled(&mut dice, &blows) {
        tokio::time::sleep(Duration::from_millis(1000 + dice.throw(1000))).await;
        println!("{blow:?}");
        strike(&fleet, &node, blow).await;
        fleet.until_ready().await;
    }
    // Last: a stream that was only just declared does not survive this on RabbitMQ 3.10.
    fleet.history.fault("kill broker");
    let killed = node.clone();
    let killing = spawn_blocking(move || {
        killed.kill();
        killed.restart();
    });
    killing.await.unwrap();
    fleet.until_ready().await;
    trickle.stop().await;
    let verdict = hold_to_every_promise(&fleet).await;
    assert_eq!(verdict.faults.values().sum::<u64>(), 5);
    let log = std::fs::read_to_string(fleet.path("log")).unwrap();
    assert!(log.contains("An attempt could not be recorded"), "nobody was late");
}

async fn strike(fleet: &Fleet, node: &Arc<RabbitNode>, blow: Blow) {
    match blow {
        Blow::KillReceiver => {
            fleet.kill("receiver");
            fleet.start("receiver", "receive");
        }
        Blow::KillWorker => {
            fleet.kill("worker");
            fleet.start("worker", "deliver");
        }
        Blow::FreezeWorker => freeze(fleet).await,
        Blow::RestartBroker => {
            fleet.history.fault("restart broker");
            let node = node.clone();
            spawn_blocking(move || node.restart()).await.unwrap();
        }
    }
}

/// Another worker takes the desks over while the first one stands still with calls under way.
async fn freeze(fleet: &Fleet) {
    until_tickets_come(fleet).await;
    let slow = || {
        let latency = Fault::new(FaultKind::Latency(Duration::from_secs(1)));
        FaultPlan::none().on(Operation::Create, latency.after_creating().one_in(1, 0))
    };
    fleet.sandbox.hubspot().faults(slow());
    fleet.sandbox.supportdesk().faults(slow());
    // From now on calls are under way at any time.
    tokio::time::sleep(Duration::from_millis(700)).await;
    until_tickets_come(fleet).await;
    fleet.history.fault("freeze worker");
    // Not with the ledger's lock in its hands: the other worker would stand still with it.
    let lock = writing_lock(&fleet.ledger());
    signal(fleet, "worker", "STOP");
    let held = held(&lock);
    drop(lock);
    fleet.sandbox.hubspot().faults(FaultPlan::none());
    fleet.sandbox.supportdesk().faults(FaultPlan::none());
    fleet.start("other worker", "deliver");
    // When the lease has run out, and the broker has given the jobs away.
    let all = i64::try_from(held.len()).unwrap();
    let taken_over = held.iter().map(|(key, claims)| {
        format!(
            "key = '{key}' AND doc ->> '$.claims' > {claims} AND state IN ('ticketed', 'uncertain')"
        )
    });
    let taken_over = taken_over.collect::<Vec<_>>().join(" OR ");
    let taken_over = format!("SELECT count(*) FROM deliveries WHERE {taken_over}");
    eventually("what the frozen worker held is taken over", || {
        std::future::ready(count(&fleet.ledger(), &taken_over) == all)
    })
    .await;
    signal(fleet, "worker", "CONT");
}

/// What workers are at, with the number of the claim.
fn held(ledger: &Connection) -> Vec<(String, i64)> {
    let query = "SELECT key, doc ->> '$.claims' FROM deliveries WHERE state = 'attempting'";
    let mut statement = ledger.prepare(query).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let held: Vec<_> = rows.map(Result::unwrap).collect();
    assert!(!held.is_empty(), "nothing was under way");
    held
}

async fn until_tickets_come(fleet: &Fleet) {
    let before = fleet.sandbox.hubspot().tickets().len();
    eventually("tickets come", || {
        std::future::ready(fleet.sandbox.hubspot().tickets().len() > before)
    })
    .await;
}

fn signal(fleet: &Fleet, name: &str, signal: &str) {
    fleet.processes().get(name).unwrap().signal(signal);
}
