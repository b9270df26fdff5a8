//! What the broker gave up or lost.

use std::time::Duration;

use deskbell::{
    delivery::{InvalidTransition, Reason, Transition::Replay},
    event::{DeskName, Envelope, JournalGap},
    ledger::{Gap, Ledger, LedgerError, Missing, Whereabouts},
    ticket::Priority::{High, Low},
};

use super::{
    Bench,
    words::{
        DEADLINE, at, by, complete, event, give_up, grant, granted, intend, key, lease, mark,
        postpone, seen,
    },
};

pub(super) async fn what_the_broker_gave_up_is_a_dead_letter_with_its_event(bench: impl Bench) {
    let sent = event("1", &["crm", "support"]);
    let dead = bench.ledger().give_up(give_up(&sent, "crm", 5)).await.unwrap();
    assert_eq!(dead.state.name(), "dead");
    assert_eq!(dead.failure().unwrap().reason, Reason::Poison);
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(ledger.delivery(&dead.key).await.unwrap(), Some(dead.clone()));
    let known = ledger.event(&sent.event.source, &sent.event.id).await.unwrap().unwrap();
    assert_eq!(known.envelope, seen(sent.clone()));
    assert!(ledger.books().await.unwrap().balanced);
    ledger.operate(&dead.key, Replay { at: at(6) }, &by(6)).await.unwrap();
    assert_eq!(ledger.requeues(9).await.unwrap()[0].envelope, sent);
}

pub(super) async fn what_is_settled_or_in_work_is_not_given_up(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, delivery) = granted(ledger).await;
    let sent = event("1", &["crm"]);
    let held = ledger.give_up(give_up(&sent, "crm", 5)).await.unwrap_err();
    let until = at(1 + DEADLINE);
    assert!(
        matches!(held, LedgerError::NotAllowed(InvalidTransition::Held { until: it }) if it == until),
        "{held}"
    );
    ledger.advance(&delivery.key, complete(1, 6)).await.unwrap();
    let settled = ledger.give_up(give_up(&sent, "crm", 7)).await.unwrap();
    assert_eq!(settled.state.name(), "ticketed");

    // The worker died while the desk was being asked.
    let epoch = lease(ledger, "crm").await;
    let other = event("2", &["crm"]);
    grant(ledger, &other, "crm", epoch).await;
    ledger.advance(&key("2", "crm"), vec![intend(1, 2)]).await.unwrap();
    let doubt = ledger.give_up(give_up(&other, "crm", 900)).await.unwrap();
    assert_eq!(doubt.state.name(), "uncertain");
    assert!(doubt.state.is_settled());
}

/// The ids of what is overdue at `crm`, in pages of two.
async fn overdue(ledger: &dyn Ledger, by: u64) -> Vec<String> {
    let (crm, mut after, mut ids) = ("crm".parse().unwrap(), 0, Vec::new());
    loop {
        let page = ledger.overdue(&crm, High, at(by), after, 2).await.unwrap();
        let Some(last) = page.last() else { return ids };
        after = last.place;
        ids.extend(page.iter().map(|it| it.envelope.event.id.to_string()));
    }
}

pub(super) async fn what_no_worker_took_in_time_is_overdue(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let accepted = |id: &str, seconds| Envelope { received_at: at(seconds), ..event(id, &["crm"]) };
    let events = ["1", "2", "3", "4"].map(|id| accepted(id, 1));
    ledger.record(&events, &mark(4)).await.unwrap();
    ledger.record(&[accepted("late", 50)], &mark(5)).await.unwrap();
    assert_eq!(overdue(ledger, 0).await, [""; 0]);
    assert_eq!(overdue(ledger, 49).await, ["1", "2", "3", "4"]);
    let crm = "crm".parse().unwrap();
    assert_eq!(ledger.overdue(&crm, Low, at(49), 0, 9).await.unwrap(), []);
    for (envelope, transitions) in
        events.iter().zip([complete(1, 2), postpone(1, 2, 60), vec![intend(1, 2)]])
    {
        let delivery = grant(ledger, envelope, "crm", epoch).await.delivery;
        ledger.advance(&delivery.key, transitions).await.unwrap();
    }
    // A retry is due at its time, and an attempt when its worker is taken for dead.
    assert_eq!(overdue(ledger, 61).await, ["4", "late"]);
    assert_eq!(overdue(ledger, 62).await, ["2", "3", "4", "late"]);
}

