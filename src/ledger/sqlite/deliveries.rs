//! Deliveries and their attempts as rows and back.

use rusqlite::{OptionalExtension as _, ToSql, Transaction, named_params};

use super::{callbacks, error::unreadable, incidents};
use crate::{
    delivery::{Attempt, Delivery, DeliveryKey, SilenceId, Transition},
    ledger::LedgerError,
    sqlite::to_nanos,
};

/// The deliveries of the event of id `?1` and source `?2`, by desk.
pub(super) const OF_EVENT: &str = "SELECT key, doc FROM deliveries
    WHERE event = (SELECT number FROM events WHERE id = ?1 AND source = ?2)
    ORDER BY desk";

/// Reads a delivery.
pub(super) fn find(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
) -> Result<Option<Delivery>, LedgerError> {
    let doc: Option<String> = tx
        .prepare_cached("SELECT doc FROM deliveries WHERE key = ?1")?
        .query_row([key.as_str()], |row| row.get(0))
        .optional()?;
    doc.map(|doc| parse(key.as_str(), &doc)).transpose()
}

/// Reads the deliveries of a query for `key` and `doc`.
pub(super) fn query(
    tx: &Transaction<'_>,
    query: &str,
    parameters: &[&dyn ToSql],
) -> Result<Vec<Delivery>, LedgerError> {
    let mut statement = tx.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, doc): (String, String) = (row.get(0)?, row.get(1)?);
        deliveries.push(parse(&key, &doc)?);
    }
    Ok(deliveries)
}

/// Reads the text of a row.
pub(super) fn parse(key: &str, doc: &str) -> Result<Delivery, LedgerError> {
    serde_json::from_str(doc).map_err(unreadable(|| format!("delivery {key}")))
}

/// Writes a delivery of the event of number `event` for the first time, and takes its route.
pub(super) fn insert(
    tx: &Transaction<'_>,
    event: i64,
    delivery: &Delivery,
) -> Result<(), LedgerError> {
    tx.prepare_cached(
        "INSERT INTO deliveries (key, event, source, event_id, event_type, desk, priority, lane,
                                 state, updated_at, due, doc)
         VALUES (:key, :event, :source, :event_id, :event_type, :desk, :priority, :priority,
                 :state, :updated_at, :due, :doc)",
    )?
    .execute(named_params! {
        ":key": delivery.key.as_str(),
        ":event": event,
        ":source": delivery.event.source.as_str(),
        ":event_id": delivery.event.id.as_str(),
        ":event_type": delivery.event.event_type.as_str(),
        ":desk": delivery.desk.as_str(),
        ":priority": delivery.priority.as_str(),
        ":state": delivery.state.name(),
        ":updated_at": to_nanos(delivery.updated_at),
        ":due": delivery.due().map(to_nanos),
        ":doc": written(delivery)?,
    })?;
    tx.prepare_cached("UPDATE routes SET taken = 1 WHERE event = ?1 AND desk = ?2")?
        .execute((event, delivery.desk.as_str()))?;
    Ok(())
}

/// Advances a delivery by all `transitions` and writes it, with the attempts that have ended.
pub(super) fn advance(
    tx: &Transaction<'_>,
    mut delivery: Delivery,
    transitions: impl IntoIterator<Item = Transition>,
) -> Result<Delivery, LedgerError> {
    let before = delivery.state.clone();
    for transition in transitions {
        let advanced = delivery.advance(transition)?;
        delivery = advanced.delivery;
        if let Some(attempt) = advanced.ended {
            insert_attempt(tx, &delivery.key, &attempt)?;
        }
    }
    update(tx, &delivery)?;
    if !before.is_final() {
        incidents::end(tx, &delivery)?;
    }
    callbacks::note(tx, &delivery, &before)?;
    Ok(delivery)
}

/// Reads the attempts of a delivery.
pub(super) fn attempts(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
) -> Result<Vec<Attempt>, LedgerError> {
    let mut statement =
        tx.prepare_cached("SELECT number, doc FROM attempts WHERE key = ?1 ORDER BY number")?;
    let rows = statement
        .query_map([key.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    rows.into_iter()
        .map(|(number, doc)| {
            let name = || format!("attempt {number} of delivery {key}");
            serde_json::from_str(&doc).map_err(unreadable(name))
        })
        .collect()
}

/// Writes a delivery as it is now.
pub(super) fn update(tx: &Transaction<'_>, delivery: &Delivery) -> Result<(), LedgerError> {
    let failure = delivery.failure();
    tx.prepare_cached(
        "UPDATE deliveries SET priority = :priority, state = :state, reason = :reason, words = :words,
                               updated_at = :updated_at, due = :due, incident = :incident,
                               silence = :silence,
                               doc = :doc
         WHERE key = :key",
    )?
    .execute(named_params! {
        ":key": delivery.key.as_str(),
        ":priority": delivery.priority.as_str(),
        ":state": delivery.state.name(),
        ":reason": failure.map(|failure| failure.reason.as_str()),
        ":words": failure.map(|failure| &failure.words),
        ":updated_at": to_nanos(delivery.updated_at),
        ":due": delivery.due().map(to_nanos),
        ":incident": delivery.incident.as_ref().and_then(|part| part.incident.as_ref()),
        ":silence": delivery.silence().map(SilenceId::number),
        ":doc": written(delivery)?,
    })?;
    Ok(())
}

fn insert_attempt(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    attempt: &Attempt,
) -> Result<(), LedgerError> {
    tx.prepare_cached("INSERT INTO attempts (key, number, doc) VALUES (?1, ?2, ?3)")?.execute((
        key.as_str(),
        attempt.number,
        written(attempt)?,
    ))?;
    Ok(())
}

pub(super) fn written(value: &impl serde::Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|error| LedgerError::Store(Box::new(error)))
}
