//! What every broker promises, one function for each promise.

use std::{collections::BTreeSet, num::NonZeroU16, sync::Arc, time::Duration};

use deskbell::{
    broker::{Broker, Job, Journal, JournalEntry, Lanes, Lease, Readiness},
    clock::{Clock, SystemClock},
    event::{Envelope, Event, RequestId, Route},
    ticket::Priority::{self, Critical, High, Low, Medium, Urgent},
};
use futures_util::{FutureExt, future::join_all};

use crate::support::rabbit::{Process, desks, shared_url};

/// A broker under test, with lanes for `crm` and `support`.
pub(crate) trait Bench: Sized {
    /// An empty broker that is ready.
    async fn fresh() -> Self;

    /// The broker, as it is now.
    fn broker(&self) -> Arc<dyn Broker>;

    /// Ends the process that uses the broker, whatever it holds, and begins another one over the
    /// same data. Returns when that is ready.
    async fn begin_anew(&mut self);

    /// Removes what the test has left behind.
    async fn clean_up(self);
}

impl Bench for Process {
    async fn fresh() -> Self {
        Self::start(&shared_url()).ready().await
    }

    fn broker(&self) -> Arc<dyn Broker> {
        Arc::clone(&self.broker) as Arc<dyn Broker>
    }

    async fn begin_anew(&mut self) {
        self.end().await;
        let anew = Self::start_in(&shared_url(), self.namespace(), Arc::new(SystemClock));
        *self = anew.ready().await;
    }

    async fn clean_up(self) {
        Process::clean_up(self).await;
    }
}

/// How long a test may hang before it counts as failed.
const PATIENCE: Duration = Duration::from_mins(2);

macro_rules! broker_contract {
    ($implementation:ident, $bench:ty) => {
        broker_contract! { $implementation, $bench:
            a_fresh_broker_is_ready
            an_event_reaches_every_route_and_the_journal
            an_event_without_routes_is_journalled
            a_publish_that_is_given_up_is_whole_or_absent
            numbers_and_extension_attributes_survive
            a_dropped_lease_comes_back
            an_unsettled_job_comes_back_after_a_crash
            an_acked_job_never_comes_back
            a_postponed_job_comes_back_but_not_before_its_time
            a_postponed_job_comes_back_to_its_own_lane_alone
            a_postponed_job_survives_a_crash
            a_postponed_job_keeps_nobody_waiting
            urgent_jobs_come_first_and_low_ones_never_starve
            a_requeued_job_reaches_its_own_lane_alone
            a_requeued_job_may_have_another_rule_and_lane
            prefetch_bounds_what_is_held
            a_cancelled_wait_loses_nothing
            the_journal_resumes_behind_a_number
            the_journal_gives_no_more_than_asked_for
        }
    };
    ($implementation:ident, $bench:ty: $($promise:ident)+) => {
        mod $implementation {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    let mut bench = <$bench as Bench>::fresh().await;
                    let test = super::$promise(&mut bench);
                    tokio::time::timeout(PATIENCE, test).await.expect("the test hangs");
                    bench.clean_up().await;
                }
            )+
        }
    };
}

broker_contract!(embedded, crate::contract::embedded::OneProcess);
broker_contract!(rabbitmq, Process);

async fn a_fresh_broker_is_ready(bench: &mut impl Bench) {
    assert_eq!(bench.broker().readiness(), Readiness::Ready);
}

async fn an_event_reaches_every_route_and_the_journal(bench: &mut impl Bench) {
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

async fn an_event_without_routes_is_journalled(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[]);
    broker.publish(&sent).await.unwrap();
    assert_eq!(entries(&*broker, 1).await, [sent]);
}

