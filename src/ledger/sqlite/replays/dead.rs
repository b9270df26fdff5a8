//! What is dead, counted and judged: for plans.

use rusqlite::{Transaction, params};

use crate::{
    delivery::Reason,
    event::{DeskName, EventId, EventType, Redactions, SourceName},
    ledger::{
        DeadLetter, Found, LedgerError, Page, Search,
        sqlite::{
            error::unreadable,
            events::{self, Which},
            search::deliveries as searched,
        },
    },
    sqlite::to_nanos,
    ticket::Priority,
};

/// The dead letters of desk `?1` behind the place `?2`, `?3`, not after `?4`, that replay `?5` has not
/// put back, by what the index tells of them.
pub(in crate::ledger::sqlite) const LEFT: &str =
    "SELECT count(*) FROM deliveries INDEXED BY dead_by_desk
    WHERE state = 'dead' AND desk = ?1 AND (updated_at, event) > (?2, ?3) AND updated_at <= ?4
    AND replay IS NOT ?5 AND updated_at >= ?6
    AND (?7 IS NULL OR reason = ?7) AND (?8 IS NULL OR source = ?8)
    AND (?9 IS NULL OR event_type = ?9) AND (?10 IS NULL OR priority = ?10)
    AND (?11 IS NULL OR incident = ?11)
    AND (?12 IS NULL OR event IN (SELECT number FROM events WHERE id = ?12))";

/// A part of the dead letters of one desk.
pub(super) struct Part<'a> {
    pub(super) desk: &'a str,
    /// Behind this place.
    pub(super) after: (i64, i64),
    /// Not after this time.
    pub(super) latest: i64,
    /// Not put back by the replay of this number.
    pub(super) not_by: Option<i64>,
}

/// How many of them `search` chooses, whatever it says of payloads.
pub(super) fn count(
    tx: &Transaction<'_>,
    search: &Search,
    part: &Part<'_>,
) -> Result<u64, LedgerError> {
    if search.desk.as_ref().is_some_and(|desk| desk.as_str() != part.desk) {
        return Ok(0);
    }
    let (at, event) = part.after;
    let count: i64 = tx.prepare_cached(LEFT)?.query_row(
        params![
            part.desk,
            at,
            event,
            latest(search, part.latest),
            // No replay has this number.
            part.not_by.unwrap_or(-1),
            search.since.map_or(i64::MIN, to_nanos),
            search.reason.map(Reason::as_str),
            search.source.as_ref().map(SourceName::as_str),
            search.event_type.as_ref().map(EventType::as_str),
            search.priority.map(Priority::as_str),
            search.incident,
            search.event.as_ref().map(EventId::as_str),
        ],
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
}

/// The latest time that `search` chooses, not after `latest`.
pub(super) fn latest(search: &Search, latest: i64) -> i64 {
    search.until.map_or(latest, |until| latest.min(to_nanos(until).saturating_sub(1)))
}

/// How many dead letters `search` chooses at most, by desk.
pub(super) fn by_desk(
    tx: &Transaction<'_>,
    search: &Search,
) -> Result<Vec<(DeskName, u64)>, LedgerError> {
    let mut counts = Vec::new();
    for desk in super::desks(tx)? {
        let part = Part { desk: &desk, after: (i64::MIN, 0), latest: i64::MAX, not_by: None };
        let dead = count(tx, search, &part)?;
        if dead > 0 {
            let name = desk.parse().map_err(unreadable(|| "the name of a desk".to_owned()))?;
            counts.push((name, dead));
        }
    }
    Ok(counts)
}

/// A page of dead letters with their whole events.
pub(super) fn page(
    tx: &Transaction<'_>,
    search: &Search,
    page: &Page,
    redactions: &Redactions,
) -> Result<Found<DeadLetter>, LedgerError> {
    let search = Search { state: Some("dead"), ..search.clone() };
    let Found { items, next, walked } = searched::search(tx, &search, page, redactions)?;
    let mut letters = Vec::with_capacity(items.len());
    for delivery in items {
        let named = [delivery.event.id.as_str(), delivery.event.source.as_str()];
        let recorded = events::read(tx, Which::Named, named)?.pop();
        let letter = recorded.map(|recorded| DeadLetter { delivery, envelope: recorded.envelope });
        letters.extend(letter);
    }
    Ok(Found { items: letters, next, walked })
}