pub(super) async fn what_was_accepted_before_the_ledger_knew_the_desk_is_left_alone(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    let crm = "crm".parse().unwrap();
    ledger.record(&[event("old", &["crm"])], &mark(1)).await.unwrap();
    assert_eq!(overdue(ledger, 99).await, [""; 0]);
    ledger.lease_desk(&crm, "worker", at(10), Duration::from_secs(9)).await.unwrap();
    let new = Envelope { received_at: at(10), ..event("new", &["crm"]) };
    ledger.record(&[new], &mark(2)).await.unwrap();
    ledger.lease_desk(&crm, "worker", at(15), Duration::from_secs(9)).await.unwrap();
    assert_eq!(overdue(ledger, 99).await, ["new"]);
}

pub(super) async fn what_is_missing_is_named_until_a_worker_takes_it_up(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let events = ["1", "2"].map(|id| event(id, &["crm"]));
    ledger.record(&events, &mark(2)).await.unwrap();
    let crm: DeskName = "crm".parse().unwrap();
    let overdue = ledger.overdue(&crm, High, at(99), 0, 9).await.unwrap();
    let places: Vec<i64> = overdue.iter().map(|overdue| overdue.place).collect();
    ledger.note_whereabouts(&crm, &places[..1], Whereabouts::Nowhere, at(50)).await.unwrap();
    // Since when stays, however often it is found.
    ledger.note_whereabouts(&crm, &places[..1], Whereabouts::Nowhere, at(65)).await.unwrap();
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let books = ledger.books().await.unwrap();
    let mut named = Missing {
        source: "shop".to_owned(),
        id: "1".to_owned(),
        event_type: "payment.failed".to_owned(),
        desk: "crm".to_owned(),
        found_at: Some(at(50)),
        put_back_at: None,
    };
    assert_eq!((books.missing, books.nowhere), (1, 1));
    assert_eq!(books.missing_deliveries, [named.clone()]);
    assert!(books.balanced && !books.are_whole());

    ledger.note_whereabouts(&crm, &places[..1], Whereabouts::PutBack, at(70)).await.unwrap();
    named.put_back_at = Some(at(70));
    let books = ledger.books().await.unwrap();
    assert_eq!((books.missing, books.nowhere), (1, 0));
    assert_eq!(books.missing_deliveries, [named.clone()]);
    assert!(books.are_whole(), "it waits in its lane");

    // Gone again, and back again.
    ledger.note_whereabouts(&crm, &places[..1], Whereabouts::Nowhere, at(80)).await.unwrap();
    assert_eq!(ledger.books().await.unwrap().nowhere, 1);
    ledger.note_whereabouts(&crm, &places[..1], Whereabouts::PutBack, at(81)).await.unwrap();
    grant(ledger, &events[0], "crm", epoch).await;
    let books = ledger.books().await.unwrap();
    assert_eq!((books.missing, books.missing_deliveries), (0, vec![]));
    assert_eq!(books.made_good.len(), 1);
    assert_eq!(
        (books.made_good[0].found_at, books.made_good[0].put_back_at),
        (Some(at(80)), Some(at(81)))
    );
}

pub(super) async fn what_the_journal_lost_is_told_once_until_it_is_forgotten(bench: impl Bench) {
    let ledger = bench.ledger();
    for _ in 0..2 {
        ledger.note_gap(&mark(7), JournalGap::Overtaken(12), at(20)).await.unwrap();
    }
    ledger.note_gap(&mark(30), JournalGap::Replaced, at(40)).await.unwrap();
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let books = ledger.books().await.unwrap();
    let gaps =
        [Gap { found_at: at(40), entries: None }, Gap { found_at: at(20), entries: Some(12) }];
    assert_eq!(books.gaps, gaps);
    assert!(books.balanced && !books.are_whole());
    ledger.forget_gaps(&by(20)).await.unwrap();
    assert_eq!(ledger.books().await.unwrap().gaps, gaps[..1]);
    ledger.forget_gaps(&by(40)).await.unwrap();
    assert!(ledger.books().await.unwrap().are_whole());
}