async fn a_publish_that_is_given_up_is_whole_or_absent(bench: &mut impl Bench) {
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

async fn numbers_and_extension_attributes_survive(bench: &mut impl Bench) {
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

async fn a_dropped_lease_comes_back(bench: &mut impl Bench) {
    let broker = bench.broker();
    broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
    let mut lanes = open(&*broker, CRM, 1).await;
    drop(lanes.next().await.unwrap());
    assert_eq!(id(&lanes.next().await.unwrap()), "1");
}

async fn an_unsettled_job_comes_back_after_a_crash(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[(CRM, High)]);
    broker.publish(&sent).await.unwrap();
    let mut lanes = open(&*broker, CRM, 1).await;
    let held = lanes.next().await.unwrap();
    bench.begin_anew().await;
    let again = open(&*bench.broker(), CRM, 1).await.next().await.unwrap();
    assert_eq!(again.job(), &job(&sent, CRM, High));
    drop(held);
}

async fn an_acked_job_never_comes_back(bench: &mut impl Bench) {
    let broker = bench.broker();
    for id in ["1", "2"] {
        broker.publish(&envelope(id, &[(CRM, High)])).await.unwrap();
    }
    let mut lanes = open(&*broker, CRM, 2).await;
    for _ in 0..2 {
        lanes.next().await.unwrap().ack().await.unwrap();
    }
    drop(lanes);
    bench.begin_anew().await;
    let broker = bench.broker();
    broker.publish(&envelope("3", &[(CRM, High)])).await.unwrap();
    assert_eq!(id(&open(&*broker, CRM, 5).await.next().await.unwrap()), "3");
}

async fn a_postponed_job_comes_back_but_not_before_its_time(bench: &mut impl Bench) {
    let broker = bench.broker();
    let mut lanes = open(&*broker, CRM, 1).await;
    for wait in [0, 300, 1000, 1500, 2300].map(Duration::from_millis) {
        let sent = envelope("1", &[(CRM, High)]);
        broker.publish(&sent).await.unwrap();
        let at = SystemClock.now() + wait;
        lanes.next().await.unwrap().retry_at(at).await.unwrap();
        let lease = lanes.next().await.unwrap();
        assert!(SystemClock.now() >= at);
        assert_eq!(lease.job(), &job(&sent, CRM, High));
        lease.ack().await.unwrap();
    }
}

async fn a_postponed_job_comes_back_to_its_own_lane_alone(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[(CRM, High), (SUPPORT, High)]);
    broker.publish(&sent).await.unwrap();
    let mut crm = open(&*broker, CRM, 1).await;
    let mut support = open(&*broker, SUPPORT, 1).await;
    crm.next().await.unwrap().retry_at(in_a_second()).await.unwrap();
    let lease = crm.next().await.unwrap();
    assert_eq!(lease.job(), &job(&sent, CRM, High));
    lease.ack().await.unwrap();
    expect_only(&*broker, &mut *support, &["1"]).await;
}

async fn a_postponed_job_survives_a_crash(bench: &mut impl Bench) {
    let broker = bench.broker();
    broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
    let lease = open(&*broker, CRM, 1).await.next().await.unwrap();
    lease.retry_at(in_a_second()).await.unwrap();
    bench.begin_anew().await;
    assert_eq!(id(&open(&*bench.broker(), CRM, 1).await.next().await.unwrap()), "1");
}

async fn a_postponed_job_keeps_nobody_waiting(bench: &mut impl Bench) {
    let broker = bench.broker();
    let mut lanes = open(&*broker, CRM, 1).await;
    broker.publish(&envelope("late", &[(CRM, High)])).await.unwrap();
    let later = SystemClock.now() + Duration::from_hours(1);
    lanes.next().await.unwrap().retry_at(later).await.unwrap();
    broker.publish(&envelope("soon", &[(CRM, High)])).await.unwrap();
    assert_eq!(id(&lanes.next().await.unwrap()), "soon");
}

async fn urgent_jobs_come_first_and_low_ones_never_starve(bench: &mut impl Bench) {
    let broker = bench.broker();
    let publishes = (0..60).map(|number| {
        let lane = if number % 2 == 0 { Low } else { Critical };
        let sent = envelope(&number.to_string(), &[(CRM, lane)]);
        let broker = &broker;
        async move { broker.publish(&sent).await }
    });
    assert!(join_all(publishes).await.iter().all(Result::is_ok));
    let mut lanes = open(&*broker, CRM, 30).await;
    let mut order = Vec::new();
    for _ in 0..60 {
        let lease = lanes.next().await.unwrap();
        order.push(lease.job().priority);
        lease.ack().await.unwrap();
    }
    let early = order[..30].iter().filter(|&&lane| lane == Critical).count();
    assert!(early >= 20, "{order:?}");
    let first_low = order.iter().position(|&lane| lane == Low);
    let last_critical = order.iter().rposition(|&lane| lane == Critical);
    assert!(first_low < last_critical, "{order:?}");
}

