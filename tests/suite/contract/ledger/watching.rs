//! Operator events: told once, the newest of each condition, until they are received.

use deskbell::{
    conditions::{Condition, Facts, Look, Signal},
    delivery::Reason,
    event::ReceiverName,
    ledger::{Callback, CallbackOutcome, DeadLetters, Ledger, Outcomes},
};
use serde_json::Value;

use super::{
    Bench,
    words::{at, bury, granted},
};

fn names(names: &[&str]) -> Vec<ReceiverName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// Somebody looks at this second and finds `crm` parked, or not.
async fn look(ledger: &dyn Ledger, seconds: u64, is_parked: bool) -> usize {
    let parked = Condition::Parked("crm".parse().unwrap());
    let signal = is_parked.then(|| Signal::of(parked, None, Facts::default()));
    let look = Look { at: at(seconds), signals: signal.into_iter().collect() };
    ledger.watch(&look, &names(&["chat", "pager"])).await.unwrap().len()
}

/// Takes what waits for `receiver` at this second, for a minute.
async fn take(ledger: &dyn Ledger, receiver: &str, seconds: u64) -> Option<Callback> {
    let receiver = receiver.parse().unwrap();
    ledger.take_operator_event(&receiver, at(seconds), at(seconds + 60)).await.unwrap()
}

async fn settle(ledger: &dyn Ledger, receiver: &str, event: &Callback, outcome: CallbackOutcome) {
    let receiver = receiver.parse().unwrap();
    ledger.settle_operator_event(&receiver, event, outcome).await.unwrap();
}

fn event_type(event: &Callback) -> String {
    let body: Value = serde_json::from_str(&event.body).unwrap();
    assert_eq!(body["id"], event.id);
    body["type"].as_str().unwrap().to_owned()
}

pub(super) async fn an_onset_is_told_to_every_receiver_once_whoever_looks_and_restarts(
    bench: impl Bench,
) {
    assert_eq!(look(bench.ledger(), 1, true).await, 1);
    assert_eq!(look(bench.ledger(), 1, true).await, 0);
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(look(ledger, 2, true).await, 0);
    for receiver in ["chat", "pager"] {
        let event = take(ledger, receiver, 3).await.unwrap();
        assert_eq!(event_type(&event), "deskbell.desk.parked");
        settle(ledger, receiver, &event, CallbackOutcome::Received).await;
        assert_eq!(take(ledger, receiver, 900).await, None);
    }
    assert_eq!(take(ledger, "nobody", 3).await, None);
    assert_eq!(look(ledger, 4, false).await, 1);
    assert_eq!(event_type(&take(ledger, "chat", 5).await.unwrap()), "deskbell.desk.unparked");
}

pub(super) async fn the_newest_event_of_a_condition_takes_the_place_of_one_that_waits(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    look(ledger, 1, true).await;
    let older = take(ledger, "pager", 2).await.unwrap();
    look(ledger, 10, false).await;
    let error = "the receiver answered 500".to_owned();
    settle(ledger, "pager", &older, CallbackOutcome::Again { at: at(11), error }).await;
    let newer = take(ledger, "pager", 12).await.unwrap();
    assert_eq!((event_type(&newer).as_str(), newer.attempt), ("deskbell.desk.unparked", 1));
    settle(ledger, "pager", &older, CallbackOutcome::Received).await;
    assert!(take(ledger, "pager", 100).await.is_some());
    settle(ledger, "pager", &newer, CallbackOutcome::Received).await;
    assert_eq!(take(ledger, "pager", 900).await, None);
}

pub(super) async fn an_operator_event_is_handed_to_one_sender_at_a_time(bench: impl Bench) {
    let ledger = bench.ledger();
    look(ledger, 1, true).await;
    let first = take(ledger, "pager", 2).await.unwrap();
    assert_eq!(take(ledger, "pager", 61).await, None);
    let second = take(ledger, "pager", 62).await.unwrap();
    assert_eq!((first.attempt, second.attempt, &first.id), (1, 2, &second.id));
    let again = |seconds| CallbackOutcome::Again { at: at(seconds), error: "away".to_owned() };
    settle(ledger, "pager", &first, again(63)).await;
    assert_eq!(take(ledger, "pager", 64).await, None);
    settle(ledger, "pager", &second, again(70)).await;
    assert_eq!(take(ledger, "pager", 70).await.unwrap().attempt, 3);
}

pub(super) async fn what_waits_for_a_receiver_that_is_no_more_is_forgotten(bench: impl Bench) {
    let ledger = bench.ledger();
    look(ledger, 1, true).await;
    ledger.keep_receivers(&names(&["chat"])).await.unwrap();
    assert_eq!(take(ledger, "pager", 2).await, None);
    assert!(take(ledger, "chat", 2).await.is_some());
}

pub(super) async fn figures_tell_what_became_of_deliveries_and_who_is_dead(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, delivery) = granted(ledger).await;
    let none = ledger.figures(at(0)).await.unwrap();
    assert_eq!((none.outcomes, none.dead), (vec![], vec![]));
    ledger.advance(&delivery.key, bury(1, 5)).await.unwrap();
    let figures = ledger.figures(at(5)).await.unwrap();
    let desk = delivery.desk.clone();
    assert_eq!(figures.outcomes, [Outcomes { desk: desk.clone(), deliveries: 1, failed: 1 }]);
    let dead = DeadLetters { desk, reason: Reason::DeskFault, deliveries: 1, since: at(5) };
    assert_eq!(figures.dead, std::slice::from_ref(&dead));
    let later = ledger.figures(at(6)).await.unwrap();
    assert_eq!((later.outcomes, later.dead), (vec![], vec![dead]));
}
