//! How long what events say is kept.

use std::{collections::BTreeMap, time::Duration};

use deskbell::{
    delivery::State,
    event::Envelope,
    ledger::{Claimed, Expired, Expiring, Ledger, Retention},
};
use jiff::Timestamp;

use super::{
    Bench,
    words::{
        at, bury, claim, complete, doubt, event, grant, intend, key, lease, mark, state, ticket,
    },
};

const DAY: Duration = Duration::from_hours(24);

/// When all that happens here is 90 days ago, and a second more.
fn late() -> Timestamp {
    at(3) + DAY * 90 + Duration::from_secs(1)
}

/// Each of these is kept for 90 days.
fn of(ends: &[&'static str], now: Timestamp) -> Expiring {
    let retention: Retention = ends.iter().map(|end| (*end, DAY * 90)).collect();
    Expiring { retention, now, dry_run: false, after: None }
}

async fn expire(ledger: &dyn Ledger, wanted: &Expiring) -> Expired {
    let (mut expiring, mut expired) = (wanted.clone(), Expired::default());
    loop {
        let part = ledger.expire(&expiring).await.unwrap();
        expired.add(part.expired);
        match part.next {
            Some(_) => expiring.after = part.next,
            None => return expired,
        }
    }
}

fn expired(events: u64, deliveries: &[(&str, u64)]) -> Expired {
    let named = deliveries.iter().map(|(state, count)| ((*state).to_owned(), *count));
    Expired { events, deliveries: named.collect() }
}

/// The event's delivery at `desk` has its ticket at the third second.
async fn ticketed(ledger: &dyn Ledger, envelope: &Envelope, desk: &str) {
    let epoch = lease(ledger, desk).await;
    let key = grant(ledger, envelope, desk, epoch).await.delivery.key;
    let transitions = [vec![intend(1, 2)], complete(1, 3)].concat();
    ledger.advance(&key, transitions).await.unwrap();
}

/// Whether the event still says what was posted.
async fn is_kept(ledger: &dyn Ledger, id: &str) -> bool {
    let (source, id) = ("shop".parse().unwrap(), id.parse().unwrap());
    ledger.event(&source, &id).await.unwrap().unwrap().envelope.event.data.is_object()
}

pub(super) async fn what_an_event_said_goes_when_its_time_is_over_and_its_id_stays(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    let posted = event("1", &["crm"]);
    ticketed(ledger, &posted, "crm").await;
    let forever = of(&[], late() + DAY * 900);
    assert_eq!(expire(ledger, &forever).await, Expired::default());
    let early = of(&["ticketed"], at(3) + DAY * 90);
    assert_eq!(expire(ledger, &early).await, Expired::default());
    assert!(is_kept(ledger, "1").await);
    let gone = expire(ledger, &of(&["ticketed"], late())).await;
    assert_eq!(gone, expired(1, &[("ticketed", 1)]));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert!(!is_kept(ledger, "1").await);
    assert_eq!(
        state(ledger, &key("1", "crm")).await,
        State::Ticketed { at: at(3), ticket: ticket() }
    );
    // The same event makes no second ticket.
    let epoch = lease(ledger, "crm").await;
    let again = ledger.claim(claim(&posted, "crm", epoch, 9)).await.unwrap();
    assert!(matches!(again, Claimed::Settled(_)), "{again:?}");
    assert_eq!(expire(ledger, &of(&["ticketed"], late())).await, Expired::default());
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn an_event_goes_only_with_all_of_its_deliveries(bench: impl Bench) {
    let ledger = bench.ledger();
    let posted = event("1", &["crm", "support"]);
    ticketed(ledger, &posted, "crm").await;
    // No worker has taken up the other one.
    assert_eq!(expire(ledger, &of(&["ticketed", "dead"], late())).await, Expired::default());
    let epoch = lease(ledger, "support").await;
    grant(ledger, &posted, "support", epoch).await;
    ledger.advance(&key("1", "support"), bury(1, 3)).await.unwrap();
    assert_eq!(expire(ledger, &of(&["ticketed"], late())).await, Expired::default());
    assert!(is_kept(ledger, "1").await);
    let gone = expire(ledger, &of(&["ticketed", "dead"], late())).await;
    assert_eq!(gone, expired(1, &[("dead", 1), ("ticketed", 1)]));
    assert_eq!(state(ledger, &key("1", "support")).await.name(), "dead");
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn what_is_under_way_is_never_touched(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    for id in ["1", "2"] {
        grant(ledger, &event(id, &["crm"]), "crm", epoch).await;
    }
    ledger.advance(&key("2", "crm"), doubt(1, 2)).await.unwrap();
    ledger.record(&[event("3", &["crm"])], &mark(1)).await.unwrap();
    let all = of(&Retention::ENDS, late());
    assert_eq!(expire(ledger, &all).await, Expired::default());
    for id in ["1", "2", "3"] {
        assert!(is_kept(ledger, id).await, "{id}");
    }
}

pub(super) async fn an_event_that_no_rule_matched_has_a_time_of_its_own(bench: impl Bench) {
    let ledger = bench.ledger();
    ledger.record(&[event("1", &[])], &mark(1)).await.unwrap();
    let states = &Retention::ENDS[..6];
    assert_eq!(expire(ledger, &of(states, late())).await, Expired::default());
    let gone = expire(ledger, &of(&[Retention::UNMATCHED], late())).await;
    assert_eq!((gone, is_kept(ledger, "1").await), (expired(1, &[]), false));
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn what_retention_would_do_is_told_and_it_goes_on_after_a_crash(
    bench: impl Bench,
) {
    for id in 0..25 {
        ticketed(bench.ledger(), &event(&id.to_string(), &["crm"]), "crm").await;
    }
    let wanted = of(&["ticketed"], late());
    let dry = Expiring { dry_run: true, ..wanted.clone() };
    assert_eq!(expire(bench.ledger(), &dry).await, expired(25, &[("ticketed", 25)]));
    assert!(is_kept(bench.ledger(), "0").await);
    let part = bench.ledger().expire(&wanted).await.unwrap();
    assert!(part.next.is_some() && (1..25).contains(&part.expired.events), "{part:?}");
    let bench = bench.crash().await;
    let rest = expire(bench.ledger(), &wanted).await;
    assert_eq!(part.expired.events + rest.events, 25);
    assert_eq!(
        expire(bench.ledger(), &dry).await,
        Expired { events: 0, deliveries: BTreeMap::new() }
    );
}
