//! Dead letters in groups.

use rusqlite::{Row, Transaction};

use crate::{
    ledger::{DeadGroup, LedgerError, sqlite::error::unreadable},
    sqlite::from_nanos,
};

/// All of them, counted in one index.
pub(in super::super) const GROUPS: &str =
    "SELECT reason, desk, count(*), min(updated_at), max(updated_at) FROM deliveries
    INDEXED BY dead_letters WHERE state = 'dead'
    GROUP BY reason, desk ORDER BY count(*) DESC, desk, reason";

/// The groups, the largest first.
pub(super) fn groups(tx: &Transaction<'_>) -> Result<Vec<DeadGroup>, LedgerError> {
    let mut statement = tx.prepare_cached(GROUPS)?;
    let mut rows = statement.query([])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        groups.push(read(row)?);
    }
    Ok(groups)
}

fn read(row: &Row<'_>) -> Result<DeadGroup, LedgerError> {
    let (reason, desk): (String, String) = (row.get(0)?, row.get(1)?);
    let name = || format!("dead letters of {reason} at {desk}");
    Ok(DeadGroup {
        letters: row.get::<_, i64>(2)?.unsigned_abs(),
        first: from_nanos(row.get(3)?),
        last: from_nanos(row.get(4)?),
        reason: reason.parse().map_err(unreadable(name))?,
        desk: desk.parse().map_err(unreadable(name))?,
    })
}
