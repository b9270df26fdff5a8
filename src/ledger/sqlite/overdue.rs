//! Deliveries that no worker has taken up in time.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::{
    error::unreadable,
    events::{self, Which},
};
use crate::{
    event::DeskName,
    ledger::{LedgerError, Overdue},
    sqlite::to_nanos,
    ticket::Priority,
};

/// Routes of the lane `?1`, `?2` that nobody took, of events behind number `?4` that were accepted
/// by `?3`, and not before the ledger heard of the desk.
pub(super) const UNTAKEN: &str = "SELECT event, rule FROM routes
    JOIN events ON events.number = routes.event
    WHERE desk = ?1 AND priority = ?2 AND taken = 0 AND event > ?4 AND received_at <= ?3
    AND received_at >= (SELECT since FROM desk_leases WHERE desk = ?1)
    ORDER BY event LIMIT ?5";

/// Deliveries of the same lane that were due by `?3`.
pub(super) const DUE: &str = "SELECT deliveries.event, rule FROM deliveries
    JOIN routes ON routes.event = deliveries.event AND routes.desk = deliveries.desk
    WHERE deliveries.desk = ?1 AND lane = ?2 AND deliveries.event > ?4
    AND due IS NOT NULL AND due <= ?3
    ORDER BY deliveries.event LIMIT ?5";

/// The first `most` overdue deliveries behind `after`.
pub(super) fn overdue(
    tx: &Transaction<'_>,
    (desk, priority): (&DeskName, Priority),
    by: Timestamp,
    after: i64,
    most: usize,
) -> Result<Vec<Overdue>, LedgerError> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found: Vec<(i64, String)> = Vec::new();
    for query in [UNTAKEN, DUE] {
        let parameters = params![desk.as_str(), priority.as_str(), to_nanos(by), after, limit];
        let mut statement = tx.prepare_cached(query)?;
        let rows = statement.query_map(parameters, |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    found.sort_unstable();
    found.truncate(most);
    let mut overdue = Vec::with_capacity(found.len());
    for (place, rule) in found {
        let name = || format!("the route of event {place} to {desk}");
        let rule: crate::event::RuleName = rule.parse().map_err(unreadable(name))?;
        for record in events::read(tx, Which::Number, [place])? {
            overdue.push(Overdue { place, rule: rule.clone(), envelope: record.envelope });
        }
    }
    Ok(overdue)
}
