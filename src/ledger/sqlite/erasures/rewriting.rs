//! One event and all that hangs on it, rewritten in the writer's transaction.

use rusqlite::{Transaction, named_params};
use serde_json::{Value, json};

use super::{affair::Affair, of_event};
use crate::{
    delivery::{Attempt, Delivery, Transition},
    event::Erased,
    ledger::{
        Erasure, FieldMatch, LedgerError,
        sqlite::{deliveries, error::unreadable, incidents, missing},
    },
    sqlite::to_nanos,
};

/// Erases the event of this number, unless that is done. Where it has open deliveries it stays,
/// unless `discard` says why they are discarded.
pub(super) fn rewrite(
    tx: &Transaction<'_>,
    number: i64,
    erased: &Erased,
    discard: Option<&str>,
) -> Result<Erasure, LedgerError> {
    // Somebody else may have been at it since it was chosen.
    if of_event(tx, number)?.is_some() {
        return Ok(Erasure::default());
    }
    let affair = Affair::read(tx, number)?;
    let erasure = affair.foresee(tx, discard.is_some())?;
    if erasure.events == 0 {
        return Ok(erasure);
    }
    for delivery in &affair.untaken {
        missing::take(tx, number, &delivery.desk)?;
        deliveries::insert(tx, number, delivery)?;
    }
    for delivery in affair.deliveries.into_iter().chain(affair.untaken) {
        let delivery = ended(tx, delivery, erased, discard.unwrap_or_default())?;
        rewrite_delivery(tx, delivery, number, erased)?;
    }
    let body = affair.event.erased(erased).to_cloudevents();
    tx.prepare_cached("DELETE FROM conflicts WHERE event = ?1")?.execute([number])?;
    tx.prepare_cached(
        "UPDATE events SET body = :body, hash = x'', erased_at = :at, erased_by = :by
         WHERE number = :number",
    )?
    .execute(named_params! {
        ":number": number,
        ":body": String::from_utf8_lossy(&body),
        ":at": to_nanos(erased.at),
        ":by": erased.by,
    })?;
    Ok(erasure)
}

/// Discards a delivery that has not come to an end, with what was to put it back on its lane.
pub(super) fn ended(
    tx: &Transaction<'_>,
    delivery: Delivery,
    erased: &Erased,
    why: &str,
) -> Result<Delivery, LedgerError> {
    if delivery.state.is_final() {
        return Ok(delivery);
    }
    let at = erased.at.max(delivery.updated_at);
    let end = Transition::Erase { at, by: erased.by.clone(), why: why.to_owned() };
    let delivery = deliveries::advance(tx, delivery, [end])?;
    tx.prepare_cached("DELETE FROM requeues WHERE key = ?1")?.execute([delivery.key.as_str()])?;
    Ok(delivery)
}

fn rewrite_delivery(
    tx: &Transaction<'_>,
    delivery: Delivery,
    number: i64,
    erased: &Erased,
) -> Result<(), LedgerError> {
    let incident = delivery.incident.as_ref().and_then(|part| part.incident.clone());
    if let Some(incident) = &incident {
        forget_in_incident(tx, &delivery, incident, number, erased)?;
    }
    let delivery = delivery.without_payload(erased);
    deliveries::update(tx, &delivery)?;
    let key = delivery.key.as_str();
    for mut attempt in deliveries::attempts(tx, &delivery.key)? {
        Attempt::erase(&mut attempt, erased);
        tx.prepare_cached("UPDATE attempts SET doc = ?3 WHERE key = ?1 AND number = ?2")?
            .execute((key, attempt.number, deliveries::written(&attempt)?))?;
    }
    let words = Value::from(erased.to_string());
    tx.prepare_cached("UPDATE edits SET data = ?2, touched = '[]' WHERE key = ?1")?
        .execute((key, words.to_string()))?;
    callbacks(tx, key, &words)
}

/// Call-backs still go out, without what the desk said.
fn callbacks(tx: &Transaction<'_>, key: &str, words: &Value) -> Result<(), LedgerError> {
    let rows: Vec<(i64, String)> = tx
        .prepare_cached("SELECT number, body FROM callbacks WHERE key = ?1")?
        .query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (number, body) in rows {
        let name = || format!("a call-back of delivery {key}");
        let mut body: Value = serde_json::from_str(&body).map_err(unreadable(name))?;
        if let Some(detail) = body.pointer_mut("/data/delivery/detail") {
            *detail = words.clone();
        }
        tx.prepare_cached("UPDATE callbacks SET body = ?2 WHERE number = ?1")?
            .execute((number, body.to_string()))?;
    }
    Ok(())
}

/// Takes away what the incident remembers of a delivery, and the incident where it is of no other
/// event.
fn forget_in_incident(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    key: &str,
    number: i64,
    erased: &Erased,
) -> Result<(), LedgerError> {
    let desk = &delivery.desk;
    if !is_shared(tx, delivery, key, number)? {
        tx.prepare_cached("DELETE FROM incidents WHERE desk = ?1 AND key = ?2")?
            .execute((desk.as_str(), key))?;
        return Ok(());
    }
    let others = deliveries::query(
        tx,
        "SELECT key, doc FROM deliveries INDEXED BY deliveries_by_desk
         WHERE desk = ?1 AND incident = ?2 AND key <> ?3",
        &[&desk.as_str(), &key, &delivery.key.as_str()],
    )?;
    for mut other in others {
        if other.forget_note(&delivery.key, erased) {
            deliveries::update(tx, &other)?;
        }
    }
    let Some(mut incident) = incidents::find(tx, desk, key)? else { return Ok(()) };
    let remembered = incident.remembered.iter_mut();
    remembered.filter(|note| note.by == delivery.key).for_each(|note| note.erase(erased));
    tx.prepare_cached("UPDATE incidents SET doc = ?3 WHERE desk = ?1 AND key = ?2")?.execute((
        desk.as_str(),
        key,
        deliveries::written(&incident)?,
    ))?;
    Ok(())
}

/// Bulk replays that were chosen by the customer's id say so no more; those that run find nothing.
pub(super) fn replays(
    tx: &Transaction<'_>,
    customer: &[FieldMatch],
    erased: &Erased,
) -> Result<u64, LedgerError> {
    let rows: Vec<(i64, String)> = tx
        .prepare_cached("SELECT number, search FROM replays")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut rewritten = 0;
    for (number, search) in rows {
        let name = || format!("the search of replay number {number}");
        let said: Value = serde_json::from_str(&search).map_err(unreadable(name))?;
        let names = |value: &Value| customer.iter().any(|wanted| value == wanted.value());
        let by_data = said.get("data").and_then(Value::as_object);
        let is_by_data = by_data.is_some_and(|members| members.values().any(names));
        if is_by_data || said.get("text").is_some_and(names) {
            let search = json!({ "text": erased.to_string() }).to_string();
            tx.prepare_cached("UPDATE replays SET search = ?2 WHERE number = ?1")?
                .execute((number, search))?;
            rewritten += 1;
        }
    }
    Ok(rewritten)
}

/// Whether another event's delivery is part of the incident.
fn is_shared(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    key: &str,
    number: i64,
) -> Result<bool, LedgerError> {
    let shared = tx
        .prepare_cached(
            "SELECT 1 FROM deliveries INDEXED BY deliveries_by_desk
             WHERE desk = ?1 AND incident = ?2 AND event <> ?3",
        )?
        .exists((delivery.desk.as_str(), key, number))?;
    Ok(shared)
}
