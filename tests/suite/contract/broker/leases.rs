//! How jobs are held, settled, put off and put back.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use deskbell::{
    broker::{Broker, IdleLane, Job, Lanes},
    clock::{Clock, SystemClock},
    ticket::Priority::{Critical, High, Low},
};
use futures_util::{FutureExt, future::join_all};

use super::{Bench, CRM, SUPPORT, envelope, id, job, journal_ids_until, open, take};

pub(super) async fn a_dropped_lease_comes_back(bench: &mut impl Bench) {
    let broker = bench.broker();
    broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
    let mut lanes = open(&*broker, CRM, 1).await;
    drop(lanes.next().await.unwrap());
    assert_eq!(id(&lanes.next().await.unwrap()), "1");
}

pub(super) async fn an_unsettled_job_comes_back_after_a_crash(bench: &mut impl Bench) {
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

pub(super) async fn an_acked_job_never_comes_back(bench: &mut impl Bench) {
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

pub(super) async fn a_postponed_job_comes_back_but_not_before_its_time(bench: &mut impl Bench) {
    let broker = bench.broker();
    let mut lanes = open(&*broker, CRM, 1).await;
    for wait in [0, 300, 1000, 1500, 2300].map(Duration::from_millis) {
        let sent = envelope("1", &[(CRM, High)]);
        broker.publish(&sent).await.unwrap();
        let at = SystemClock.now() + wait;
        lanes.next().await.unwrap().retry_after(wait).await.unwrap();
        let lease = lanes.next().await.unwrap();
        assert!(SystemClock.now() >= at);
        assert_eq!(lease.job(), &job(&sent, CRM, High));
        lease.ack().await.unwrap();
    }
}

pub(super) async fn a_postponed_job_comes_back_to_its_own_lane_alone(bench: &mut impl Bench) {
    let broker = bench.broker();
    let sent = envelope("1", &[(CRM, High), (SUPPORT, High)]);
    broker.publish(&sent).await.unwrap();
    let mut crm = open(&*broker, CRM, 1).await;
    let mut support = open(&*broker, SUPPORT, 1).await;
    crm.next().await.unwrap().retry_after(A_SECOND).await.unwrap();
    let lease = crm.next().await.unwrap();
    assert_eq!(lease.job(), &job(&sent, CRM, High));
    lease.ack().await.unwrap();
    expect_only(&*broker, &mut *support, &["1"]).await;
}

pub(super) async fn a_postponed_job_survives_a_crash(bench: &mut impl Bench) {
    let broker = bench.broker();
    broker.publish(&envelope("1", &[(CRM, High)])).await.unwrap();
    let lease = open(&*broker, CRM, 1).await.next().await.unwrap();
    lease.retry_after(A_SECOND).await.unwrap();
    bench.begin_anew().await;
    assert_eq!(id(&open(&*bench.broker(), CRM, 1).await.next().await.unwrap()), "1");
}

pub(super) async fn a_postponed_job_keeps_nobody_waiting(bench: &mut impl Bench) {
    let broker = bench.broker();
    let mut lanes = open(&*broker, CRM, 1).await;
    broker.publish(&envelope("late", &[(CRM, High)])).await.unwrap();
    let later = Duration::from_hours(1);
    lanes.next().await.unwrap().retry_after(later).await.unwrap();
    broker.publish(&envelope("soon", &[(CRM, High)])).await.unwrap();
    assert_eq!(id(&lanes.next().await.unwrap()), "soon");
}

pub(super) async fn urgent_jobs_come_first_and_low_ones_never_starve(bench: &mut impl Bench) {
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

pub(super) async fn a_requeued_job_reaches_its_own_lane_alone(bench: &mut impl Bench) {
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

pub(super) async fn a_requeued_job_may_have_another_rule_and_lane(bench: &mut impl Bench) {
    let broker = bench.broker();
    let edited =
        Job { rule: "another".parse().unwrap(), ..job(&envelope("1", &[(CRM, High)]), CRM, Low) };
    broker.requeue(&edited).await.unwrap();
    let mut lanes = open(&*broker, CRM, 1).await;
    let lease = lanes.next().await.unwrap();
    assert_eq!(lease.job(), &edited);
    lease.retry_after(A_SECOND).await.unwrap();
    assert_eq!(lanes.next().await.unwrap().job(), &edited);
}

pub(super) async fn prefetch_bounds_what_is_held(bench: &mut impl Bench) {
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

pub(super) async fn a_lane_is_idle_when_no_job_waits_in_it(bench: &mut impl Bench) {
    let broker = bench.broker();
    for id in ["1", "2"] {
        broker.publish(&envelope(id, &[(CRM, High)])).await.unwrap();
    }
    let mut lanes = open(&*broker, CRM, 1).await;
    for left in ["2", ""] {
        let lease = lanes.next().await.unwrap();
        assert!(left.is_empty() || waits(&mut *lanes, left).await);
        lease.ack().await.unwrap();
    }
    let idle = lanes.idle().await.unwrap();
    let is_empty = |lane| idle.contains(&IdleLane { lane, sent_ahead: HashSet::new() });
    assert!(is_empty(High) && is_empty(Low), "{idle:?}");
    // One that was sent ahead is told, and the look at it loses nothing.
    broker.publish(&envelope("3", &[(CRM, High)])).await.unwrap();
    assert!(waits(&mut *lanes, "3").await);
    assert_eq!(id(&lanes.next().await.unwrap()), "3");
}

/// Whether a job waits in the lane, with the broker or with the reader.
async fn waits(lanes: &mut dyn Lanes, id: &str) -> bool {
    let name = ("shop".parse().unwrap(), id.parse().unwrap());
    let idle = lanes.idle().await.unwrap();
    idle.iter().find(|it| it.lane == High).is_none_or(|it| it.sent_ahead.contains(&name))
}

pub(super) async fn a_cancelled_wait_loses_nothing(bench: &mut impl Bench) {
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

const A_SECOND: Duration = Duration::from_secs(1);