async fn a_requeued_job_reaches_its_own_lane_alone(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[(CRM, High), (SUPPORT, High)]);
    broker.publish(&sent).await.unwrap();
    let mut crm = open(&*broker, CRM, 1).await;
    let mut support = open(&*broker, SUPPORT, 1).await;
    crm.next().await.unwrap().ack().await.unwrap();
    broker.requeue(&job(&sent, CRM, High)).await.unwrap();
    let lease = crm.next().await.unwrap();
    assert_eq!(lease.job(), &job(&sent, CRM, High));
    lease.ack().await.unwrap();
    expect_only(&*broker, &mut *support, &["1"]).await;
}

async fn a_requeued_job_may_have_another_rule_and_lane(bench: &mut impl Bench) {
    let broker = bench.broker();
    let edited =
        Job { rule: "another".parse().unwrap(), ..job(&envelope("1", &[(CRM, High)]), CRM, Low) };
    broker.requeue(&edited).await.unwrap();
    let mut lanes = open(&*broker, CRM, 1).await;
    let lease = lanes.next().await.unwrap();
    assert_eq!(lease.job(), &edited);
    lease.retry_at(in_a_second()).await.unwrap();
    assert_eq!(lanes.next().await.unwrap().job(), &edited);
}

async fn prefetch_bounds_what_is_held(bench: &mut impl Bench) {
    let broker = bench.broker();
    for id in ["1", "2", "3"] {
        broker.publish(&envelope(id, &[(CRM, High)])).await.unwrap();
    }
    let mut first = open(&*broker, CRM, 2).await;
    let held = [first.next().await.unwrap(), first.next().await.unwrap()];
    let mut second = open(&*broker, CRM, 1).await;
    let third = tokio::select! {
        _ = first.next() => panic!("a third job was given out"),
        lease = second.next() => lease.unwrap(),
    };
    assert_eq!(id(&third), "3");
    for lease in held {
        lease.ack().await.unwrap();
    }
}

async fn a_cancelled_wait_loses_nothing(bench: &mut impl Bench) {
    let broker = bench.broker();
    let mut lanes = open(&*broker, CRM, 1).await;
    let mut journal = broker.journal(None).await.unwrap();
    assert!(lanes.next().now_or_never().is_none());
    assert!(journal.next(1).now_or_never().is_none());
    for id in ["1", "2", "3"] {
        broker.publish(&envelope(id, &[(CRM, High)])).await.unwrap();
    }
    let mut given = Vec::new();
    while given.len() < 3 {
        tokio::select! {
            biased;
            lease = lanes.next() => {
                let lease = lease.unwrap();
                given.push(id(&lease));
                lease.ack().await.unwrap();
            }
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(given, ["1", "2", "3"]);
    assert_eq!(take(&mut *journal, 3).await.len(), 3);
}

async fn the_journal_resumes_behind_a_number(bench: &mut impl Bench) {
    let broker = bench.broker();
    // All at once, so that the store has reason to write them together.
    let publishes = (0..20).map(|number| {
        let sent = envelope(&number.to_string(), &[]);
        let broker = &broker;
        async move { broker.publish(&sent).await }
    });
    assert!(join_all(publishes).await.iter().all(Result::is_ok));
    let all = take(&mut *broker.journal(None).await.unwrap(), 20).await;
    assert!(all.is_sorted_by(|one, next| one.number < next.number));
    bench.begin_anew().await;
    let broker = bench.broker();
    for start in [0, 7, 18] {
        let behind = Some(all[start].number);
        let rest = take(&mut *broker.journal(behind).await.unwrap(), 19 - start).await;
        assert_eq!(rest, all[start + 1..]);
    }
    let mut end = broker.journal(Some(all[19].number)).await.unwrap();
    broker.publish(&envelope("next", &[])).await.unwrap();
    assert_eq!(take(&mut *end, 1).await[0].envelope.event.id.as_str(), "next");
}

async fn the_journal_gives_no_more_than_asked_for(bench: &mut impl Bench) {
    let broker = bench.broker();
    for id in ["1", "2", "3"] {
        broker.publish(&envelope(id, &[])).await.unwrap();
    }
    let mut journal = broker.journal(None).await.unwrap();
    assert_eq!(journal.next(1).await.unwrap().len(), 1);
    assert!((1..=2).contains(&journal.next(2).await.unwrap().len()));
}

pub(crate) const CRM: &str = "crm";
pub(crate) const SUPPORT: &str = "support";

/// An event with a route to each of `routes`.
pub(crate) fn envelope(id: &str, routes: &[(&str, Priority)]) -> Envelope {
    typed("payment.failed", id, routes)
}

/// The same, of another type.
pub(crate) fn typed(event_type: &str, id: &str, routes: &[(&str, Priority)]) -> Envelope {
    let body = serde_json::json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": event_type,
        "data": { "orderId": "A-1" },
    });
    let route = |&(desk, priority): &(&str, Priority)| Route {
        desk: desk.parse().unwrap(),
        rule: "any".parse().unwrap(),
        priority,
    };
    Envelope {
        event: Event::from_cloudevents(&"shop".parse().unwrap(), body.to_string().as_bytes())
            .unwrap(),
        routes: routes.iter().map(route).collect(),
        request_id: RequestId::fresh(),
        received_at: SystemClock.now(),
    }
}

