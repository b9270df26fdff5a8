//! Who speaks to a desk.

use std::time::Duration;

use deskbell::{
    event::DeskName,
    ledger::{
        DeskLease::{self, Held, Taken},
        Ledger,
    },
};

use super::{Bench, words::at};

fn crm() -> DeskName {
    "crm".parse().unwrap()
}

/// Leases the desk for ten seconds.
async fn lease(ledger: &dyn Ledger, holder: &str, seconds: u64) -> DeskLease {
    ledger.lease_desk(&crm(), holder, at(seconds), Duration::from_secs(10)).await.unwrap()
}

pub(super) async fn a_desk_is_leased_by_one_worker_at_a_time(bench: impl Bench) {
    let ledger = bench.ledger();
    assert_eq!(lease(ledger, "a", 0).await, Held { epoch: 1 });
    assert_eq!(lease(ledger, "b", 9).await, Taken { until: at(10) });
    assert_eq!(lease(ledger, "b", 10).await, Held { epoch: 2 });
    assert_eq!(lease(ledger, "a", 11).await, Taken { until: at(20) });
    let support = "support".parse().unwrap();
    let other = ledger.lease_desk(&support, "a", at(11), Duration::from_secs(10)).await.unwrap();
    assert_eq!(other, Held { epoch: 1 });
}

pub(super) async fn a_lease_that_is_prolonged_keeps_its_epoch(bench: impl Bench) {
    let ledger = bench.ledger();
    assert_eq!(lease(ledger, "a", 0).await, Held { epoch: 1 });
    assert_eq!(lease(ledger, "a", 8).await, Held { epoch: 1 });
    assert_eq!(lease(ledger, "b", 17).await, Taken { until: at(18) });
    // It lapsed, but nobody has spoken to the desk since.
    assert_eq!(lease(ledger, "a", 30).await, Held { epoch: 1 });
    let bench = bench.crash().await;
    assert_eq!(lease(bench.ledger(), "b", 39).await, Taken { until: at(40) });
}

pub(super) async fn a_lease_that_is_given_back_is_free_at_once(bench: impl Bench) {
    let ledger = bench.ledger();
    assert_eq!(lease(ledger, "a", 0).await, Held { epoch: 1 });
    ledger.release_desk(&crm(), "a").await.unwrap();
    assert_eq!(lease(ledger, "b", 1).await, Held { epoch: 2 });
}

pub(super) async fn only_the_holder_gives_a_lease_back(bench: impl Bench) {
    let ledger = bench.ledger();
    assert_eq!(lease(ledger, "a", 0).await, Held { epoch: 1 });
    ledger.release_desk(&crm(), "b").await.unwrap();
    assert_eq!(lease(ledger, "b", 1).await, Taken { until: at(10) });
}
