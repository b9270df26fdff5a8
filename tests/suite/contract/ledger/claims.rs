//! Claims and what is written under them.

use deskbell::{
    delivery::InvalidTransition,
    ledger::{Claimed, LedgerError, Page, Search},
};
use futures_util::future::join_all;
use serde_json::json;

use super::{
    Bench,
    words::{
        DEADLINE, at, bury, claim, complete, doubt, event, grant, grant_at, granted, intend, key,
        lease, mark, postpone, saying, seen,
    },
};

pub(super) async fn two_workers_never_hold_one_claim(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let event = event("1", &["crm"]);
    let answers = join_all((0..20).map(|_| ledger.claim(claim(&event, "crm", epoch, 1)))).await;
    let granted = answers.iter().filter(|answer| matches!(answer, Ok(Claimed::Granted(_))));
    assert_eq!(granted.count(), 1);
    let held = Claimed::NotBefore(at(1 + DEADLINE));
    let refused = answers.iter().filter(|answer| answer.as_ref().is_ok_and(|it| *it == held));
    assert_eq!(refused.count(), 19);
}

pub(super) async fn a_worker_past_its_deadline_is_taken_for_dead(bench: impl Bench) {
    let (epoch, first) = granted(bench.ledger()).await;
    let again = grant_at(bench.ledger(), &event("1", &["crm"]), "crm", epoch, 1 + DEADLINE).await;
    assert_eq!((first.claims, again.delivery.claims), (1, 2));
    assert_eq!(again.delivery.attempts, 1);
    let attempts = bench.ledger().attempts(&first.key).await.unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].outcome.as_str(), "crashed");
}

pub(super) async fn a_late_writer_is_refused_and_changes_nothing(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, late) = granted(ledger).await;
    grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 1 + DEADLINE).await;
    let before = ledger.delivery(&late.key).await.unwrap();
    for writing in [complete(1, 70), postpone(1, 70, 5), bury(1, 70), doubt(1, 70)] {
        let refused = ledger.advance(&late.key, writing).await;
        let Err(LedgerError::NotAllowed(reason)) = refused else { panic!("{refused:?}") };
        assert_eq!(reason, InvalidTransition::ClaimOver { held: 1, current: 2 });
    }
    assert_eq!(ledger.delivery(&late.key).await.unwrap(), before);
    assert_eq!(ledger.attempts(&late.key).await.unwrap().len(), 1);
}

pub(super) async fn an_old_epoch_is_refused_and_changes_nothing(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    ledger.release_desk(&"crm".parse().unwrap(), "worker").await.unwrap();
    let event = event("1", &["crm"]);
    for _ in 0..2 {
        let refused = ledger.claim(claim(&event, "crm", epoch, 1)).await;
        assert!(matches!(refused, Err(LedgerError::LeaseOver { .. })), "{refused:?}");
        assert_ne!(lease(ledger, "crm").await, epoch);
    }
    let never = ledger.claim(claim(&event, "support", 1, 1)).await;
    assert!(matches!(never, Err(LedgerError::LeaseOver { .. })), "{never:?}");
    assert_eq!(ledger.delivery(&key("1", "crm")).await.unwrap(), None);
    let page = Page { after: None, most: 9 };
    assert_eq!(ledger.search_events(&Search::default(), &page).await.unwrap().items, []);
}

pub(super) async fn transitions_are_written_all_or_none(bench: impl Bench) {
    let (_, delivery) = granted(bench.ledger()).await;
    let mut transitions = vec![intend(1, 2)];
    transitions.extend(postpone(1, 2, 5));
    transitions.extend(complete(1, 2));
    bench.ledger().advance(&delivery.key, transitions).await.unwrap_err();
    assert_eq!(bench.ledger().delivery(&delivery.key).await.unwrap(), Some(delivery.clone()));
    assert_eq!(bench.ledger().attempts(&delivery.key).await.unwrap(), []);
}

