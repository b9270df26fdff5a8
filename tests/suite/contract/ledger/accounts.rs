//! The books.

use deskbell::{
    delivery::{
        SilenceId,
        Transition::{self, Absent, Discard, Exists, Replay},
    },
    event::Route,
    ledger::{Amendment, BookLine, Edited, Ledger, Rerouting},
    ticket::Priority,
};
use proptest::prelude::*;
use serde_json::json;

use super::{
    Bench,
    words::{
        at, bury, by, claim, complete, doubt, event, give_up, grant, intend, key, lease, mark,
        postpone, suppress, ticket,
    },
};

pub(super) async fn the_books_count_what_was_accepted_and_where_it_is(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let names = ["1", "2", "3", "4", "5", "6"];
    let mut events = names.map(|id| event(id, &["crm"])).to_vec();
    events.push(event("7", &[]));
    ledger.record(&events, &mark(7)).await.unwrap();
    for (envelope, transitions) in events[1..].iter().zip([
        vec![intend(1, 2)],
        postpone(1, 2, 9),
        doubt(1, 2),
        complete(1, 2),
        bury(1, 2),
    ]) {
        let delivery = grant(ledger, envelope, "crm", epoch).await.delivery;
        ledger.advance(&delivery.key, transitions).await.unwrap();
    }
    let books = ledger.books().await.unwrap();
    assert_eq!((books.events, books.unmatched, books.conflicts), (7, 1, 0));
    assert_eq!(books.unmatched_of, [("shop".to_owned(), 1)].into());
    let line = BookLine {
        source: "shop".to_owned(),
        desk: "crm".to_owned(),
        accepted: 6,
        queued: 1,
        attempting: 1,
        retrying: 1,
        uncertain: 1,
        ticketed: 1,
        merged: 0,
        resolved: 0,
        suppressed: 0,
        dead: 1,
        discarded: 0,
    };
    assert_eq!(books.lines, [line]);
    assert!(books.balanced);
}

pub(super) async fn the_books_balance_while_the_journal_lags_behind(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let event = event("1", &["crm", "support"]);
    grant(ledger, &event, "crm", epoch).await;
    for _ in 0..2 {
        let books = ledger.books().await.unwrap();
        let lines: Vec<_> =
            books.lines.iter().map(|line| (line.accepted, line.queued, line.attempting)).collect();
        assert_eq!(lines, [(1, 0, 1), (1, 1, 0)]);
        assert!(books.balanced);
        ledger.record(std::slice::from_ref(&event), &mark(1)).await.unwrap();
    }
}

/// Something that may happen to one of a few events at one of two desks.
#[derive(Debug, Clone)]
struct Happening {
    event: usize,
    desk: usize,
    claim: u32,
    act: Act,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Record,
    Claim,
    Intend,
    Complete,
    Postpone,
    Bury,
    Doubt,
    Replay,
    /// It is edited, and goes where today's rules send it: to one desk more.
    Reroute,
    Discard,
    Exists,
    Absent,
    Requeue,
    GiveUp,
    Suppress,
    Release,
}

const EVENTS: [&str; 3] = ["1", "2", "3"];
const DESKS: [&str; 2] = ["crm", "support"];

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    use Act::{
        Absent, Bury, Claim, Complete, Discard, Doubt, Exists, GiveUp, Intend, Postpone, Record,
        Release, Replay, Requeue, Reroute, Suppress,
    };
    let act = prop::sample::select(vec![
        Record, Claim, Claim, Claim, Intend, Complete, Postpone, Bury, Bury, Doubt, Replay,
        Reroute, Discard, Exists, Absent, Requeue, GiveUp, Suppress, Release,
    ]);
    let happening = (0..EVENTS.len(), 0..DESKS.len(), 1..4_u32, act)
        .prop_map(|(event, desk, claim, act)| Happening { event, desk, claim, act });
    prop::collection::vec(happening, 1..60)
}

/// Plays random histories; what is refused may be refused, but the books balance after each step.
pub(super) fn balance_after_any_of_it<B: Bench>() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
    proptest!(config, |(happenings in happenings())| {
        runtime.block_on(async {
            let bench = B::start().await;
            let epochs = [lease(bench.ledger(), "crm").await, lease(bench.ledger(), "support").await];
            for (number, happening) in happenings.iter().enumerate() {
                play(bench.ledger(), happening, &epochs, 10 * number as u64).await;
                let books = bench.ledger().books().await.unwrap();
                assert!(books.balanced, "{books:?} after {happening:?}");
            }
        });
    });
}

async fn play(ledger: &dyn Ledger, happening: &Happening, epochs: &[u64; 2], now: u64) {
    let (id, desk) = (EVENTS[happening.event], DESKS[happening.desk]);
    // Every event is routed to its first desks only; a claim may name another.
    let envelope = event(id, &DESKS[..happening.event.min(DESKS.len())]);
    match happening.act {
        Act::Record => ledger.record(&[envelope], &mark(now)).await.unwrap(),
        Act::Claim => {
            let epoch = epochs[happening.desk];
            ledger.claim(claim(&envelope, desk, epoch, now)).await.map(drop).unwrap();
        }
        Act::GiveUp => drop(ledger.give_up(give_up(&envelope, desk, now)).await),
        Act::Requeue => {
            for requeue in ledger.requeues(1).await.unwrap() {
                ledger.requeued(requeue.number).await.unwrap();
            }
        }
        act => match written(act, happening.claim, now) {
            Written::Worker(transitions) => {
                drop(ledger.advance(&key(id, desk), transitions).await);
            }
            Written::Amendment(amendment) => {
                drop(ledger.amend(&key(id, desk), &amendment, &by(now)).await);
            }
            Written::Operator(act) => drop(ledger.operate(&key(id, desk), act, &by(now)).await),
        },
    }
}

/// Who writes what.
enum Written {
    Worker(Vec<Transition>),
    Operator(Transition),
    Amendment(Amendment),
}

fn written(act: Act, claim: u32, now: u64) -> Written {
    use Written::{Operator, Worker};
    let at = at(now);
    match act {
        Act::Intend => Worker(vec![intend(claim, now)]),
        Act::Complete => Worker(complete(claim, now)),
        Act::Postpone => Worker(postpone(claim, now, 5)),
        Act::Bury => Worker(bury(claim, now)),
        Act::Doubt => Worker(doubt(claim, now)),
        Act::Suppress => Worker(suppress(claim, now)),
        Act::Release => Operator(Transition::Release { at, known: SilenceId::of(1) }),
        Act::Replay => Operator(Replay { at }),
        Act::Reroute => {
            let route = |desk: &str| Route {
                desk: desk.parse().unwrap(),
                rule: "another".parse().unwrap(),
                priority: Priority::Low,
            };
            let edit = Some(Edited { data: json!({"now": now}), touched: Vec::new() });
            let Route { rule, priority, .. } = route("crm");
            let others = DESKS.iter().copied().chain(["spare"]).map(route).collect();
            let replay = Some(Rerouting::Today { rule, priority, others });
            Written::Amendment(Amendment { seen: claim - 1, edit, replay })
        }
        Act::Discard => Operator(Discard { at, by: "ada".to_owned(), why: "random".to_owned() }),
        Act::Exists => Operator(Exists { at, ticket: ticket() }),
        Act::Record | Act::Claim | Act::Requeue | Act::GiveUp | Act::Absent => {
            Operator(Absent { at })
        }
    }
}
