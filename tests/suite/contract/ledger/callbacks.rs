//! Call-backs: with the end of the delivery or not at all, and until they are received.

use std::collections::BTreeSet;

use deskbell::{
    delivery::{
        DeliveryKey,
        Transition::{Discard, Exists, Replay},
    },
    ledger::{
        Act, AuditSearch, Callback, CallbackOutcome, CallbackRecord, CallbackWishes, Ledger, Page,
        Resent, WhichCallbacks,
    },
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Bench,
    words::{at, bury, by, complete, doubt, event, give_up, grant_at, granted, postpone, ticket},
};

/// The source wishes to hear of these.
async fn wish(ledger: &dyn Ledger, states: &[&'static str]) {
    let states: BTreeSet<_> = states.iter().copied().collect();
    let wishes = CallbackWishes::from([("shop".parse().unwrap(), states)]);
    ledger.wish_callbacks(&wishes).await.unwrap();
}

/// Takes a call-back at this second for a minute.
async fn take(ledger: &dyn Ledger, seconds: u64) -> Option<Callback> {
    let source = "shop".parse().unwrap();
    ledger.take_callback(&source, at(seconds), at(seconds + 60)).await.unwrap()
}

async fn listed(ledger: &dyn Ledger) -> Vec<CallbackRecord> {
    ledger.callbacks(&Page { after: None, most: 9 }).await.unwrap().items
}

async fn states(ledger: &dyn Ledger) -> Vec<String> {
    listed(ledger).await.into_iter().map(|record| record.state).collect()
}

fn again(at: Timestamp) -> CallbackOutcome {
    CallbackOutcome::Again { at, error: "the receiver answered 500".to_owned() }
}

pub(super) async fn an_end_that_is_wished_for_is_called_back_after_a_crash(bench: impl Bench) {
    wish(bench.ledger(), &["ticketed", "dead"]).await;
    let (_, delivery) = granted(bench.ledger()).await;
    assert_eq!(take(bench.ledger(), 1).await, None);
    bench.ledger().advance(&delivery.key, complete(1, 2)).await.unwrap();
    let bench = bench.crash().await;
    let callback = take(bench.ledger(), 2).await.unwrap();
    assert_eq!(callback.attempt, 1);
    assert_eq!(
        serde_json::from_str::<Value>(&callback.body).unwrap(),
        json!({
            "type": "delivery.ticketed",
            "timestamp": at(2),
            "data": {
                "id": "1", "source": "shop", "type": "payment.failed", "received_at": at(0),
                "delivery": {
                    "desk": "crm", "rule": "payment-failed", "priority": "HIGH",
                    "state": "ticketed", "since": at(2), "ticket": { "id": "T-1" }, "attempts": 0,
                },
            },
        })
    );
    bench.ledger().settle_callback(&callback, CallbackOutcome::Received).await.unwrap();
    let bench = bench.crash().await;
    assert_eq!(listed(bench.ledger()).await, []);
}

pub(super) async fn only_ends_that_are_wished_for_are_called_back(bench: impl Bench) {
    let ledger = bench.ledger();
    wish(ledger, &["dead"]).await;
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, postpone(1, 2, 1)).await.unwrap();
    grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 4).await;
    ledger.advance(&delivery.key, complete(2, 5)).await.unwrap();
    assert_eq!(listed(ledger).await, []);
    // What is said later is what counts, for what ends later.
    wish(ledger, &[]).await;
    end(ledger, "2", epoch).await;
    assert_eq!(listed(ledger).await, []);
    wish(ledger, &["dead", "ticketed"]).await;
    end(ledger, "3", epoch).await;
    let records = listed(ledger).await;
    assert_eq!(records.len(), 1);
    assert_eq!((&*records[0].event, &*records[0].desk, &*records[0].state), ("3", "crm", "dead"));
    let other = "other".parse().unwrap();
    assert_eq!(ledger.take_callback(&other, at(900), at(960)).await.unwrap(), None);
}

/// Buries the delivery of this event at `crm`.
async fn end(ledger: &dyn Ledger, id: &str, epoch: u64) -> DeliveryKey {
    let granted = grant_at(ledger, &event(id, &["crm"]), "crm", epoch, 6).await;
    ledger.advance(&granted.delivery.key, bury(1, 7)).await.unwrap();
    granted.delivery.key
}