fn job(envelope: &Envelope, desk: &str, priority: Priority) -> Job {
    Job {
        envelope: Arc::new(envelope.clone()),
        desk: desk.parse().unwrap(),
        rule: "any".parse().unwrap(),
        priority,
    }
}

/// Opens the lanes of `desk`.
pub(crate) async fn open(broker: &dyn Broker, desk: &str, prefetch: u16) -> Box<dyn Lanes> {
    assert!(desks().iter().any(|known| known.as_str() == desk));
    broker.lanes(&desk.parse().unwrap(), NonZeroU16::new(prefetch).unwrap()).await.unwrap()
}

pub(crate) fn id(lease: &Lease) -> String {
    lease.job().envelope.event.id.to_string()
}

fn in_a_second() -> jiff::Timestamp {
    SystemClock.now() + Duration::from_secs(1)
}

/// Takes `count` entries.
async fn take(journal: &mut dyn Journal, count: usize) -> Vec<JournalEntry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        entries.extend(journal.next(count - entries.len()).await.unwrap());
    }
    entries
}

/// The oldest `count` events of the journal.
async fn entries(broker: &dyn Broker, count: usize) -> Vec<Envelope> {
    let entries = take(&mut *broker.journal(None).await.unwrap(), count).await;
    entries.into_iter().map(|entry| entry.envelope).collect()
}

/// Publishes one more event and holds that before it `lanes` and the journal had these alone.
async fn expect_only(broker: &dyn Broker, lanes: &mut dyn Lanes, ids: &[&str]) {
    broker.publish(&envelope("last", &[(SUPPORT, High)])).await.unwrap();
    for expected in ids.iter().copied().chain(["last"]) {
        let lease = lanes.next().await.unwrap();
        assert_eq!(id(&lease), expected);
        lease.ack().await.unwrap();
    }
    let expected: BTreeSet<_> = ids.iter().copied().chain(["last"]).map(str::to_owned).collect();
    assert_eq!(journal_ids_until(broker, "last").await, expected);
}

/// The ids of the journal's events up to the one called `last`.
async fn journal_ids_until(broker: &dyn Broker, last: &str) -> BTreeSet<String> {
    let mut journal = broker.journal(None).await.unwrap();
    let mut ids = Vec::new();
    while ids.last().is_none_or(|id| id != last) {
        ids.push(take(&mut *journal, 1).await[0].envelope.event.id.to_string());
    }
    let distinct: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(distinct.len(), ids.len(), "an event stands twice in the journal: {ids:?}");
    distinct
}

async fn yield_often(times: u32) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}
