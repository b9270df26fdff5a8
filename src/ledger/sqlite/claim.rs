//! Taking a delivery up, for an attempt or to give it up: its desk's lease, its event and its state
//! decide in one transaction.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Transaction;

use super::{
    deliveries, edits, erasures,
    events::{self, EventRow, Which},
    leases, missing,
};
use crate::{
    delivery::{Delivery, DeliveryKey, EventRef, InvalidTransition, Transition},
    event::{DeskName, Envelope, Event, Route, RuleName},
    ledger::{Claim, Claimed, GivenUp, Granted, LedgerError},
    ticket::Priority,
};

/// Takes the delivery up, if it is to be had.
pub(super) fn claim(
    tx: &Transaction<'_>,
    claim: &Claim,
    row: &EventRow,
) -> Result<Claimed, LedgerError> {
    if !leases::is_held(tx, &claim.desk, claim.epoch)? {
        return Err(LedgerError::LeaseOver { desk: claim.desk.clone() });
    }
    let event = row.record(tx)?;
    let Claim { envelope, desk, rule, priority, at, .. } = claim;
    let named = Named { envelope, desk, rule, priority: *priority, at: *at };
    let delivery = named.find_or_take_up(tx, event)?;
    let delivery = ended_where_erased(tx, event, delivery)?;
    if delivery.state.is_settled() {
        return Ok(Claimed::Settled(Box::new(delivery)));
    }
    let transition = Transition::Claim { at: claim.at, until: claim.until };
    match deliveries::advance(tx, delivery, [transition]) {
        Ok(delivery) => {
            let mut envelope = first_recorded(tx, event, envelope)?;
            if let Some(data) = edits::counting(tx, &delivery)? {
                envelope.event.data = data;
            }
            Ok(Claimed::Granted(Box::new(Granted { delivery, envelope })))
        }
        Err(LedgerError::NotAllowed(
            InvalidTransition::Held { until: at } | InvalidTransition::NotDue { not_before: at },
        )) => Ok(Claimed::NotBefore(at)),
        Err(error) => Err(error),
    }
}

/// Gives the delivery up, unless it is settled.
pub(super) fn give_up(
    tx: &Transaction<'_>,
    job: GivenUp,
    row: &EventRow,
) -> Result<Delivery, LedgerError> {
    let event = row.record(tx)?;
    let GivenUp { envelope, desk, rule, priority, at, failure } = job;
    let named = Named { envelope: &envelope, desk: &desk, rule: &rule, priority, at };
    let delivery = named.find_or_take_up(tx, event)?;
    let delivery = ended_where_erased(tx, event, delivery)?;
    if delivery.state.is_settled() {
        return Ok(delivery);
    }
    deliveries::advance(tx, delivery, [Transition::Poison { at, failure }])
}

/// A copy of an erased event may bring a delivery for a desk that had none.
fn ended_where_erased(
    tx: &Transaction<'_>,
    event: i64,
    delivery: Delivery,
) -> Result<Delivery, LedgerError> {
    match erasures::of_event(tx, event)? {
        Some(erased) if !delivery.state.is_final() => erasures::end_late(tx, delivery, &erased),
        _ => Ok(delivery),
    }
}

/// What a job says of its delivery, and when.
struct Named<'a> {
    envelope: &'a Arc<Envelope>,
    desk: &'a DeskName,
    rule: &'a RuleName,
    priority: Priority,
    at: Timestamp,
}

impl Named<'_> {
    fn find_or_take_up(&self, tx: &Transaction<'_>, event: i64) -> Result<Delivery, LedgerError> {
        let Event { source, id, .. } = &self.envelope.event;
        let key = DeliveryKey::of(source, id, self.desk);
        missing::take(tx, event, self.desk)?;
        match deliveries::find(tx, &key)? {
            Some(delivery) => Ok(delivery),
            None => self.take_up(tx, event),
        }
    }

    /// Writes a delivery that nobody has taken before.
    fn take_up(&self, tx: &Transaction<'_>, event: i64) -> Result<Delivery, LedgerError> {
        // A job may name a desk that the event's own routes do not.
        let (desk, rule, priority) = (self.desk.clone(), self.rule.clone(), self.priority);
        let route = Route { desk, rule, priority };
        events::add_route(tx, event, &route)?;
        let first = first_recorded(tx, event, self.envelope)?.event;
        let Envelope { request_id, received_at, .. } = self.envelope.as_ref();
        let delivery = Delivery {
            updated_at: self.at,
            ..Delivery::queued(EventRef::of(&first), &route, request_id.clone(), *received_at)
        };
        deliveries::insert(tx, event, &delivery)?;
        Ok(delivery)
    }
}

/// The event as it was first recorded.
fn first_recorded(
    tx: &Transaction<'_>,
    number: i64,
    claimed: &Arc<Envelope>,
) -> Result<Envelope, LedgerError> {
    let record = events::read(tx, Which::Number, [number])?.pop();
    // It has just been recorded in this transaction.
    Ok(record.map_or_else(|| Envelope::clone(claimed), |record| record.envelope))
}
