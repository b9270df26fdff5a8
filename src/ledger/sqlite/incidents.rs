//! Incidents as rows and back: decided about with the delivery that asks, in one transaction.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};

use super::{brakes, deliveries, error::unreadable};
use crate::{
    delivery::{Decision, Delivery, DeliveryKey, Incident, Transition, decide},
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

/// Decides what the delivery does about its incident or in a flood, and writes all of it down.
pub(super) fn engage(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    engagement: Engagement,
) -> Result<Engaged, LedgerError> {
    let Engagement { claim, at, approach } = engagement;
    let delivery =
        deliveries::find(tx, key)?.ok_or_else(|| LedgerError::UnknownDelivery(key.clone()))?;
    let desk = &delivery.desk;
    let name = approach.involvement.as_ref().map(|involvement| involvement.key.as_str());
    let mut incident = match name {
        Some(name) => Some(find(tx, desk, name)?.unwrap_or_default()),
        None => None,
    };
    let share = incident.as_ref().and_then(|incident| incident.share.as_ref());
    let rule = approach.brake.as_ref().map(|bound| &bound.rule);
    let rule = rule.or(share.map(|share| &share.rule)).cloned();
    let known = match &rule {
        Some(rule) => Some(brakes::find(tx, desk, rule)?.unwrap_or_default()),
        None => None,
    };
    let mut brake = known.clone();
    match decide(&approach, incident.as_mut(), brake.as_mut(), at) {
        Decision::Go(part) => {
            if let (Some(name), Some(incident)) = (name, &incident) {
                write(tx, desk, name, at, incident)?;
            }
            if let (Some(rule), Some(brake)) = (&rule, &brake)
                && known.as_ref() != Some(brake)
            {
                brakes::write(tx, desk, rule, at, brake)?;
            }
            let transition = Transition::Engage { claim, at, part };
            deliveries::advance(tx, delivery, [transition])
                .map(|delivery| Engaged::Delivery(Box::new(delivery)))
        }
        Decision::Wait(busy) => Ok(Engaged::Wait(deliveries::find(tx, &busy)?.map(Box::new))),
    }
}

/// Notes at its incident, and at its rule's brake, what came of a delivery that has come to an end.
pub(super) fn end(tx: &Transaction<'_>, delivery: &Delivery) -> Result<(), LedgerError> {
    let Some(part) = delivery.incident.as_ref().filter(|_| delivery.state.is_final()) else {
        return Ok(());
    };
    if let Some(name) = &part.incident {
        let mut incident = find(tx, &delivery.desk, name)?.unwrap_or_default();
        incident.end(delivery);
        write(tx, &delivery.desk, name, delivery.updated_at, &incident)?;
    }
    brakes::end(tx, delivery)
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
