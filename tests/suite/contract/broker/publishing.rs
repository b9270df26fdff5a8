//! What becomes of a published event.

use std::collections::BTreeSet;

use deskbell::{
    broker::Readiness,
    event::Event,
    ticket::Priority::{High, Low, Medium, Urgent},
};

use super::{Bench, CRM, SUPPORT, entries, envelope, id, job, journal_ids_until, open};

pub(super) async fn a_fresh_broker_is_ready(bench: &mut impl Bench) {
    assert_eq!(bench.broker().readiness(), Readiness::Ready);
}

pub(super) async fn an_event_reaches_every_route_and_the_journal(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[(CRM, Urgent), (SUPPORT, Low)]);
    broker.publish(&sent).await.unwrap();
    for (desk, priority) in [(CRM, Urgent), (SUPPORT, Low)] {
        let lease = open(&*broker, desk, 1).await.next().await.unwrap();
        assert_eq!(lease.job(), &job(&sent, desk, priority));
        lease.ack().await.unwrap();
    }
    assert_eq!(entries(&*broker, 1).await, [sent]);
}

pub(super) async fn an_event_without_routes_is_journalled(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[]);
    broker.publish(&sent).await.unwrap();
    assert_eq!(entries(&*broker, 1).await, [sent]);
}

pub(super) async fn a_publish_that_is_given_up_is_whole_or_absent(bench: &mut impl Bench) {
    let broker = bench.broker();
    for number in 0..40 {
        let sent = envelope(&format!("{number:02}"), &[(CRM, High), (SUPPORT, High)]);
        // Dropped after one poll, or whenever so many turns of the scheduler are over.
        tokio::select! {
            biased;
            _ = broker.publish(&sent) => {}
            () = yield_often(number * 10) => {}
        }
    }
    let last = envelope("last", &[(CRM, Low), (SUPPORT, Low)]);
    broker.publish(&last).await.unwrap();
    let journalled = journal_ids_until(&*broker, "last").await;
    for desk in [CRM, SUPPORT] {
        let mut lanes = open(&*broker, desk, 100).await;
        let mut ids = BTreeSet::new();
        for _ in 0..journalled.len() {
            let lease = lanes.next().await.unwrap();
            ids.insert(id(&lease));
            lease.ack().await.unwrap();
        }
        assert_eq!(ids, journalled);
    }
}

pub(super) async fn numbers_and_extension_attributes_survive(bench: &mut impl Bench) {
    let broker = bench.broker();
    let body = br#"{"specversion":"1.0","id":"1","source":"https://shop/7","type":"payment.failed",
        "subject":"s","time":"2026-01-01T00:00:00+01:00","dataschema":"https://schema",
        "tenant":"acme","attempt":3,
        "data":{"order":82098291194615450812345,"amount":12.50,"tiny":1e-9,"zero":0.00}}"#;
    let mut sent = envelope("1", &[(CRM, Medium)]);
    sent.event = Event::from_cloudevents(&"shop".parse().unwrap(), body).unwrap();
    broker.publish(&sent).await.unwrap();
    let lease = open(&*broker, CRM, 1).await.next().await.unwrap();
    assert_eq!(*lease.job().envelope, sent);
    let data = lease.job().envelope.event.data.to_string();
    for digits in ["82098291194615450812345", "12.50", "1e-9", "0.00"] {
        assert!(data.contains(digits), "{digits} in {data}");
    }
    assert_eq!(entries(&*broker, 1).await, [sent]);
}

async fn yield_often(times: u32) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}
