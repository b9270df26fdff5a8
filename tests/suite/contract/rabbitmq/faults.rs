//! It comes back from whatever the broker does.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use deskbell::{
    broker::{Broker, BrokerError, Readiness},
    clock::SystemClock,
    ticket::Priority::High,
};
use futures_util::FutureExt;
use lapin::types::AMQPValue;

use crate::{
    contract::broker::{CRM, envelope, id, open},
    support::{
        rabbit::{Process, RabbitNode, eventually, shared_url},
        visitor::Visitor,
    },
};

#[tokio::test]
async fn publishing_goes_on_after_the_broker_closes_the_channel() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    let events = process.named("events");
    visitor.delete_exchange(&events).await;
    let outcome = process.broker.publish(&envelope("1", &[])).await;
    assert!(matches!(outcome, Err(BrokerError::Disconnected(_))), "{outcome:?}");
    eventually("publishing goes on", async || {
        process.broker.publish(&envelope("2", &[])).await.is_ok()
    })
    .await;
    process.clean_up().await;
}

#[tokio::test]
async fn a_channel_that_the_broker_closes_ends_the_lanes() {
    let node = RabbitNode::start();
    // The broker looks for deliveries that are not settled, at once instead of after half an hour.
    node.ctl(&["eval", "application:set_env(rabbit, consumer_timeout, 1000)."]);
    node.ctl(&["eval", "application:set_env(rabbit, channel_tick_interval, 500)."]);
    let process = Process::start(node.url()).ready().await;
    process.broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
    let mut lanes = open(&*process.broker, CRM, 1).await;
    let lease = lanes.next().await.unwrap();
    assert!(matches!(lanes.next().await, Err(BrokerError::Disconnected(_))));
    assert!(lease.ack().await.is_err(), "an acknowledgement that goes nowhere is no success");
    let mut lanes = open(&*process.broker, CRM, 1).await;
    assert_eq!(id(&lanes.next().await.unwrap()), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_stops_publishing_at_once_and_never_acknowledging() {
    let node = RabbitNode::start();
    let process = Process::start(node.url()).ready().await;
    let broker = &process.broker;
    for id in ["1", "2"] {
        broker.publish(&envelope(id, &[(CRM, High)])).await.unwrap();
    }
    let mut lanes = open(&**broker, CRM, 1).await;
    // Every alarm and every end of one, not each second one.
    for id in ["1", "2"] {
        node.ctl(&["set_vm_memory_high_watermark", "0"]);
        eventually("the alarm is noticed", async || {
            matches!(
                broker.publish(&envelope("blocked", &[])).await,
                Err(BrokerError::Unavailable(why)) if why.contains("blocked")
            )
        })
        .await;
        assert!(
            matches!(broker.readiness(), Readiness::Unavailable(why) if why.contains("blocked"))
        );
        let refused = broker.publish(&envelope("blocked", &[])).now_or_never();
        assert!(matches!(refused, Some(Err(BrokerError::Unavailable(_)))));
        let lease = lanes.next().await.unwrap();
        assert_eq!(lease.job().envelope.event.id.as_str(), id);
        lease.ack().await.unwrap();
        node.ctl(&["set_vm_memory_high_watermark", "0.6"]);
        eventually("the end of the alarm is noticed", async || {
            broker.readiness() == Readiness::Ready
        })
        .await;
    }
    broker.publish(&envelope("3", &[(CRM, High)])).await.unwrap();
    assert_eq!(id(&lanes.next().await.unwrap()), "3");
}

#[tokio::test]
async fn a_queue_deleted_under_its_consumer_ends_the_lanes_and_is_declared_anew() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    let mut lanes = open(&*process.broker, CRM, 1).await;
    let queue = process.named("desk.crm.high");
    visitor.delete_queue(&queue).await;
    assert!(matches!(lanes.next().await, Err(BrokerError::Disconnected(_))));
    let mut lanes = open(&*process.broker, CRM, 1).await;
    process.broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
    assert_eq!(id(&lanes.next().await.unwrap()), "1");
    process.clean_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_survives_a_crash_of_the_broker() {
    let node = RabbitNode::start();
    let process = Process::start(node.url()).ready().await;
    // RabbitMQ 3.10 forgets its first stream for good when it is killed before it has saved its
    // register of processes, some seconds after the declaration.
    node.ctl(&["eval", "[dets:sync(Table) || Table <- dets:all()]."]);
    let broker = &process.broker;
    let crash = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        tokio::task::block_in_place(|| node.kill());
    };
    let mut accepted = BTreeSet::new();
    let publishing = async {
        for number in 0.. {
            let id = number.to_string();
            match broker.publish(&envelope(&id, &[(CRM, High)])).await {
                Ok(()) => accepted.insert(id),
                Err(_) => break,
            };
        }
    };
    tokio::join!(publishing, crash);
    assert!(!accepted.is_empty());
    let outcome = broker.publish(&envelope("down", &[])).now_or_never();
    assert!(matches!(outcome, Some(Err(_))), "without a connection a publish fails at once");
    node.restart();
    process.is_ready().await;
    let mut lanes = open(&**broker, CRM, 1).await;
    while !accepted.is_empty() {
        let lease = lanes.next().await.unwrap();
        accepted.remove(&id(&lease));
        lease.ack().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_broker_is_waited_for_and_its_password_is_never_told() {
    let node = RabbitNode::start();
    node.stop();
    let process = Process::start(&node.url().replace("guest@", "hunter2@"));
    eventually("the absence is told", async || {
        matches!(process.broker.readiness(), Readiness::Unavailable(why) if why.contains("refused"))
    })
    .await;
    let outcome = process.broker.publish(&envelope("1", &[])).now_or_never();
    assert!(matches!(outcome, Some(Err(BrokerError::Unavailable(_)))));
    tokio::task::block_in_place(|| node.restart());
    eventually("the refusal is told", async || {
        matches!(process.broker.readiness(), Readiness::Unavailable(why) if why.contains("ACCESS"))
    })
    .await;
    let told = format!("{:?} {:?}", process.broker.readiness(), process.broker);
    assert!(!told.contains("hunter2"), "{told}");
    node.ctl(&["change_password", "guest", "hunter2"]);
    process.is_ready().await;
    process.broker.publish(&envelope("1", &[])).await.unwrap();
}

#[tokio::test]
async fn a_queue_with_other_arguments_is_named_and_left_alone() {
    let url = shared_url();
    let namespace = format!("test-{}", uuid::Uuid::now_v7().simple());
    let name = format!("{namespace}.retry.30s");
    let text = |text: &str| AMQPValue::LongString(text.into());
    let arguments = [
        ("x-queue-type", text("quorum")),
        ("x-message-ttl", AMQPValue::LongInt(7)),
        ("x-dead-letter-exchange", text(&format!("{namespace}.desks"))),
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
    ];
    Visitor::at(&url).await.declare(&name, &arguments).await;
    let process = Process::start_in(&url, &namespace, Arc::new(SystemClock));
    eventually("the queue is named", async || {
        matches!(
            process.broker.readiness(),
            Readiness::Unavailable(why) if why.contains(&name) && why.contains("x-message-ttl")
        )
    })
    .await;
    let outcome = process.broker.publish(&envelope("1", &[])).await;
    assert!(matches!(outcome, Err(BrokerError::Topology(why)) if why.contains(&name)));
    process.clean_up().await;
}

#[tokio::test]
async fn a_journal_that_was_deleted_and_begins_again_is_read_again() {
    let process = Process::start(&shared_url()).ready().await;
    let broker = &process.broker;
    broker.publish(&envelope("old", &[])).await.unwrap();
    let mark = broker.journal(None).await.unwrap().next(1).await.unwrap()[0].mark();
    process.visitor().await.delete_queue(&process.named("journal")).await;
    // Opening it declares it.
    drop(broker.journal(None).await.unwrap());
    broker.publish(&envelope("new", &[])).await.unwrap();
    let mut journal = broker.journal(Some(&mark)).await.unwrap();
    assert_eq!(journal.next(1).await.unwrap()[0].envelope.event.id.as_str(), "new");
    process.clean_up().await;
}

#[tokio::test]
async fn a_queue_that_is_deleted_is_declared_anew_although_nobody_reads_it() {
    let process = Process::start(&shared_url()).ready().await;
    let (visitor, queue) = (process.visitor().await, process.named("desk.crm.high"));
    visitor.delete_queue(&queue).await;
    eventually("the queue is there again, and bound", async || {
        process.broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
        let visitor = process.visitor().await;
        visitor.has(&queue).await && visitor.get(&queue).await.is_some()
    })
    .await;
    process.clean_up().await;
}
