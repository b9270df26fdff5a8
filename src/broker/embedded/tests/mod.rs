#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod erasing;
mod journal;

use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{
    broker::Lease,
    clock::{ManualClock, SystemClock},
    event::{Attributes, Event, RequestId},
    ticket::Priority::{self, Critical, High, Low},
};

/// Time for whatever can happen to happen.
const PATIENCE: Duration = Duration::from_millis(50);

struct Set {
    directory: TempDir,
    clock: ManualClock,
    broker: Arc<Embedded>,
}

fn set_with(bounds: JournalBounds) -> Set {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::starting_at("2026-10-18T12:00:00Z".parse().unwrap());
    let broker = Embedded::open(directory.path(), Arc::new(clock.clone()), bounds).unwrap();
    Set { directory, clock, broker }
}

fn set() -> Set {
    set_with(JournalBounds::default())
}

fn envelope(id: &str, at: Timestamp, routes: &[(&str, Priority)]) -> Envelope {
    let route = |(desk, priority): &(&str, Priority)| Route {
        desk: desk.parse().unwrap(),
        rule: "a-rule".parse().unwrap(),
        priority: *priority,
    };
    Envelope {
        event: Event {
            source: "shop".parse().unwrap(),
            id: id.parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data: json!({"orderId": "A-1", "amount": 12.5}),
        },
        routes: routes.iter().map(route).collect(),
        request_id: RequestId::carried("r-1"),
        trace: RequestId::carried("r-1").trace(),
        received_at: at,
    }
}

impl Set {
    async fn publish(&self, id: &str, routes: &[(&str, Priority)]) {
        self.broker.publish(&envelope(id, self.clock.now(), routes)).await.unwrap();
    }

    async fn lanes(&self, prefetch: u16) -> Box<dyn Lanes> {
        let prefetch = NonZeroU16::new(prefetch).unwrap();
        self.broker.lanes(&"crm".parse().unwrap(), prefetch).await.unwrap()
    }

    async fn journaled(&self) -> Vec<String> {
        let mut journal = self.broker.journal(None).await.unwrap();
        // The journal is never empty here, so this does not wait.
        let entries = journal.next(1000).await.unwrap();
        entries.iter().map(|entry| entry.envelope.event.id.as_str().to_owned()).collect()
    }

    async fn count(&self, table: &'static str) -> i64 {
        self.broker
            .store
            .read(move |tx| {
                let count = format!("SELECT count(*) FROM {table}");
                Ok::<_, BrokerError>(tx.query_row(&count, [], |row| row.get(0))?)
            })
            .await
            .unwrap()
    }
}

fn id(lease: &Lease) -> &str {
    lease.job().envelope.event.id.as_str()
}

/// Finds that no job comes.
async fn assert_none_comes(lanes: &mut dyn Lanes) {
    assert!(tokio::time::timeout(PATIENCE, lanes.next()).await.is_err());
}

#[tokio::test]
async fn a_job_carries_its_event_unchanged() {
    let set = set();
    let accepted = envelope("1", set.clock.now(), &[("crm", High), ("support", Low)]);
    set.broker.publish(&accepted).await.unwrap();
    let lease = set.lanes(1).await.next().await.unwrap();
    assert_eq!(*lease.job().envelope, accepted);
    assert_eq!(lease.job().priority, High);
    assert_eq!(lease.job().rule.as_str(), "a-rule");
}

#[tokio::test]
async fn jobs_of_a_lane_come_in_the_order_of_acceptance() {
    let set = set();
    for id in ["1", "2", "3"] {
        set.publish(id, &[("crm", High)]).await;
    }
    let mut lanes = set.lanes(3).await;
    let (one, two) = (lanes.next().await.unwrap(), lanes.next().await.unwrap());
    assert_eq!((id(&one), id(&two)), ("1", "2"));
    drop(one);
    // Back at its place, before the third.
    assert_eq!(id(&lanes.next().await.unwrap()), "1");
    two.ack().await.unwrap();
}

#[tokio::test]
async fn no_more_than_the_prefetch_of_a_lane_is_held() {
    let set = set();
    for id in ["1", "2"] {
        set.publish(id, &[("crm", High)]).await;
    }
    set.publish("3", &[("crm", Low)]).await;
    let mut lanes = set.lanes(1).await;
    let (one, three) = (lanes.next().await.unwrap(), lanes.next().await.unwrap());
    assert_eq!((id(&one), id(&three)), ("1", "3"));
    assert_none_comes(lanes.as_mut()).await;
    one.ack().await.unwrap();
    assert_eq!(id(&lanes.next().await.unwrap()), "2");
}

