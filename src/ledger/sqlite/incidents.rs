//! Incidents as rows and back: decided about with the delivery that asks, in one transaction.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};

use super::{deliveries, error::unreadable};
use crate::{
    delivery::{Decision, Delivery, DeliveryKey, Incident, Transition},
    event::DeskName,
    ledger::{Engaged, Engagement, LedgerError},
    sqlite::to_nanos,
};

/// Reads an incident.
pub(super) fn find(
    tx: &Transaction<'_>,
    desk: &DeskName,
    key: &str,
) -> Result<Option<Incident>, LedgerError> {
    let doc: Option<String> = tx
        .prepare_cached("SELECT doc FROM incidents WHERE desk = ?1 AND key = ?2")?
        .query_row([desk.as_str(), key], |row| row.get(0))
        .optional()?;
    doc.map(|doc| {
        serde_json::from_str(&doc).map_err(unreadable(|| format!("an incident at {desk}")))
    })
    .transpose()
}

/// Decides what the delivery does about its incident, and writes both down.
pub(super) fn engage(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    engagement: Engagement,
) -> Result<Engaged, LedgerError> {
    let Engagement { claim, at, approach } = engagement;
    let delivery =
        deliveries::find(tx, key)?.ok_or_else(|| LedgerError::UnknownDelivery(key.clone()))?;
    let name = &approach.involvement.key;
    let mut incident = find(tx, &delivery.desk, name)?.unwrap_or_default();
    match incident.decide(&approach) {
        Decision::Go(part) => {
            write(tx, &delivery.desk, name, at, &incident)?;
            let transition = Transition::Engage { claim, at, part };
            deliveries::advance(tx, delivery, [transition])
                .map(|delivery| Engaged::Delivery(Box::new(delivery)))
        }
        Decision::Wait => {
            let holder = match &incident.holder {
                Some(holder) => deliveries::find(tx, holder)?,
                None => None,
            };
            Ok(Engaged::Wait(holder.map(Box::new)))
        }
    }
}

/// Notes at its incident what came of a delivery that has come to an end.
pub(super) fn end(tx: &Transaction<'_>, delivery: &Delivery) -> Result<(), LedgerError> {
    let Some(part) = &delivery.incident else { return Ok(()) };
    if !delivery.state.is_final() {
        return Ok(());
    }
    let mut incident = find(tx, &delivery.desk, &part.incident)?.unwrap_or_default();
    incident.end(delivery);
    write(tx, &delivery.desk, &part.incident, delivery.updated_at, &incident)
}

fn write(
    tx: &Transaction<'_>,
    desk: &DeskName,
    key: &str,
    at: Timestamp,
    incident: &Incident,
) -> Result<(), LedgerError> {
    tx.prepare_cached(
        "INSERT INTO incidents (desk, key, updated_at, doc) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (desk, key) DO UPDATE SET updated_at = ?3, doc = ?4",
    )?
    .execute((desk.as_str(), key, to_nanos(at), deliveries::written(incident)?))?;
    Ok(())
}
