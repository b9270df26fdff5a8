//! What waits for a worker, lane by lane: read from indexes that hold nothing else.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use super::error::unreadable;
use crate::{
    ledger::{LedgerError, Waiting},
    sqlite::from_nanos,
    ticket::Priority,
};

/// What nobody took, and the first recorded event of it.
pub(super) const UNTAKEN: &str = "SELECT desk, priority, count(*), min(event) FROM routes
    WHERE taken = 0 GROUP BY desk, priority";

/// What a worker should have at its time, and the first recorded event of it.
pub(super) const DUE: &str = "SELECT desk, lane, count(*), min(event) FROM deliveries
    WHERE due IS NOT NULL GROUP BY desk, lane";

const RECEIVED: &str = "SELECT received_at FROM events WHERE number = ?1";

/// The lanes in which something waits, by desk and priority.
pub(super) fn waiting(tx: &Transaction<'_>) -> Result<Vec<Waiting>, LedgerError> {
    let mut lanes: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for query in [UNTAKEN, DUE] {
        let mut statement = tx.prepare_cached(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (count, first): (i64, i64) = (row.get(2)?, row.get(3)?);
            let lane = lanes.entry((row.get(0)?, row.get(1)?)).or_insert((0, first));
            *lane = (lane.0 + count, lane.1.min(first));
        }
    }
    let lane = |((desk, priority), (count, first)): ((String, String), (i64, i64))| {
        let name = || format!("what waits for {desk}");
        let priority: Priority = priority.parse().map_err(unreadable(name))?;
        let received_at = tx.prepare_cached(RECEIVED)?.query_row([first], |row| row.get(0))?;
        let since = from_nanos(received_at);
        Ok(Waiting { desk, priority, deliveries: count.unsigned_abs(), since })
    };
    lanes.into_iter().map(lane).collect()
}
