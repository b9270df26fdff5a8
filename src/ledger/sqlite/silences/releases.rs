//! Suppressed deliveries on their way to their tickets.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};

use super::find;
use crate::{
    delivery::{Delivery, DeliveryKey, SilenceId, Transition},
    ledger::{
        Act, By, LedgerError, Silence,
        sqlite::{audit, deliveries, requeues},
    },
    sqlite::{from_nanos, to_nanos},
};

/// What silence `?1` suppressed up to `?2`, the first first, `?3` at most. Of what was erased there is
/// no ticket.
pub(in super::super) const SUPPRESSED: &str = "SELECT key, doc FROM deliveries
    INDEXED BY deliveries_by_silence
    WHERE silence = ?1 AND updated_at <= ?2 AND state = 'suppressed'
    AND json_type(doc, '$.erased') IS NULL ORDER BY updated_at LIMIT ?3";

/// Wishes that all be released that a silence has suppressed by now.
pub(super) fn wish(
    tx: &Transaction<'_>,
    id: SilenceId,
    by: &By,
) -> Result<Option<Silence>, LedgerError> {
    let Some(silence) = find(tx, id)? else { return Ok(None) };
    if silence.suppressed == 0 {
        return Ok(Some(silence));
    }
    tx.prepare_cached(
        "INSERT INTO silence_releases (silence, at, known) VALUES (?1, ?2, ?3)
         ON CONFLICT (silence) DO UPDATE SET at = ?2, known = ?3",
    )?
    .execute((id.number(), to_nanos(by.at), last_known(tx)?.number()))?;
    let detail = format!("{} deliveries", silence.suppressed);
    audit::note(tx, Act::ReleaseSilence, &id.to_string(), &detail, by)?;
    find(tx, id)
}

/// Releases one delivery.
pub(super) fn one(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    by: &By,
) -> Result<Delivery, LedgerError> {
    let known = last_known(tx)?;
    requeues::operate(tx, key, Transition::Release { at: by.at, known }, by)
}

/// The last silence that there is.
fn last_known(tx: &Transaction<'_>) -> Result<SilenceId, LedgerError> {
    let last: Option<i64> =
        tx.prepare_cached("SELECT max(number) FROM silences")?.query_row([], |row| row.get(0))?;
    Ok(SilenceId::of(last.unwrap_or(0)))
}

/// Whether there is a wish.
pub(super) fn any(tx: &Transaction<'_>) -> Result<bool, LedgerError> {
    let any = "SELECT EXISTS (SELECT 1 FROM silence_releases)";
    Ok(tx.prepare_cached(any)?.query_row([], |row| row.get(0))?)
}

/// Carries the first wish out as far as `most` deliveries go; one that is carried out is struck off.
pub(super) fn some(tx: &Transaction<'_>, at: Timestamp, most: usize) -> Result<usize, LedgerError> {
    let wish: Option<(i64, i64, i64)> = tx
        .prepare_cached("SELECT silence, at, known FROM silence_releases ORDER BY at LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((silence, up_to, known)) = wish else { return Ok(0) };
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let found = deliveries::query(tx, SUPPRESSED, &[&silence, &up_to, &limit])?;
    let released = found.len();
    // What a clock that is behind releases must not seem to be older than the wish.
    let at = at.max(from_nanos(up_to));
    for delivery in found {
        let release = Transition::Release { at, known: SilenceId::of(known) };
        let delivery = deliveries::advance(tx, delivery, [release])?;
        requeues::put(tx, &delivery.key, delivery.priority)?;
    }
    if released < most {
        tx.prepare_cached("DELETE FROM silence_releases WHERE silence = ?1")?.execute([silence])?;
    }
    Ok(released)
}
