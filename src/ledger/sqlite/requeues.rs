//! Operators' acts, and the list of deliveries that they have sent back to work.

use rusqlite::{Row, Transaction};

use super::{
    audit, deliveries,
    error::unreadable,
    events::{self, Which},
};
use crate::{
    delivery::{Delivery, DeliveryKey, State, Transition},
    ledger::{Act, By, LedgerError, Requeue},
    ticket::Priority,
};

/// Does an operator's act; a delivery that it sends back to work is put on the list.
pub(super) fn operate(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    transition: Transition,
    by: &By,
) -> Result<Delivery, LedgerError> {
    let delivery =
        deliveries::find(tx, key)?.ok_or_else(|| LedgerError::UnknownDelivery(key.clone()))?;
    let (act, detail) = (Act::of(&transition), detail(&delivery, &transition));
    let delivery = deliveries::advance(tx, delivery, [transition])?;
    if let Some(act) = act {
        audit::note(tx, act, key.as_str(), &detail, by)?;
    }
    match delivery.state {
        State::Queued => put(tx, key, delivery.priority)?,
        State::Attempting { .. }
        | State::Retrying { .. }
        | State::Uncertain { .. }
        | State::Ticketed { .. }
        | State::Merged { .. }
        | State::Resolved { .. }
        | State::Suppressed { .. }
        | State::Dead { .. }
        | State::Discarded { .. } => {}
    }
    Ok(delivery)
}

/// What the delivery is of, and what an operator saw of it.
fn detail(delivery: &Delivery, transition: &Transition) -> String {
    let Delivery { event, desk, .. } = delivery;
    let of = format!("event {} of {} at {desk}", event.id, event.source);
    match transition {
        Transition::Exists { ticket, .. } => format!("{of}: it is ticket {}", ticket.id),
        Transition::Reroute { rule, priority, .. } => {
            format!("{of}: by today's rules, {rule}, {priority}")
        }
        Transition::Absent { .. } => format!("{of}: there is no ticket"),
        _ => of,
    }
}

/// The list, oldest first.
pub(super) fn list(tx: &Transaction<'_>, most: usize) -> Result<Vec<Requeue>, LedgerError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = tx
        .prepare_cached(
            "SELECT requeues.number, key, doc, event, lane FROM requeues JOIN deliveries USING (key)
             ORDER BY requeues.number LIMIT ?1",
        )?
        .query_map([most], RawRequeue::of)?
        .collect::<Result<Vec<_>, _>>()?;
    let mut requeues = Vec::with_capacity(rows.len());
    for RawRequeue { number, key, doc, event, lane } in rows {
        let delivery = deliveries::parse(&key, &doc)?;
        let lane = match lane {
            Some(lane) => lane.parse().map_err(unreadable(|| format!("the lane of {key}")))?,
            None => delivery.priority,
        };
        for record in events::read(tx, Which::Number, [event])? {
            let delivery = delivery.clone();
            requeues.push(Requeue { number, delivery, lane, envelope: record.envelope });
        }
    }
    Ok(requeues)
}

/// An entry's columns, not parsed yet.
struct RawRequeue {
    number: i64,
    key: String,
    doc: String,
    event: i64,
    lane: Option<String>,
}

impl RawRequeue {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            key: row.get(1)?,
            doc: row.get(2)?,
            event: row.get(3)?,
            lane: row.get(4)?,
        })
    }
}

/// Strikes an entry off the list.
pub(super) fn strike(tx: &Transaction<'_>, number: i64) -> Result<(), LedgerError> {
    tx.prepare_cached("DELETE FROM requeues WHERE number = ?1")?.execute([number])?;
    Ok(())
}

/// Puts a delivery on the list, for this lane. One that is there gets a new number, so that whoever is about to
/// strike the old entry does not strike this one.
pub(super) fn put(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    lane: Priority,
) -> Result<(), LedgerError> {
    tx.prepare_cached("UPDATE deliveries SET lane = ?2 WHERE key = ?1")?
        .execute((key.as_str(), lane.as_str()))?;
    tx.prepare_cached("DELETE FROM requeues WHERE key = ?1")?.execute([key.as_str()])?;
    tx.prepare_cached("INSERT INTO requeues (key) VALUES (?1)")?.execute([key.as_str()])?;
    Ok(())
}
