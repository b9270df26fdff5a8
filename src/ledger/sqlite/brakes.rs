//! Brakes as rows and back.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};

use super::{audit, deliveries, error::unreadable, requeues};
use crate::{
    delivery::{Brake, Delivery, State, Transition},
    event::DeskName,
    ledger::{Act, BrakeRecord, By, FloodRecord, LedgerError},
    sqlite::to_nanos,
};

/// Reads the brake of a rule at a desk.
pub(super) fn find(
    tx: &Transaction<'_>,
    desk: &DeskName,
    rule: &str,
) -> Result<Option<Brake>, LedgerError> {
    let doc: Option<String> = tx
        .prepare_cached("SELECT doc FROM brakes WHERE desk = ?1 AND rule = ?2")?
        .query_row([desk.as_str(), rule], |row| row.get(0))
        .optional()?;
    doc.map(|doc| parse(desk.as_str(), rule, &doc)).transpose()
}

fn parse(desk: &str, rule: &str, doc: &str) -> Result<Brake, LedgerError> {
    serde_json::from_str(doc).map_err(unreadable(|| format!("the brake of {rule} at {desk}")))
}

/// Writes the brake of a rule at a desk.
pub(super) fn write(
    tx: &Transaction<'_>,
    desk: &DeskName,
    rule: &str,
    at: Timestamp,
    brake: &Brake,
) -> Result<(), LedgerError> {
    tx.prepare_cached(
        "INSERT INTO brakes (desk, rule, updated_at, open, doc) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (desk, rule) DO UPDATE SET updated_at = ?3, open = ?4, doc = ?5",
    )?
    .execute((
        desk.as_str(),
        rule,
        to_nanos(at),
        brake.is_open(),
        deliveries::written(brake)?,
    ))?;
    Ok(())
}

/// Notes at its rule's brake what came of a delivery that has come to an end.
pub(super) fn end(tx: &Transaction<'_>, delivery: &Delivery) -> Result<(), LedgerError> {
    let Some(rule) = Brake::minds(delivery) else { return Ok(()) };
    let mut brake = find(tx, &delivery.desk, rule)?.unwrap_or_default();
    brake.end(delivery);
    write(tx, &delivery.desk, rule, delivery.updated_at, &brake)
}

/// All brakes, by desk and rule.
pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<BrakeRecord>, LedgerError> {
    read(tx, "SELECT desk, rule, doc FROM brakes ORDER BY desk, rule")
}

/// Whether something is to be done about any flood.
pub(super) fn any_open(tx: &Transaction<'_>) -> Result<bool, LedgerError> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM brakes WHERE open = 1)")?
        .query_row([], |row| row.get(0))?)
}

/// Lets go of what is quiet, and sends those deliveries back to work that have a last word to say.
/// Gives the floods whose end is news.
pub(super) fn calm(tx: &Transaction<'_>, at: Timestamp) -> Result<Vec<FloodRecord>, LedgerError> {
    let mut news = Vec::new();
    for record in read(tx, "SELECT desk, rule, doc FROM brakes WHERE open = 1")? {
        let BrakeRecord { desk, rule, brake: before } = record;
        let mut brake = before.clone();
        for flood in brake.calm(at) {
            news.push(FloodRecord { desk: desk.clone(), rule: rule.clone(), flood });
        }
        for (flood, parent, tally) in brake.last_words(at) {
            let Some(delivery) = deliveries::find(tx, &parent)? else { continue };
            match delivery.state {
                // There is nothing left to say it by.
                State::Ticketed { .. } if delivery.erased.is_some() => brake.told(flood, tally),
                State::Ticketed { .. } => {
                    let lane = delivery.priority;
                    deliveries::advance(tx, delivery, [Transition::Conclude { at, tally }])?;
                    requeues::put(tx, &parent, lane)?;
                    brake.told(flood, tally);
                }
                // It is not to be begun by itself any more.
                State::Dead { .. } | State::Discarded { .. } => brake.told(flood, tally),
                State::Queued
                | State::Attempting { .. }
                | State::Retrying { .. }
                | State::Uncertain { .. }
                | State::Merged { .. }
                | State::Resolved { .. }
                | State::Suppressed { .. } => {}
            }
        }
        if brake != before {
            write(tx, &desk, &rule, at, &brake)?;
        }
    }
    Ok(news)
}

/// An operator lets go.
pub(super) fn release(
    tx: &Transaction<'_>,
    desk: &DeskName,
    rule: &str,
    by: &By,
) -> Result<Option<FloodRecord>, LedgerError> {
    let Some(mut brake) = find(tx, desk, rule)? else { return Ok(None) };
    let why = by.why.as_deref().unwrap_or_default();
    let Some(flood) = brake.release(by.at, &by.who, why).cloned() else { return Ok(None) };
    write(tx, desk, rule, by.at, &brake)?;
    let detail = format!("flood {} of {} events", flood.number, flood.tally.events);
    audit::note(tx, Act::ReleaseBrake, &format!("{rule} at {desk}"), &detail, by)?;
    Ok(Some(FloodRecord { desk: desk.clone(), rule: rule.to_owned(), flood }))
}

fn read(tx: &Transaction<'_>, query: &str) -> Result<Vec<BrakeRecord>, LedgerError> {
    let rows = tx
        .prepare_cached(query)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<(String, String, String)>, _>>()?;
    rows.into_iter()
        .map(|(desk, rule, doc)| {
            let brake = parse(&desk, &rule, &doc)?;
            let desk = desk.parse().map_err(unreadable(|| format!("the brake of {rule}")))?;
            Ok(BrakeRecord { desk, rule, brake })
        })
        .collect()
}
