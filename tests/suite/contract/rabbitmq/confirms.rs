//! A publish is reported as what it was, whatever the client library makes of it.

use std::{collections::BTreeSet, sync::Arc};

use deskbell::broker::{Broker, BrokerError};
use futures_util::future::join_all;
use lapin::types::AMQPValue;

use crate::{
    contract::broker::typed,
    support::rabbit::{Process, shared_url},
};

/// Enough for several sweeps of a full window.
const MANY: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirms_are_never_swapped_between_publishers() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    let full = process.named("full");
    let arguments = [
        ("x-max-length", AMQPValue::LongInt(300)),
        ("x-overflow", AMQPValue::LongString("reject-publish".into())),
    ];
    visitor.declare(&full, &arguments).await;
    visitor.bind(&full, &process.named("events"), "full.#").await;
    let publishers = (0..16).map(|publisher| {
        let broker = Arc::clone(&process.broker);
        tokio_util::task::TaskTracker::new().spawn(async move {
            let mut outcomes = Vec::new();
            for number in 0..MANY / 16 {
                let sent_type = if number % 3 == 0 { "full.x" } else { "free.x" };
                let sent = typed(sent_type, &format!("{publisher}-{number}"), &[]);
                let outcome = broker.publish(&sent).await;
                outcomes.push((sent_type, sent.event.id.to_string(), outcome));
            }
            outcomes
        })
    });
    let mut accepted = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for outcomes in join_all(publishers).await {
        for (sent_type, id, outcome) in outcomes.unwrap() {
            match outcome {
                Ok(()) if sent_type == "full.x" => assert!(accepted.insert(id)),
                Ok(()) => {}
                Err(BrokerError::Refused) if sent_type == "full.x" => assert!(refused.insert(id)),
                Err(error) => panic!("{sent_type}: {error}"),
            }
        }
    }
    assert!(!refused.is_empty(), "the test needs refusals");
    assert_eq!(visitor.drain(&full).await, accepted);
    process.clean_up().await;
    visitor.delete_queue(&full).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_returned_message_is_never_reported_as_stored() {
    let process = Process::start(&shared_url()).ready().await;
    let visitor = process.visitor().await;
    let kept = process.named("kept");
    visitor.declare(&kept, &[]).await;
    visitor.bind(&kept, &process.named("events"), "kept.#").await;
    // The journal takes everything, so that nothing would be returned.
    let (journal, events) = (process.named("journal"), process.named("events"));
    visitor.unbind(&journal, &events, "#").await;
    let publishes = (0..MANY).map(|number| {
        let sent_type = if number % 7 == 0 { "lost.x" } else { "kept.x" };
        // Some ids are in flight twice, in a message that is returned and in one that is not.
        let sent = typed(sent_type, &(number / 2).to_string(), &[]);
        let broker = &process.broker;
        async move { (sent_type, broker.publish(&sent).await) }
    });
    for (sent_type, outcome) in join_all(publishes).await {
        match (sent_type, outcome) {
            ("kept.x", Ok(())) | ("lost.x", Err(BrokerError::Unroutable)) => {}
            (sent_type, outcome) => panic!("{sent_type}: {outcome:?}"),
        }
    }
    process.clean_up().await;
    visitor.delete_queue(&kept).await;
}