pub(super) async fn whoever_ends_a_delivery_its_source_is_called_back(bench: impl Bench) {
    let ledger = bench.ledger();
    wish(ledger, &["dead", "uncertain", "ticketed", "discarded"]).await;
    let (_, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, doubt(1, 2)).await.unwrap();
    ledger.operate(&delivery.key, Exists { at: at(3), ticket: ticket() }, &by(3)).await.unwrap();
    let given_up = ledger.give_up(give_up(&event("2", &["crm"]), "crm", 4)).await.unwrap();
    let discard = Discard { at: at(5), by: "ada".to_owned(), why: "a test order".to_owned() };
    ledger.operate(&given_up.key, discard, &by(3)).await.unwrap();
    assert_eq!(states(ledger).await, ["uncertain", "ticketed", "dead", "discarded"]);
}

pub(super) async fn each_end_of_a_replayed_delivery_is_called_back_under_another_id(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    wish(ledger, &["dead", "ticketed"]).await;
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, bury(1, 2)).await.unwrap();
    for (claim, seconds) in [(2, 4), (3, 8)] {
        ledger.operate(&delivery.key, Replay { at: at(seconds) }, &by(seconds)).await.unwrap();
        grant_at(ledger, &event("1", &["crm"]), "crm", epoch, seconds + 1).await;
        let ended =
            if claim == 2 { bury(claim, seconds + 2) } else { complete(claim, seconds + 2) };
        ledger.advance(&delivery.key, ended).await.unwrap();
    }
    assert_eq!(states(ledger).await, ["dead", "dead", "ticketed"]);
    let ids: BTreeSet<String> = listed(ledger).await.into_iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), 3);
}

pub(super) async fn a_call_back_is_handed_to_one_sender_at_a_time(bench: impl Bench) {
    wish(bench.ledger(), &["dead"]).await;
    let (_, delivery) = granted(bench.ledger()).await;
    bench.ledger().advance(&delivery.key, bury(1, 2)).await.unwrap();
    let first = take(bench.ledger(), 2).await.unwrap();
    assert_eq!(take(bench.ledger(), 61).await, None);
    // The sender is gone, and its turn runs out.
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let second = take(ledger, 62).await.unwrap();
    assert_eq!((&second.id, second.attempt), (&first.id, 2));
    assert_eq!(second.body, first.body);
    // What the first says of its turn does not change the second's …
    ledger.settle_callback(&first, again(at(63))).await.unwrap();
    let given_up = CallbackOutcome::GivenUp { at: at(63), error: "no".to_owned() };
    ledger.settle_callback(&first, given_up).await.unwrap();
    assert_eq!(take(ledger, 64).await, None);
    // … unless the receiver has it.
    ledger.settle_callback(&first, CallbackOutcome::Received).await.unwrap();
    ledger.settle_callback(&second, again(at(65))).await.unwrap();
    assert_eq!(take(ledger, 900).await, None);
    assert_eq!(listed(ledger).await, []);
}

pub(super) async fn a_call_back_waits_for_its_time_and_is_listed_until_it_is_received(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    wish(ledger, &["dead"]).await;
    let (_, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, bury(1, 2)).await.unwrap();
    let callback = take(ledger, 2).await.unwrap();
    ledger.settle_callback(&callback, again(at(300))).await.unwrap();
    assert_eq!(take(ledger, 299).await, None);
    let [waiting] = &listed(ledger).await[..] else { panic!() };
    assert_eq!((waiting.attempts, waiting.next_at), (1, Some(at(300))));
    assert_eq!(waiting.error.as_deref(), Some("the receiver answered 500"));

    let callback = take(ledger, 300).await.unwrap();
    let error = "no answer came in time".to_owned();
    let outcome = CallbackOutcome::GivenUp { at: at(301), error: error.clone() };
    ledger.settle_callback(&callback, outcome).await.unwrap();
    assert_eq!(take(ledger, 999_999).await, None);
    let [given_up] = &listed(ledger).await[..] else { panic!() };
    assert_eq!((given_up.next_at, given_up.given_up_at), (None, Some(at(301))));
    assert_eq!((given_up.attempts, given_up.error.clone()), (2, Some(error)));
}

