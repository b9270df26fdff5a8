//! Taking a delivery up: its desk's lease, its event and its state decide in one transaction.

use std::sync::Arc;

use rusqlite::Transaction;

use super::{
    deliveries,
    events::{self, EventRow, Which},
    leases,
};
use crate::{
    delivery::{Delivery, DeliveryKey, EventRef, InvalidTransition, State, Transition},
    event::{Envelope, Route},
    ledger::{Claim, Claimed, Granted, LedgerError},
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
    let key = DeliveryKey::of(&claim.envelope.event.source, &claim.envelope.event.id, &claim.desk);
    let delivery = match deliveries::find(tx, &key)? {
        Some(delivery) => delivery,
        None => take_up(tx, claim, event, key)?,
    };
    if delivery.state.is_settled() {
        return Ok(Claimed::Settled(Box::new(delivery)));
    }
    let transition = Transition::Claim { at: claim.at, until: claim.until };
    match deliveries::advance(tx, delivery, [transition]) {
        Ok(delivery) => {
            let envelope = envelope(tx, event, &claim.envelope)?;
            Ok(Claimed::Granted(Box::new(Granted { delivery, envelope })))
        }
        Err(LedgerError::NotAllowed(
            InvalidTransition::Held { until: at } | InvalidTransition::NotDue { not_before: at },
        )) => Ok(Claimed::NotBefore(at)),
        Err(error) => Err(error),
    }
}

/// Writes a delivery that nobody has claimed before.
fn take_up(
    tx: &Transaction<'_>,
    claim: &Claim,
    event: i64,
    key: DeliveryKey,
) -> Result<Delivery, LedgerError> {
    // A job may name a desk that the event's own routes do not.
    let route =
        Route { desk: claim.desk.clone(), rule: claim.rule.clone(), priority: claim.priority };
    events::add_route(tx, event, &route)?;
    let Route { desk, rule, priority } = route;
    let first = envelope(tx, event, &claim.envelope)?.event;
    let delivery = Delivery {
        key,
        event: EventRef { source: first.source, id: first.id, event_type: first.event_type },
        desk,
        rule,
        priority,
        request_id: claim.envelope.request_id.clone(),
        since: claim.envelope.received_at,
        updated_at: claim.at,
        claims: 0,
        attempts: 0,
        state: State::Queued,
        steps: Vec::new(),
    };
    deliveries::insert(tx, event, &delivery)?;
    Ok(delivery)
}

/// The event as it was first recorded.
fn envelope(
    tx: &Transaction<'_>,
    number: i64,
    claimed: &Arc<Envelope>,
) -> Result<Envelope, LedgerError> {
    let record = events::read(tx, Which::Number, &[&number])?.pop();
    // It has just been recorded in this transaction.
    Ok(record.map_or_else(|| Envelope::clone(claimed), |record| record.envelope))
}
