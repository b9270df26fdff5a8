//! Who speaks to a desk.

use std::time::Duration;

use deskbell::{
    delivery::Reason,
    event::DeskName,
    ledger::{
        DeskLease::{self, Held, Taken},
        Ledger,
    },
    standing::{OpenBreaker, Sent, Standing},
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

/// Written at `seconds` under a lease of ten.
fn standing(seconds: u64) -> Standing {
    let sent = Sent { requests: 3, per_ms: 1000, on_their_way: 1, counting: vec![(250, 2)] };
    let breaker = OpenBreaker {
        reason: Reason::Throttled,
        since: at(0),
        until: at(3600),
        pause_ms: Some(8000),
        probing: false,
    };
    let (at, until) = (at(seconds), at(seconds + 10));
    Standing { at, until, sent: vec![sent], breaker: Some(breaker) }
}

pub(super) async fn how_a_desk_stands_is_handed_to_the_next_worker(bench: impl Bench) {
    let ledger = bench.ledger();
    assert_eq!(lease(ledger, "a", 0).await, Held { epoch: 1 });
    assert_eq!(ledger.desks().await.unwrap()[0].standing, None);
    let kept = ledger.keep_desk(&crm(), "a", 1, &standing(5)).await.unwrap();
    assert_eq!(kept, Held { epoch: 1 });
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(lease(ledger, "b", 14).await, Taken { until: at(15) });
    assert_eq!(lease(ledger, "b", 15).await, Held { epoch: 2 });
    let [desk] = &ledger.desks().await.unwrap()[..] else { panic!("one desk") };
    assert_eq!((desk.desk.as_str(), desk.holder.as_deref()), ("crm", Some("b")));
    assert_eq!((desk.epoch, desk.until), (2, at(25)));
    assert_eq!(desk.standing, Some(standing(5)));
}

pub(super) async fn only_the_holder_says_how_a_desk_stands(bench: impl Bench) {
    let ledger = bench.ledger();
    let taken = ledger.keep_desk(&crm(), "a", 1, &standing(0)).await.unwrap();
    assert!(matches!(taken, Taken { .. }));
    assert_eq!(ledger.desks().await.unwrap(), []);
    assert_eq!(lease(ledger, "a", 0).await, Held { epoch: 1 });
    assert_eq!(lease(ledger, "b", 10).await, Held { epoch: 2 });
    ledger.keep_desk(&crm(), "b", 2, &standing(11)).await.unwrap();
    for (holder, epoch) in [("a", 1), ("a", 2), ("b", 1)] {
        let late = ledger.keep_desk(&crm(), holder, epoch, &standing(99)).await.unwrap();
        assert_eq!(late, Taken { until: at(21) });
    }
    ledger.release_desk(&crm(), "b").await.unwrap();
    let late = ledger.keep_desk(&crm(), "b", 2, &standing(99)).await.unwrap();
    assert!(matches!(late, Taken { .. }));
    assert_eq!(ledger.desks().await.unwrap()[0].standing, Some(standing(11)));
}