#[tokio::test]
async fn two_readers_of_a_desk_never_hold_one_job() {
    let set = set();
    for number in 0..40 {
        set.publish(&number.to_string(), &[("crm", High)]).await;
    }
    let (mut one, mut other) = (set.lanes(40).await, set.lanes(40).await);
    let mut seen = Vec::new();
    for _ in 0..20 {
        let (left, right) = tokio::join!(one.next(), other.next());
        for lease in [left.unwrap(), right.unwrap()] {
            seen.push(id(&lease).to_owned());
            lease.ack().await.unwrap();
        }
    }
    seen.sort_unstable_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(seen, (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_none_comes(one.as_mut()).await;
}

#[tokio::test]
async fn a_waiting_reader_is_woken_by_a_new_job() {
    let set = set();
    let mut lanes = set.lanes(1).await;
    let mut next = lanes.next();
    assert!(tokio::time::timeout(PATIENCE, &mut next).await.is_err());
    set.publish("1", &[("crm", Critical)]).await;
    assert_eq!(id(&next.await.unwrap()), "1");
}

#[tokio::test]
async fn a_publish_that_nobody_waits_for_still_wakes_the_lanes() {
    let set = set();
    let mut lanes = set.lanes(1).await;
    let mut next = lanes.next();
    assert!(tokio::time::timeout(PATIENCE, &mut next).await.is_err());
    assert!(set.publish("1", &[("crm", High)]).now_or_never().is_none());
    assert_eq!(id(&next.await.unwrap()), "1");
}

#[tokio::test]
async fn a_postponed_job_never_comes_before_its_time() {
    let set = set();
    set.publish("1", &[("crm", High)]).await;
    let mut lanes = set.lanes(2).await;
    let later = Duration::from_hours(1);
    lanes.next().await.unwrap().retry_after(later).await.unwrap();
    set.publish("2", &[("crm", High)]).await;
    let two = lanes.next().await.unwrap();
    assert_eq!(id(&two), "2");
    set.clock.advance(Duration::from_mins(59));
    assert_none_comes(lanes.as_mut()).await;
    set.clock.advance(Duration::from_mins(1));
    assert_eq!(id(&lanes.next().await.unwrap()), "1");
}

#[tokio::test]
async fn a_clock_that_is_set_back_hides_no_fresh_job() {
    let set = set();
    set.clock.advance(Duration::from_hours(10));
    set.publish("1", &[("crm", High)]).await;
    set.broker.close().await;
    let clock = ManualClock::starting_at("2026-10-18T12:00:00Z".parse().unwrap());
    let bounds = JournalBounds::default();
    let broker = Embedded::open(set.directory.path(), Arc::new(clock.clone()), bounds).unwrap();
    let set = Set { clock, broker, ..set };
    assert_eq!(id(&set.lanes(1).await.next().await.unwrap()), "1");
}

#[tokio::test]
async fn a_job_put_off_by_the_machines_clock_comes_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock);
    let bounds = JournalBounds::default();
    let broker = Embedded::open(directory.path(), clock.clone(), bounds).unwrap();
    broker.publish(&envelope("1", clock.now(), &[("crm", High)])).await.unwrap();
    let prefetch = NonZeroU16::new(1).unwrap();
    let mut lanes = broker.lanes(&"crm".parse().unwrap(), prefetch).await.unwrap();
    let wait = Duration::from_millis(30);
    let due = clock.now() + wait;
    lanes.next().await.unwrap().retry_after(wait).await.unwrap();
    lanes.next().await.unwrap().ack().await.unwrap();
    assert!(clock.now() >= due);
}

#[tokio::test]
async fn what_was_published_survives_a_crash_and_frees_its_leases() {
    let set = set();
    for id in ["1", "2", "3"] {
        set.publish(id, &[("crm", High), ("support", Low)]).await;
    }
    let mut lanes = set.lanes(3).await;
    lanes.next().await.unwrap().ack().await.unwrap();
    let _held = lanes.next().await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in ["broker.db", "broker.db-wal"] {
        std::fs::copy(set.directory.path().join(file), copy.path().join(file)).unwrap();
    }
    let clock = Arc::new(set.clock.clone());
    let broker = Embedded::open(copy.path(), clock, JournalBounds::default()).unwrap();
    let set = Set { directory: copy, clock: set.clock, broker };
    let mut lanes = set.lanes(3).await;
    let (two, three) = (lanes.next().await.unwrap(), lanes.next().await.unwrap());
    assert_eq!((id(&two), id(&three)), ("2", "3"));
    assert_eq!(set.journaled().await, ["1", "2", "3"]);
    assert_eq!(set.count("jobs").await, 5);
}

#[tokio::test]
async fn a_second_process_is_refused_and_told_the_directory() {
    let set = set();
    let open = || Embedded::open(set.directory.path(), Arc::new(SystemClock), set.broker.bounds);
    let error = std::thread::scope(|scope| scope.spawn(open).join().unwrap()).unwrap_err();
    assert!(matches!(error, EmbeddedError::InUse { .. }), "{error}");
    assert!(error.to_string().contains(set.directory.path().to_str().unwrap()), "{error}");
    set.broker.close().await;
    open().unwrap();
}

#[tokio::test]
async fn a_closed_broker_says_that_it_is_not_ready() {
    let set = set();
    assert_eq!(set.broker.readiness(), Readiness::Ready);
    set.broker.close().await;
    assert!(matches!(set.broker.readiness(), Readiness::Unavailable(_)));
    let refused = set.broker.publish(&envelope("1", set.clock.now(), &[])).await;
    assert!(matches!(refused, Err(BrokerError::Unavailable(_))), "{refused:?}");
}
