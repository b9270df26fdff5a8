//! Operators' acts.

use deskbell::{
    delivery::{
        Outcome, Step,
        Transition::{Absent, Discard, Exists, Replay},
    },
    ledger::{Claimed, LedgerError},
};

use super::{
    Bench,
    words::{at, bury, by, claim, complete, doubt, event, grant_at, granted, key, state, ticket},
};

pub(super) async fn a_replayed_delivery_is_on_the_list_until_it_is_struck(bench: impl Bench) {
    let (_, delivery) = granted(bench.ledger()).await;
    bench.ledger().advance(&delivery.key, bury(1, 2)).await.unwrap();
    assert_eq!(bench.ledger().requeues(9).await.unwrap(), []);
    let replayed =
        bench.ledger().operate(&delivery.key, Replay { at: at(3) }, &by(3)).await.unwrap();
    assert_eq!((replayed.state.name(), replayed.attempts), ("queued", 0));
    bench.ledger().operate(&delivery.key, Replay { at: at(4) }, &by(4)).await.unwrap_err();
    let bench = bench.crash().await;
    let list = bench.ledger().requeues(9).await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].delivery, replayed);
    assert_eq!(list[0].envelope.event, event("1", &["crm"]).event);
    bench.ledger().requeued(list[0].number).await.unwrap();
    assert_eq!(bench.ledger().requeues(9).await.unwrap(), []);
    assert!(bench.ledger().books().await.unwrap().balanced);
}

pub(super) async fn a_second_replay_is_not_struck_with_the_first(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, bury(1, 2)).await.unwrap();
    ledger.operate(&delivery.key, Replay { at: at(3) }, &by(3)).await.unwrap();
    let first = ledger.requeues(9).await.unwrap();
    // The lane has the job, and it is buried again, before the list is struck.
    grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 4).await;
    ledger.advance(&delivery.key, bury(2, 5)).await.unwrap();
    ledger.operate(&delivery.key, Replay { at: at(6) }, &by(6)).await.unwrap();
    ledger.requeued(first[0].number).await.unwrap();
    assert_eq!(ledger.requeues(9).await.unwrap().len(), 1);
}

pub(super) async fn a_discarded_delivery_is_settled(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, bury(1, 2)).await.unwrap();
    let discard = Discard { at: at(3), by: "ada".to_owned(), why: "a test order".to_owned() };
    let discarded = ledger.operate(&delivery.key, discard, &by(3)).await.unwrap();
    assert_eq!(discarded.state.name(), "discarded");
    let answer = ledger.claim(claim(&event("1", &["crm"]), "crm", epoch, 4)).await.unwrap();
    assert_eq!(answer, Claimed::Settled(Box::new(discarded)));
    assert_eq!(ledger.requeues(9).await.unwrap(), []);
}

pub(super) async fn a_doubt_is_ended_by_a_ticket_that_exists(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, doubt(1, 2)).await.unwrap();
    let parked = ledger.claim(claim(&event("1", &["crm"]), "crm", epoch, 900)).await.unwrap();
    assert!(matches!(parked, Claimed::Settled(_)), "{parked:?}");
    let seen = Exists { at: at(3), ticket: ticket() };
    let known = ledger.operate(&delivery.key, seen, &by(3)).await.unwrap();
    assert_eq!(known.ticket(), Some(&ticket()));
    assert_eq!(known.outcome(&Step::Ticket), Some(&Outcome::Ticket(ticket())));
    assert_eq!(state(ledger, &delivery.key).await.name(), "ticketed");
    assert_eq!(ledger.requeues(9).await.unwrap(), []);
}

pub(super) async fn a_doubt_is_ended_by_a_ticket_that_does_not_exist(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, doubt(1, 2)).await.unwrap();
    let requeued = ledger.operate(&delivery.key, Absent { at: at(3) }, &by(3)).await.unwrap();
    assert_eq!((requeued.state.name(), requeued.doubtful_step()), ("queued", None));
    assert_eq!(ledger.requeues(9).await.unwrap()[0].delivery, requeued);
    grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 4).await;
    let done = ledger.advance(&delivery.key, complete(2, 5)).await.unwrap();
    assert_eq!(done.state.name(), "ticketed");
}

pub(super) async fn an_act_that_the_state_forbids_changes_nothing(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, delivery) = granted(ledger).await;
    let done = ledger.advance(&delivery.key, complete(1, 2)).await.unwrap();
    let discard = Discard { at: at(3), by: "ada".to_owned(), why: "none".to_owned() };
    let exists = Exists { at: at(3), ticket: ticket() };
    for act in [Replay { at: at(3) }, discard, exists, Absent { at: at(3) }] {
        let refused = ledger.operate(&delivery.key, act, &by(3)).await;
        assert!(matches!(refused, Err(LedgerError::NotAllowed(_))), "{refused:?}");
    }
    assert_eq!(ledger.delivery(&delivery.key).await.unwrap(), Some(done));
    assert_eq!(ledger.requeues(9).await.unwrap(), []);
}

pub(super) async fn an_unknown_delivery_is_named(bench: impl Bench) {
    let ledger = bench.ledger();
    let key = key("1", "crm");
    let advanced = ledger.advance(&key, complete(1, 2)).await.unwrap_err();
    let operated = ledger.operate(&key, Replay { at: at(3) }, &by(3)).await.unwrap_err();
    for error in [advanced, operated] {
        assert!(error.to_string().contains(key.as_str()), "{error}");
    }
    assert_eq!(ledger.delivery(&key).await.unwrap(), None);
    assert_eq!(ledger.attempts(&key).await.unwrap(), []);
}
