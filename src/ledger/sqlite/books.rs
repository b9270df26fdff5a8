//! The accounts, counted from two sides: what was accepted, and where it is.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use super::{journal, missing, waiting};
use crate::ledger::{BookLine, Books, LedgerError, MOST_NAMED};

/// What was accepted and not taken up yet, a line for each source and desk.
pub(super) const ACCEPTED: &str = "SELECT source, desk, count(*), sum(taken = 0) FROM routes
    GROUP BY source, desk";

/// Where those are that were taken up.
pub(super) const DELIVERED: &str = "SELECT source, desk, state, count(*) FROM deliveries
    GROUP BY source, desk, state";

/// What no rule matched, by source.
pub(super) const UNMATCHED: &str =
    "SELECT source, count(*) FROM events WHERE routes = 0 GROUP BY source";

type Lines = BTreeMap<(String, String), BookLine>;

/// Counts all accounts in one snapshot.
pub(super) fn books(tx: &Transaction<'_>) -> Result<Books, LedgerError> {
    let mut lines = Lines::new();
    count_accepted(tx, &mut lines)?;
    count_delivered(tx, &mut lines)?;
    let lines: Vec<BookLine> = lines.into_values().collect();
    let balanced = lines.iter().all(BookLine::balances);
    let most = i64::from(MOST_NAMED);
    let (missing, nowhere) = missing::count(tx)?;
    let unmatched_of = unmatched(tx)?;
    Ok(Books {
        events: count(tx, "SELECT count(*) FROM events")?,
        unmatched: unmatched_of.values().sum(),
        unmatched_of,
        conflicts: count(tx, "SELECT coalesce(sum(conflicts), 0) FROM events WHERE conflicts > 0")?,
        // The search is long, and in vain where all lines balance.
        lost: if balanced { Vec::new() } else { missing::list(tx, missing::LOST, most)? },
        balanced,
        lines,
        waiting: waiting::waiting(tx)?,
        missing,
        nowhere,
        missing_deliveries: missing::list(tx, missing::MISSING, most)?,
        made_good: missing::list(tx, missing::MADE_GOOD, most)?,
        gaps: journal::gaps(tx)?,
    })
}

fn unmatched(tx: &Transaction<'_>) -> Result<BTreeMap<String, u64>, LedgerError> {
    let mut statement = tx.prepare_cached(UNMATCHED)?;
    let counts = statement.query_map([], |row| {
        let count: i64 = row.get(1)?;
        Ok((row.get(0)?, count.unsigned_abs()))
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}

fn count_accepted(tx: &Transaction<'_>, lines: &mut Lines) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached(ACCEPTED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line = line(lines, row.get(0)?, row.get(1)?);
        line.accepted = row.get::<_, i64>(2)?.unsigned_abs();
        line.queued = row.get::<_, i64>(3)?.unsigned_abs();
    }
    Ok(())
}

fn count_delivered(tx: &Transaction<'_>, lines: &mut Lines) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached(DELIVERED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let state: String = row.get(2)?;
        let line = line(lines, row.get(0)?, row.get(1)?);
        let account = match state.as_str() {
            "queued" => &mut line.queued,
            "attempting" => &mut line.attempting,
            "retrying" => &mut line.retrying,
            "uncertain" => &mut line.uncertain,
            "ticketed" => &mut line.ticketed,
            "merged" => &mut line.merged,
            "resolved" => &mut line.resolved,
            "suppressed" => &mut line.suppressed,
            "dead" => &mut line.dead,
            "discarded" => &mut line.discarded,
            _ => {
                let what = format!("deliveries of {} at {}", line.source, line.desk);
                let source = format!("`{state}` is not a state").into();
                return Err(LedgerError::Unreadable { what, source });
            }
        };
        *account += row.get::<_, i64>(3)?.unsigned_abs();
    }
    Ok(())
}

fn line(lines: &mut Lines, source: String, desk: String) -> &mut BookLine {
    lines.entry((source.clone(), desk.clone())).or_insert_with(|| BookLine {
        source,
        desk,
        ..BookLine::default()
    })
}

fn count(tx: &Transaction<'_>, query: &str) -> Result<u64, LedgerError> {
    let count: i64 = tx.prepare_cached(query)?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
