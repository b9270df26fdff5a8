//! Events, by when they were received.

use rusqlite::{Row, Transaction};

use super::{Seen, beginning, deliveries, payload, walk};
use crate::{
    event::{EventType, Redactions, SourceName},
    ledger::{
        Cursor, EventRecord, Found, LedgerError, Page, Search,
        sqlite::events::{self, Which},
    },
    sqlite::to_nanos,
};

/// The rows from a place on, in their order.
pub(super) const LATEST: &str = "SELECT received_at, number, source, type, id FROM events
    INDEXED BY latest_events WHERE (received_at, number) < (?1, ?2) AND received_at >= ?3
    ORDER BY received_at DESC, number DESC";

/// The same of the events of one id, of which there are few.
pub(super) const OF_ID: &str = "SELECT received_at, number, source, type, id FROM events
    WHERE id = ?4 AND (received_at, number) < (?1, ?2) AND received_at >= ?3
    ORDER BY received_at DESC, number DESC";

/// A page of the events that `search` chooses.
pub(super) fn search(
    tx: &Transaction<'_>,
    search: &Search,
    page: &Page,
    redactions: &Redactions,
) -> Result<Found<EventRecord>, LedgerError> {
    let Cursor { at, number, .. } = beginning(search, page);
    let since = search.since.map_or(i64::MIN, to_nanos);
    let query = if search.event.is_some() { OF_ID } else { LATEST };
    let mut statement = tx.prepare_cached(query)?;
    let rows = match &search.event {
        Some(id) => statement.query((at, number, since, id.as_str()))?,
        None => statement.query((at, number, since))?,
    };
    walk(rows, page.most, place, |row| {
        if !is_chosen(search, row)? {
            return Ok(Seen::Passed);
        }
        open(tx, search, row.get(1)?, redactions)
    })
}

fn place(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    Ok(Cursor { at: row.get(0)?, number: row.get(1)?, name: String::new() })
}

fn is_chosen(search: &Search, row: &Row<'_>) -> Result<bool, LedgerError> {
    let Search { source, event_type, .. } = search;
    let wanted = [
        (2, source.as_ref().map(SourceName::as_str)),
        (3, event_type.as_ref().map(EventType::as_str)),
    ];
    for (column, wanted) in wanted {
        let has = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        if wanted.is_some() && has != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open(
    tx: &Transaction<'_>,
    search: &Search,
    number: i64,
    redactions: &Redactions,
) -> Result<Seen<EventRecord>, LedgerError> {
    if search.is_of_deliveries() && !deliveries::any_of(tx, search, number)? {
        return Ok(Seen::Glanced);
    }
    if let Some(missed) = payload::look(tx, search, number, None, redactions)?.missed() {
        return Ok(missed);
    }
    let found = events::show(tx, Which::Number, [number], redactions)?.pop();
    Ok(found.map_or(Seen::Opened, Seen::Found))
}
