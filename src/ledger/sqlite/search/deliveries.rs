//! Deliveries, by when they last changed.

use rusqlite::{OptionalExtension as _, Row, Transaction, params_from_iter, types::Value};

use super::{Seen, beginning, payload, walk};
use crate::{
    delivery::{Delivery, Reason, SilenceId},
    event::{DeskName, EventType, Redactions, SourceName},
    ledger::{Cursor, Found, LedgerError, Page, Search, sqlite::deliveries},
    sqlite::to_nanos,
    ticket::Priority,
};

/// All that the index has of a row.
macro_rules! select {
    ($index:literal, $condition:literal) => {
        concat!(
            "SELECT updated_at, event, desk, state, reason, source, event_type, priority, incident ",
            "FROM deliveries INDEXED BY ", $index,
            " WHERE ", $condition, " (updated_at, event, desk) < (?1, ?2, ?3) AND updated_at >= ?4 ",
            "ORDER BY updated_at DESC, event DESC, desk DESC"
        )
    };
}

/// The rows from a place on, in their order, from the index that leaves out most.
pub(super) fn query(search: &Search) -> &'static str {
    match search {
        Search { silence: Some(_), .. } => select!("deliveries_by_silence", "silence = ?5 AND"),
        Search { state: Some(_), .. } => select!("deliveries_by_state", "state = ?5 AND"),
        Search { desk: Some(_), .. } => select!("deliveries_by_desk", "desk = ?5 AND"),
        _ => select!("latest_deliveries", ""),
    }
}

/// A page of the deliveries that `search` chooses.
pub(in crate::ledger::sqlite) fn search(
    tx: &Transaction<'_>,
    search: &Search,
    page: &Page,
    redactions: &Redactions,
) -> Result<Found<Delivery>, LedgerError> {
    let Cursor { at, number, name } = beginning(search, page);
    let since = search.since.map_or(i64::MIN, to_nanos);
    let mut parameters: Vec<Value> = vec![at.into(), number.into(), name.into(), since.into()];
    let chosen = search.state.or(search.desk.as_ref().map(DeskName::as_str));
    let chosen = chosen.map(|chosen| Value::from(chosen.to_owned()));
    parameters.extend(search.silence.map(|id| Value::from(id.number())).or(chosen));
    let of_id = match &search.event {
        Some(id) => Some(numbers(tx, id.as_str())?),
        None => None,
    };
    let mut statement = tx.prepare_cached(query(search))?;
    let rows = statement.query(params_from_iter(parameters))?;
    walk(rows, page.most, place, |row| {
        if !is_chosen(search, row)? {
            return Ok(Seen::Passed);
        }
        let event: i64 = row.get(1)?;
        if of_id.as_ref().is_some_and(|numbers| !numbers.contains(&event)) {
            return Ok(Seen::Passed);
        }
        let desk: String = row.get(2)?;
        open(tx, search, (event, &desk), redactions)
    })
}

fn place(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    Ok(Cursor { at: row.get(0)?, number: row.get(1)?, name: row.get(2)? })
}

/// The numbers of the events of this id, of whatever source.
pub(in crate::ledger::sqlite) fn numbers(
    tx: &Transaction<'_>,
    id: &str,
) -> Result<Vec<i64>, LedgerError> {
    let mut statement = tx.prepare_cached("SELECT number FROM events WHERE id = ?1")?;
    let numbers = statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(numbers)
}

/// Whether what the index has is as the search says.
pub(in crate::ledger::sqlite) fn is_chosen(
    search: &Search,
    row: &Row<'_>,
) -> rusqlite::Result<bool> {
    let Search { desk, state, reason, source, event_type, priority, incident, .. } = search;
    let wanted = [
        (2, desk.as_ref().map(DeskName::as_str)),
        (3, *state),
        (4, reason.map(Reason::as_str)),
        (5, source.as_ref().map(SourceName::as_str)),
        (6, event_type.as_ref().map(EventType::as_str)),
        (7, priority.map(Priority::as_str)),
        (8, incident.as_deref()),
    ];
    for (column, wanted) in wanted {
        if let Some(wanted) = wanted
            && row.get_ref(column)?.as_str_or_null()? != Some(wanted)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open(
    tx: &Transaction<'_>,
    search: &Search,
    (event, desk): (i64, &str),
    redactions: &Redactions,
) -> Result<Seen<Delivery>, LedgerError> {
    let row: Option<(String, String, Option<String>)> = tx
        .prepare_cached("SELECT key, doc, words FROM deliveries WHERE event = ?1 AND desk = ?2")?
        .query_row((event, desk), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((key, doc, words)) = row else { return Ok(Seen::Opened) };
    match payload::look(tx, search, event, words.as_deref(), redactions)?.missed() {
        Some(missed) => Ok(missed),
        None => deliveries::parse(&key, &doc).map(Seen::Found),
    }
}

/// Whether one of the event's deliveries is as `search` says.
pub(super) fn any_of(
    tx: &Transaction<'_>,
    search: &Search,
    number: i64,
) -> Result<bool, LedgerError> {
    let mut statement = tx.prepare_cached(OF_EVENT)?;
    let mut rows = statement.query((number, search.silence.map(SilenceId::number)))?;
    while let Some(row) = rows.next()? {
        if is_chosen(search, row)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The deliveries of event number `?1`, and its routes that nobody has taken up: they are queued.
/// Of silence `?2` alone, unless that is null.
const OF_EVENT: &str =
    "SELECT updated_at, event, desk, state, reason, source, event_type, priority,
        incident FROM deliveries WHERE event = ?1 AND (?2 IS NULL OR silence = ?2)
    UNION ALL
    SELECT 0, event, desk, 'queued', NULL, routes.source, events.type, priority, NULL FROM routes
        JOIN events ON events.number = routes.event WHERE event = ?1 AND taken = 0 AND ?2 IS NULL";
