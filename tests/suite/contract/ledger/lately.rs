//! What was done lately, and what waits longest.

use std::time::Duration;

use deskbell::{
    event::Envelope,
    ledger::{DeskLately, Flow, Lately, Ledger, OldestWaiting, PACED_OVER, Pace},
};

use super::{
    Bench,
    words::{at, bury, complete, event, grant, grant_at, lease, mark, postpone},
};

fn received(id: &str, desks: &[&str], seconds: u64) -> Envelope {
    Envelope { received_at: at(seconds), ..event(id, desks) }
}

fn flow(last_minute: u64, last_hour: u64) -> Flow {
    Flow { last_minute, last_hour, exact: true }
}

fn of_desk<'a>(lately: &'a Lately, desk: &str) -> &'a DeskLately {
    lately.desks.iter().find(|it| it.desk.as_str() == desk).unwrap()
}

/// What is known of `crm` at this second: what came in, what was done, since when it is behind, and when
/// the last of what was put off comes.
async fn crm(ledger: &dyn Ledger, seconds: u64) -> (u64, u64, Option<u64>, Option<u64>) {
    let lately = ledger.lately(at(seconds)).await.unwrap();
    let desk = of_desk(&lately, "crm");
    let count = |pace: Pace| {
        assert_eq!(pace.over, PACED_OVER);
        pace.count
    };
    let second = |time: jiff::Timestamp| u64::try_from((time - at(0)).get_seconds()).unwrap();
    let (behind, due) = (desk.behind_since.map(second), desk.last_due.map(second));
    (count(desk.arrived), count(desk.settled), behind, due)
}

pub(super) async fn what_was_done_lately_is_counted_and_timed(bench: impl Bench) {
    let ledger = bench.ledger();
    let nothing = ledger.lately(at(0)).await.unwrap();
    assert_eq!((nothing.received, nothing.ticketed), (flow(0, 0), flow(0, 0)));
    assert_eq!((nothing.times, nothing.oldest, nothing.desks), (None, None, vec![]));
    let epoch = lease(ledger, "crm").await;
    let events = [("1", 0), ("2", 10), ("3", 100)].map(|(id, from)| received(id, &["crm"], from));
    ledger.record(&events, &mark(3)).await.unwrap();
    for (envelope, seconds) in events.iter().zip([20, 40, 104]) {
        let granted = grant_at(ledger, envelope, "crm", epoch, seconds - 1).await;
        ledger.advance(&granted.delivery.key, complete(1, seconds)).await.unwrap();
    }
    let lately = ledger.lately(at(110)).await.unwrap();
    assert_eq!((lately.received, lately.ticketed), (flow(1, 3), flow(1, 3)));
    let times = lately.times.unwrap();
    assert_eq!((times.tickets, times.since), (3, at(20)));
    assert_eq!([times.p50, times.p95, times.p99].map(|it| it.as_secs()), [20, 30, 30]);
    let later = ledger.lately(at(3650)).await.unwrap();
    assert_eq!((later.received, later.ticketed), (flow(0, 1), flow(0, 1)));
    assert_eq!(later.times.unwrap().p50, Duration::from_secs(4));
    assert_eq!(ledger.lately(at(9000)).await.unwrap().times, None);
}

pub(super) async fn the_pace_of_each_desk_is_what_came_in_and_what_ended(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let events = ["1", "2", "3"].map(|id| event(id, &["crm", "support"]));
    ledger.record(&events, &mark(3)).await.unwrap();
    for (envelope, ended) in events.iter().zip([complete(1, 9), bury(1, 9), postpone(1, 9, 900)]) {
        let delivery = grant(ledger, envelope, "crm", epoch).await.delivery;
        ledger.advance(&delivery.key, ended).await.unwrap();
    }
    let lately = ledger.lately(at(60)).await.unwrap();
    let counts =
        |desk| (of_desk(&lately, desk).arrived.count, of_desk(&lately, desk).settled.count);
    assert_eq!((counts("crm"), counts("support")), ((3, 2), (3, 0)));
    assert_eq!(crm(ledger, 400).await, (0, 0, None, Some(909)));
}

pub(super) async fn what_waits_longest_is_named_and_since_when_its_desk_is_behind(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let events = [received("1", &["crm"], 5), received("2", &["crm"], 7)];
    ledger.record(&events, &mark(2)).await.unwrap();
    let oldest = async |seconds| {
        let oldest = ledger.lately(at(seconds)).await.unwrap().oldest;
        oldest.map(|OldestWaiting { event, since, .. }| (event.to_string(), since))
    };
    assert_eq!(crm(ledger, 8).await, (2, 0, Some(5), None));
    assert_eq!(oldest(8).await, Some(("1".to_owned(), at(5))));
    let delivery = grant_at(ledger, &events[0], "crm", epoch, 8).await.delivery;
    ledger.advance(&delivery.key, postpone(1, 9, 11)).await.unwrap();
    // It is still the oldest, and the desk could not do anything about it.
    assert_eq!(oldest(9).await, Some(("1".to_owned(), at(5))));
    assert_eq!(crm(ledger, 9).await, (2, 0, Some(7), Some(20)));
    let delivery = grant_at(ledger, &events[1], "crm", epoch, 10).await.delivery;
    ledger.advance(&delivery.key, complete(1, 12)).await.unwrap();
    assert_eq!(crm(ledger, 12).await, (2, 1, None, Some(20)));
    assert_eq!(crm(ledger, 30).await, (2, 1, Some(20), None));
    let delivery = grant_at(ledger, &events[0], "crm", epoch, 31).await.delivery;
    ledger.advance(&delivery.key, complete(2, 32)).await.unwrap();
    assert_eq!((oldest(33).await, crm(ledger, 33).await), (None, (2, 2, None, None)));
}
