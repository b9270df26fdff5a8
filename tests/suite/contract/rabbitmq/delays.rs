//! Jobs that are put off, on their way through the delay queues.

use std::time::Duration;

use deskbell::{broker::Broker, ticket::Priority::High};
use futures_util::FutureExt;
use lapin::types::FieldTable;

use crate::{
    contract::broker::{CRM, SUPPORT, envelope, id, open},
    support::rabbit::{Process, RabbitNode, shared_url},
};

/// The shortest delay of more than a moment.
const DELAY: &str = "retry.5s";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_is_put_off_survives_a_restart_and_a_crash_of_the_broker() {
    let node = RabbitNode::start();
    let process = Process::start(node.url()).ready().await;
    // RabbitMQ 3.10 forgets its first stream for good when it is killed before it has saved its
    // register of processes, some seconds after the declaration.
    node.ctl(&["eval", "[dets:sync(Table) || Table <- dets:all()]."]);
    let arguments = node.ctl(&["list_queues", "--quiet", "name", "arguments"]);
    let delays: Vec<_> = arguments.lines().filter(|line| line.contains(".retry.")).collect();
    assert_eq!(delays.len(), 7, "{arguments}");
    for delay in delays {
        // Either alone would silently mean at most once.
        for pair in ["\"at-least-once\"", "\"reject-publish\"", ".desks\""] {
            assert!(delay.contains(pair), "{delay}");
        }
    }
    for (number, faults) in [RabbitNode::stop, RabbitNode::kill].into_iter().enumerate() {
        let sent = number.to_string();
        process.broker.publish(&envelope(&sent, &[(CRM, High)])).await.unwrap();
        let mut lanes = open(&*process.broker, CRM, 1).await;
        let lease = lanes.next().await.unwrap();
        lease.retry_after(Duration::from_secs(6)).await.unwrap();
        drop(lanes);
        tokio::task::block_in_place(|| {
            faults(&node);
            node.restart();
        });
        process.is_ready().await;
        let mut lanes = open(&*process.broker, CRM, 1).await;
        let lease = lanes.next().await.unwrap();
        assert_eq!(id(&lease), sent);
        lease.ack().await.unwrap();
        assert!(lanes.next().now_or_never().is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_readers_see_an_event_once_however_often_it_is_put_off() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    let theirs = process.named("theirs");
    visitor.declare(&theirs, &[]).await;
    visitor.bind(&theirs, &process.named("events"), "#").await;
    let sent = envelope("1", &[(CRM, High), (SUPPORT, High)]);
    process.broker.publish(&sent).await.unwrap();
    let mut lanes = open(&*process.broker, CRM, 1).await;
    for _ in 0..2 {
        let soon = Duration::from_secs(1);
        lanes.next().await.unwrap().retry_after(soon).await.unwrap();
    }
    let lease = lanes.next().await.unwrap();
    // The delayed copy itself: its one key leads to its lane, and nothing else.
    let later = Duration::from_secs(8);
    lease.retry_after(later).await.unwrap();
    let (copy, _) = visitor.get(&process.named(DELAY)).await.unwrap();
    let headers = copy.headers().as_ref().map(FieldTable::inner).unwrap();
    assert!(!headers.contains_key("CC") && !headers.contains_key("BCC"), "{headers:?}");
    let mut support = open(&*process.broker, SUPPORT, 2).await;
    support.next().await.unwrap().ack().await.unwrap();
    assert!(support.next().now_or_never().is_none());
    assert_eq!(visitor.get(&theirs).await.map(|(got, _)| got.message_id().is_some()), Some(true));
    assert!(visitor.get(&theirs).await.is_none());
    process.clean_up().await;
    visitor.delete_queue(&theirs).await;
}
