//! What the promises speak of: one source, a few desks, and times counted in seconds.

use std::{sync::Arc, time::Duration};

use deskbell::{
    delivery::{
        Delivery, DeliveryKey, Failure, Outcome, Reason, SilenceId, State, Step, Suppressor,
        Transition,
        Transition::{Bury, Complete, Done, Doubt, Intend, Postpone, Suppress},
    },
    event::{
        Attributes, Envelope, EnvelopeView, Event, JournalMark, Redaction, Redactions, RequestId,
        Route,
    },
    ledger::{By, Claim, Claimed, DeskLease, GivenUp, Granted, Ledger, Via},
    ticket::{Priority, TicketRef},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Within which a worker must be through with a claim, in seconds.
pub(super) const DEADLINE: u64 = 60;

/// So many seconds after the beginning.
pub(super) fn at(seconds: u64) -> Timestamp {
    let beginning: Timestamp = "2026-10-18T12:00:00Z".parse().unwrap();
    beginning + Duration::from_secs(seconds)
}

/// A failed payment of order `A-1`, for these desks.
pub(super) fn event(id: &str, desks: &[&str]) -> Envelope {
    saying(id, desks, json!({"orderId": "A-1", "amount": 12.5}))
}

/// What the bench's readers do not see: `data.secret` of `shop`.
pub(super) fn redactions() -> Redactions {
    let secret = Redaction::new(vec!["data.secret".parse().unwrap()]);
    let of = [("shop", secret), ("billing", Redaction::default())];
    of.into_iter().map(|(source, redaction)| (source.parse().unwrap(), redaction)).collect()
}

/// The envelope as a reader sees it.
pub(super) fn seen(envelope: Envelope) -> EnvelopeView {
    redactions().view_envelope(envelope)
}

/// A failed payment with this payload.
pub(super) fn saying(id: &str, desks: &[&str], data: Value) -> Envelope {
    let route = |desk: &&str| Route {
        desk: desk.parse().unwrap(),
        rule: "payment-failed".parse().unwrap(),
        priority: Priority::High,
    };
    Envelope {
        event: Event {
            source: "shop".parse().unwrap(),
            id: id.parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data,
        },
        routes: desks.iter().map(route).collect(),
        request_id: RequestId::fresh(),
        trace: RequestId::carried("r-1").trace(),
        received_at: at(0),
    }
}

pub(super) fn key(id: &str, desk: &str) -> DeliveryKey {
    DeliveryKey::of(&"shop".parse().unwrap(), &id.parse().unwrap(), &desk.parse().unwrap())
}

/// Leases the desk for long, and gives the epoch.
pub(super) async fn lease(ledger: &dyn Ledger, desk: &str) -> u64 {
    let leased = ledger
        .lease_desk(&desk.parse().unwrap(), "worker", at(0), Duration::from_hours(1000))
        .await
        .unwrap();
    let DeskLease::Held { epoch } = leased else { panic!("the desk is taken: {leased:?}") };
    epoch
}

/// A claim of the event's delivery at `desk`.
pub(super) fn claim(envelope: &Envelope, desk: &str, epoch: u64, seconds: u64) -> Claim {
    Claim {
        envelope: Arc::new(envelope.clone()),
        desk: desk.parse().unwrap(),
        rule: "payment-failed".parse().unwrap(),
        priority: Priority::High,
        epoch,
        at: at(seconds),
        until: at(seconds + DEADLINE),
    }
}

/// Claims at the first second what is free to be claimed.
pub(super) async fn grant(
    ledger: &dyn Ledger,
    envelope: &Envelope,
    desk: &str,
    epoch: u64,
) -> Granted {
    grant_at(ledger, envelope, desk, epoch, 1).await
}

pub(super) async fn grant_at(
    ledger: &dyn Ledger,
    envelope: &Envelope,
    desk: &str,
    epoch: u64,
    seconds: u64,
) -> Granted {
    match ledger.claim(claim(envelope, desk, epoch, seconds)).await.unwrap() {
        Claimed::Granted(granted) => *granted,
        other => panic!("not granted: {other:?}"),
    }
}

/// A granted claim of event `1` at `crm`, with the epoch of the desk's lease.
pub(super) async fn granted(ledger: &dyn Ledger) -> (u64, Delivery) {
    let epoch = lease(ledger, "crm").await;
    (epoch, grant(ledger, &event("1", &["crm"]), "crm", epoch).await.delivery)
}

pub(super) fn ticket() -> TicketRef {
    TicketRef { id: "T-1".to_owned(), number: None, url: None }
}

pub(super) fn failure() -> Failure {
    Failure::of(Reason::DeskFault, "the desk said: 50% broken")
}

pub(super) fn intend(claim: u32, seconds: u64) -> Transition {
    Intend { claim, at: at(seconds), until: at(seconds + DEADLINE), step: Step::Ticket }
}

/// The ticket is made and all is done.
pub(super) fn complete(claim: u32, seconds: u64) -> Vec<Transition> {
    let outcome = Outcome::Ticket(ticket());
    vec![
        Done { claim, at: at(seconds), step: Step::Ticket, outcome },
        Complete { claim, at: at(seconds) },
    ]
}

/// Another attempt is to follow after `seconds` and `wait`.
pub(super) fn postpone(claim: u32, seconds: u64, wait: u64) -> Vec<Transition> {
    let not_before = at(seconds + wait);
    vec![Postpone { claim, at: at(seconds), not_before, failure: failure(), counts: true }]
}

pub(super) fn bury(claim: u32, seconds: u64) -> Vec<Transition> {
    vec![Bury { claim, at: at(seconds), failure: failure(), limit: None, counts: true }]
}

/// Silence 1 keeps it from its ticket.
pub(super) fn suppress(claim: u32, seconds: u64) -> Vec<Transition> {
    let by = Suppressor::Silence(SilenceId::of(1));
    vec![Suppress { claim, at: at(seconds), by }]
}

/// The ticket was asked for, and an operator has to find out what came of it.
pub(super) fn doubt(claim: u32, seconds: u64) -> Vec<Transition> {
    let failure = failure();
    vec![
        intend(claim, seconds),
        Doubt { claim, at: at(seconds), look_again: None, failure, counts: true },
    ]
}

pub(super) async fn state(ledger: &dyn Ledger, key: &DeliveryKey) -> State {
    ledger.delivery(key).await.unwrap().unwrap().state
}

/// An operator acts at this second.
pub(super) fn by(seconds: u64) -> By {
    let (who, why) = ("ada".to_owned(), Some("because".to_owned()));
    By { at: at(seconds), who, via: Via::Token, why }
}

/// The broker gives the job up.
pub(super) fn give_up(envelope: &Envelope, desk: &str, seconds: u64) -> GivenUp {
    GivenUp {
        envelope: Arc::new(envelope.clone()),
        desk: desk.parse().unwrap(),
        rule: "payment-failed".parse().unwrap(),
        priority: Priority::High,
        at: at(seconds),
        failure: Failure::of(Reason::Poison, "it came back too often"),
    }
}

/// An entry of this number in the journal.
pub(super) fn mark(number: u64) -> JournalMark {
    JournalMark { number, entry: format!("entry {number}") }
}