pub(super) async fn a_delivered_ticket_is_never_claimed_again(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    let done = ledger.advance(&delivery.key, complete(1, 2)).await.unwrap();
    assert_eq!(done.state.name(), "ticketed");
    for seconds in [3, 1_000_000] {
        let answer = ledger.claim(claim(&event("1", &["crm"]), "crm", epoch, seconds)).await;
        assert_eq!(answer.unwrap(), Claimed::Settled(Box::new(done.clone())));
    }
}

pub(super) async fn a_postponed_delivery_is_not_claimed_before_its_time(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, postpone(1, 2, 30)).await.unwrap();
    let event = event("1", &["crm"]);
    let early = ledger.claim(claim(&event, "crm", epoch, 31)).await.unwrap();
    assert_eq!(early, Claimed::NotBefore(at(32)));
    assert_eq!(grant_at(ledger, &event, "crm", epoch, 32).await.delivery.attempts, 1);
}

pub(super) async fn the_first_body_stands_and_each_other_post_is_counted_once(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let first = event("1", &["crm"]);
    let other = saying("1", &["crm"], json!({"orderId": "B-2"}));
    let again = saying("1", &["crm"], json!({"orderId": "B-2"}));
    ledger.record(std::slice::from_ref(&first), &mark(1)).await.unwrap();
    // The journal and the lane bring the same post.
    ledger.record(std::slice::from_ref(&other), &mark(2)).await.unwrap();
    assert_eq!(grant(ledger, &other, "crm", epoch).await.envelope, first);
    ledger.record(std::slice::from_ref(&again), &mark(3)).await.unwrap();
    let record = ledger.event(&first.event.source, &first.event.id).await.unwrap().unwrap();
    assert_eq!((record.envelope, record.conflicts), (seen(first), 2));
    let books = ledger.books().await.unwrap();
    assert_eq!((books.events, books.conflicts), (1, 2));
}

pub(super) async fn a_retry_of_the_sender_is_no_conflict(bench: impl Bench) {
    let ledger = bench.ledger();
    let mut retry = event("1", &["crm"]);
    ledger.record(&[retry.clone()], &mark(1)).await.unwrap();
    retry.request_id = event("1", &[]).request_id;
    retry.received_at = at(500);
    retry.event.attributes.time = Some("2026-10-18T12:00:00Z".to_owned());
    ledger.record(&[retry.clone()], &mark(2)).await.unwrap();
    let record = ledger.event(&retry.event.source, &retry.event.id).await.unwrap().unwrap();
    assert_eq!((record.envelope.received_at, record.conflicts), (at(0), 0));
}

pub(super) async fn a_route_that_comes_later_is_another_delivery(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, first) = granted(ledger).await;
    let epoch = lease(ledger, "support").await;
    let both = event("1", &["crm", "support"]);
    let second = grant(ledger, &both, "support", epoch).await.delivery;
    assert_ne!(first.key, second.key);
    let source = &both.event.source;
    let deliveries = ledger.deliveries_of(source, &both.event.id).await.unwrap();
    assert_eq!(deliveries, [first, second]);
    let record = ledger.event(source, &both.event.id).await.unwrap().unwrap();
    assert_eq!(record.envelope.routes, both.routes);
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn what_was_answered_survives_a_crash(bench: impl Bench) {
    let (epoch, delivery) = granted(bench.ledger()).await;
    let intended = bench.ledger().advance(&delivery.key, vec![intend(1, 2)]).await.unwrap();
    let bench = bench.crash().await;
    assert_eq!(bench.ledger().delivery(&delivery.key).await.unwrap(), Some(intended));
    let event = event("1", &["crm"]);
    let again = grant_at(bench.ledger(), &event, "crm", epoch, 2 + DEADLINE).await.delivery;
    assert!(again.doubtful_step().is_some());
    bench.ledger().advance(&again.key, complete(2, 80)).await.unwrap();
    let bench = bench.crash().await;
    let outcomes = bench.ledger().attempts(&again.key).await.unwrap();
    let outcomes: Vec<_> = outcomes.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["crashed", "ticketed"]);
    let answer = bench.ledger().claim(claim(&event, "crm", epoch, 90)).await.unwrap();
    assert!(matches!(answer, Claimed::Settled(_)), "{answer:?}");
}