fn given_up(seconds: u64) -> CallbackOutcome {
    CallbackOutcome::GivenUp { at: at(seconds), error: "the receiver answered 410".to_owned() }
}

async fn resend(ledger: &dyn Ledger, ids: &[&str], seconds: u64) -> Resent {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    ledger.resend_callbacks(&WhichCallbacks::Ids(ids), &by(seconds)).await.unwrap()
}

pub(super) async fn what_was_given_up_is_sent_again_once_an_operator_says_so(bench: impl Bench) {
    wish(bench.ledger(), &["dead"]).await;
    let (epoch, delivery) = granted(bench.ledger()).await;
    bench.ledger().advance(&delivery.key, bury(1, 2)).await.unwrap();
    end(bench.ledger(), "2", epoch).await;
    let late = take(bench.ledger(), 2).await.unwrap();
    let other = take(bench.ledger(), 7).await.unwrap();
    let first = take(bench.ledger(), 62).await.unwrap();
    assert_eq!((&first.id, first.attempt, first.attempt_of_schedule), (&late.id, 2, 2));
    bench.ledger().settle_callback(&first, given_up(63)).await.unwrap();

    let expected = Resent {
        resent: vec![first.id.clone()],
        under_way: vec![other.id.clone()],
        unknown: vec!["none".to_owned()],
    };
    assert_eq!(resend(bench.ledger(), &[&first.id, &other.id, "none"], 64).await, expected);
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    // Said twice, it is sent once.
    assert_eq!(resend(ledger, &[&first.id], 65).await.under_way, [&*first.id]);
    assert_eq!(take(ledger, 63).await, None);
    let again = take(ledger, 64).await.unwrap();
    assert_eq!((&again.id, &again.body), (&first.id, &first.body));
    assert_eq!((again.attempt, again.attempt_of_schedule), (3, 1));
    // A sender that wakes from the schedule before ends no turn of this one.
    for before in [late, first] {
        ledger.settle_callback(&before, given_up(66)).await.unwrap();
    }
    assert!(listed(ledger).await.iter().all(|record| record.given_up_at.is_none()));
    ledger.settle_callback(&again, given_up(67)).await.unwrap();

    // All of one source, and of no other; those that are on their way stay as they are.
    for (source, resent) in [("other", vec![]), ("shop", vec![again.id.clone()]), ("shop", vec![])]
    {
        let which = WhichCallbacks::Source(source.parse().unwrap());
        let answer = ledger.resend_callbacks(&which, &by(68)).await.unwrap();
        assert_eq!(answer, Resent { resent, ..Resent::default() });
    }
    assert_eq!(take(ledger, 68).await.unwrap().id, other.id);
    let again = take(ledger, 68).await.unwrap();
    assert_eq!((again.attempt, again.attempt_of_schedule), (4, 1));
    ledger.settle_callback(&again, CallbackOutcome::Received).await.unwrap();
    assert_eq!(resend(ledger, &[&again.id], 69).await.unknown, std::slice::from_ref(&again.id));

    // Only what was done is in the audit log.
    let search = AuditSearch { act: Some(Act::ResendCallback), ..AuditSearch::default() };
    let log = ledger.audit(&search, None, 9).await.unwrap();
    let told: Vec<_> = log.iter().map(|it| (&*it.subject, &*it.detail, it.at)).collect();
    assert_eq!(told, [(&*again.id, "of shop", at(68)), (&*again.id, "of shop", at(64))]);
}

pub(super) async fn call_backs_come_page_by_page_though_some_are_received_meanwhile(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    wish(ledger, &["dead"]).await;
    let (epoch, first) = granted(ledger).await;
    ledger.advance(&first.key, bury(1, 2)).await.unwrap();
    for id in ["2", "3"] {
        end(ledger, id, epoch).await;
    }
    let page = |after| Page { after, most: 1 };
    let found = ledger.callbacks(&page(None)).await.unwrap();
    assert_eq!(found.items[0].event, "1");
    let received = take(ledger, 8).await.unwrap();
    ledger.settle_callback(&received, CallbackOutcome::Received).await.unwrap();
    let second = ledger.callbacks(&page(found.next)).await.unwrap();
    let third = ledger.callbacks(&page(second.next.clone())).await.unwrap();
    assert_eq!((&*second.items[0].event, &*third.items[0].event), ("2", "3"));
    assert_eq!(third.next, None);
}
