//! Jobs and events on their way through the queues.

use std::{sync::Arc, time::Duration};

use deskbell::{
    broker::{Broker, BrokerError},
    clock::{Clock, ManualClock, SystemClock},
    ticket::Priority::{High, Low},
};
use futures_util::FutureExt;

use crate::{
    contract::broker::{CRM, SUPPORT, envelope, id, job, open, typed},
    support::rabbit::{Process, shared_url},
};

#[tokio::test]
async fn an_event_for_an_unknown_desk_is_refused_whole() {
    let process = Process::start(&shared_url()).ready().await;
    let sent = envelope("1", &[(CRM, High), ("gone", High)]);
    let outcome = process.broker.publish(&sent).await;
    assert!(matches!(outcome, Err(BrokerError::Unroutable)), "{outcome:?}");
    process.broker.publish(&envelope("2", &[(CRM, High)])).await.unwrap();
    assert_eq!(id(&open(&*process.broker, CRM, 5).await.next().await.unwrap()), "2");
    process.clean_up().await;
}

#[tokio::test]
async fn a_job_that_comes_early_goes_round_again_and_keeps_nobody_waiting() {
    let clock = ManualClock::starting_at(SystemClock.now());
    let process = Process::start_with(&shared_url(), Arc::new(clock.clone())).ready().await;
    let broker = &process.broker;
    broker.publish(&envelope("early", &[(CRM, High)])).await.unwrap();
    let mut lanes = open(&**broker, CRM, 1).await;
    let wait = Duration::from_millis(1500);
    lanes.next().await.unwrap().retry_after(wait).await.unwrap();
    // The broker's clock goes on and its delay ends, again and again; ours stands still.
    for number in 0..3 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        broker.publish(&envelope(&number.to_string(), &[(CRM, High)])).await.unwrap();
        let lease = lanes.next().await.unwrap();
        assert_eq!(id(&lease), number.to_string());
        lease.ack().await.unwrap();
    }
    clock.advance(Duration::from_secs(2));
    assert_eq!(id(&lanes.next().await.unwrap()), "early");
    process.clean_up().await;
}

#[tokio::test]
async fn a_job_that_always_comes_back_is_buried_in_the_end() {
    let process = Process::start(&shared_url()).ready().await;
    let sent = envelope("1", &[(SUPPORT, High), (CRM, High)]);
    process.broker.publish(&sent).await.unwrap();
    let mut lanes = open(&*process.broker, CRM, 1).await;
    let mut buried = process.broker.buried().await.unwrap();
    let mut times = 0;
    let lease = loop {
        tokio::select! {
            lease = lanes.next() => {
                drop(lease.unwrap());
                times += 1;
            }
            lease = buried.next() => break lease.unwrap(),
        }
    };
    assert!(times >= 20, "{times}");
    assert_eq!(lease.job(), &job(&sent, CRM, High));
    // Dropped it stays there, put off it goes back to its lane.
    drop(lease);
    let lease = buried.next().await.unwrap();
    lease.retry_after(Duration::ZERO).await.unwrap();
    let lease = lanes.next().await.unwrap();
    assert_eq!(lease.job(), &job(&sent, CRM, High));
    lease.ack().await.unwrap();
    assert!(buried.next().now_or_never().is_none());
    // Buried once, and not sent to the other desk a second time.
    let mut support = open(&*process.broker, SUPPORT, 2).await;
    support.next().await.unwrap().ack().await.unwrap();
    assert!(support.next().now_or_never().is_none());
    process.clean_up().await;
}

#[tokio::test]
async fn a_message_of_somebody_else_is_buried_and_stops_nobody() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    visitor.publish(&process.named("desks"), "desk.crm.high", "foreign").await;
    visitor.publish(&process.named("events"), "hello", "foreign").await;
    let mut lanes = open(&*process.broker, CRM, 1).await;
    let mut journal = process.broker.journal(None).await.unwrap();
    process.broker.publish(&envelope("ours", &[(CRM, Low)])).await.unwrap();
    assert_eq!(id(&lanes.next().await.unwrap()), "ours");
    assert_eq!(journal.next(1).await.unwrap()[0].envelope.event.id.as_str(), "ours");
    let mut buried = process.broker.buried().await.unwrap();
    let foreign = process.named("dead.foreign");
    let id = tokio::select! {
        lease = buried.next() => panic!("it is no job: {lease:?}"),
        id = visitor.first(&foreign) => id,
    };
    assert_eq!(id, "foreign");
    process.clean_up().await;
}

#[tokio::test]
async fn other_teams_bind_their_own_queues_to_the_events() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    let theirs = process.named("theirs");
    visitor.declare(&theirs, &[]).await;
    visitor.bind(&theirs, &process.named("events"), "payment.*").await;
    process.broker.publish(&typed("order.stuck", "other", &[(CRM, High)])).await.unwrap();
    process.broker.publish(&typed("payment.failed", "1", &[(CRM, High)])).await.unwrap();
    let mut lanes = open(&*process.broker, CRM, 2).await;
    for _ in 0..2 {
        // Neither a second try nor a replay is an event.
        let lease = lanes.next().await.unwrap();
        process.broker.requeue(lease.job()).await.unwrap();
        lease.ack().await.unwrap();
    }
    let (got, body) = visitor.get(&theirs).await.unwrap();
    assert_eq!(got.content_type().as_ref().unwrap().as_str(), "application/cloudevents+json");
    assert_eq!(got.message_id().as_ref().unwrap().as_str(), "1");
    assert_eq!(*got.delivery_mode(), Some(2));
    assert!(got.headers().as_ref().unwrap().contains_key("traceparent"));
    let event: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "payment.failed");
    assert!(visitor.get(&theirs).await.is_none());
    process.clean_up().await;
    visitor.delete_queue(&theirs).await;
}

#[tokio::test]
async fn leases_outlive_their_lanes() {
    let process = Process::start(&shared_url()).ready().await;
    for id in ["1", "2"] {
        process.broker.publish(&envelope(id, &[(CRM, High)])).await.unwrap();
    }
    let mut lanes = open(&*process.broker, CRM, 2).await;
    let lease = lanes.next().await.unwrap();
    drop(lanes);
    // What was sent ahead is free for others, while the lease is still held.
    let mut lanes = open(&*process.broker, CRM, 2).await;
    assert_eq!(id(&lanes.next().await.unwrap()), "2");
    lease.ack().await.unwrap();
    process.clean_up().await;
}
