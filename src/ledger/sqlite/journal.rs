//! How far the journal has been recorded, and what of it nobody can read any more.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{audit, events::EventRow};
use crate::{
    event::{JournalGap, JournalMark},
    ledger::{Act, By, Gap, LedgerError},
    sqlite::{from_nanos, to_nanos},
};

/// Records events and moves the journal's mark. It may go back, with a journal that begins again or
/// a slower reader: what is read twice is recorded once.
pub(super) fn record(
    tx: &Transaction<'_>,
    rows: &[EventRow],
    read_up_to: &JournalMark,
) -> Result<(), LedgerError> {
    for row in rows {
        row.record(tx)?;
    }
    tx.prepare_cached(
        "INSERT INTO journal_cursor (only, number, entry) VALUES (1, ?1, ?2)
         ON CONFLICT (only) DO UPDATE SET number = excluded.number, entry = excluded.entry",
    )?
    .execute((i64::try_from(read_up_to.number).unwrap_or(i64::MAX), &read_up_to.entry))?;
    Ok(())
}

/// The entry that [`record`] was told last.
pub(super) fn recorded_up_to(tx: &Transaction<'_>) -> Result<Option<JournalMark>, LedgerError> {
    let mark: Option<(i64, String)> = tx
        .prepare_cached("SELECT number, entry FROM journal_cursor")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(mark.map(|(number, entry)| JournalMark { number: number.unsigned_abs(), entry }))
}

/// Notes a gap behind the marked entry, once.
pub(super) fn note_gap(
    tx: &Transaction<'_>,
    behind: &JournalMark,
    gap: JournalGap,
    at: Timestamp,
) -> Result<(), LedgerError> {
    let entries = match gap {
        JournalGap::Overtaken(entries) => Some(i64::try_from(entries).unwrap_or(i64::MAX)),
        JournalGap::Replaced => None,
    };
    tx.prepare_cached(
        "INSERT INTO journal_gaps (number, entry, found_at, entries) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (number, entry) DO NOTHING",
    )?
    .execute(params![
        i64::try_from(behind.number).unwrap_or(i64::MAX),
        behind.entry,
        to_nanos(at),
        entries
    ])?;
    Ok(())
}

/// All gaps, the latest first.
pub(super) fn gaps(tx: &Transaction<'_>) -> Result<Vec<Gap>, LedgerError> {
    let mut statement =
        tx.prepare_cached("SELECT found_at, entries FROM journal_gaps ORDER BY found_at DESC")?;
    let rows = statement.query_map([], |row| {
        let entries: Option<i64> = row.get(1)?;
        Ok(Gap { found_at: from_nanos(row.get(0)?), entries: entries.map(i64::unsigned_abs) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets all gaps that were found by now.
pub(super) fn forget_gaps(tx: &Transaction<'_>, by: &By) -> Result<u64, LedgerError> {
    let forgotten = tx
        .prepare_cached("DELETE FROM journal_gaps WHERE found_at <= ?1")?
        .execute([to_nanos(by.at)])?;
    if forgotten > 0 {
        audit::note(tx, Act::ForgetGaps, "journal", &format!("{forgotten} gaps"), by)?;
    }
    Ok(forgotten as u64)
}
