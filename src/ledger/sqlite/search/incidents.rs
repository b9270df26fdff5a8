//! Incidents, by when they last changed.

use rusqlite::{Row, Transaction, params};

use super::{Seen, beginning, walk};
use crate::{
    event::DeskName,
    ledger::{Cursor, Found, IncidentRecord, LedgerError, Page, Search, sqlite::error::unreadable},
    sqlite::{from_nanos, to_nanos},
};

/// The rows from a place on, in their order. The key is the place's name, behind the desk's.
pub(super) const LATEST: &str = "SELECT updated_at, desk, key, doc FROM incidents
    INDEXED BY latest_incidents
    WHERE (updated_at, desk, key) < (?1, ?2, ?3) AND updated_at >= ?4
    AND (?5 IS NULL OR desk = ?5) AND (?6 IS NULL OR key = ?6)
    ORDER BY updated_at DESC, desk DESC, key DESC";

/// A page of the incidents that `search` chooses.
pub(super) fn search(
    tx: &Transaction<'_>,
    search: &Search,
    page: &Page,
) -> Result<Found<IncidentRecord>, LedgerError> {
    let Cursor { at, name, .. } = beginning(search, page);
    let (desk, key) = name.split_once('\n').unwrap_or_default();
    let since = search.since.map_or(i64::MIN, to_nanos);
    let wanted = search.desk.as_ref().map(DeskName::as_str);
    let mut statement = tx.prepare_cached(LATEST)?;
    let rows = statement.query(params![at, desk, key, since, wanted, search.incident])?;
    walk(rows, page.most, place, |row| read(row).map(Seen::Found))
}

fn place(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    let (desk, key): (String, String) = (row.get(1)?, row.get(2)?);
    // No desk's name has a line's end in it.
    Ok(Cursor { at: row.get(0)?, number: 0, name: format!("{desk}\n{key}") })
}

fn read(row: &Row<'_>) -> Result<IncidentRecord, LedgerError> {
    let (desk, doc): (String, String) = (row.get(1)?, row.get(3)?);
    let name = || format!("an incident at {desk}");
    Ok(IncidentRecord {
        incident: serde_json::from_str(&doc).map_err(unreadable(name))?,
        key: row.get(2)?,
        updated_at: from_nanos(row.get(0)?),
        desk: desk.parse().map_err(unreadable(name))?,
    })
}
