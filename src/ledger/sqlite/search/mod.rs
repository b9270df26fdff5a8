//! Searches as walks: rows come in the order of one index, and are looked at one by one until the
//! page is full or enough of them were looked at.

pub(super) mod deliveries;
mod events;
mod incidents;
pub(super) mod payload;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use rusqlite::Rows;

use super::SqliteLedger;
use crate::{
    delivery::Delivery,
    ledger::{
        Cursor, EventRecord, Found, IncidentRecord, LedgerError, MOST_WALKED, Page, Search,
        Searches,
    },
    sqlite::to_nanos,
};

/// The row before all that are older than `search` wants; before all, where it does not say.
fn beginning(search: &Search, page: &Page) -> Cursor {
    let end = search.until.map_or(i64::MAX, to_nanos);
    let first = Cursor { at: end, number: i64::MIN, name: String::new() };
    match &page.after {
        // Behind the time that ends the search, whatever a cursor of another search says.
        Some(after) if after.at < end => after.clone(),
        Some(_) | None => first,
    }
}

/// How far a page has come.
struct Walk<T> {
    items: Vec<T>,
    walked: usize,
    effort: usize,
    most: usize,
}

/// What became of a row.
enum Seen<T> {
    /// It is none of those, by what the index says.
    Passed,
    /// It is none of those, by a glance at the event's text.
    Glanced,
    /// It was opened, and is none of those.
    Opened,
    /// It is found.
    Found(T),
}

impl<T> Seen<T> {
    /// What it took, in rows that were passed.
    fn effort(&self) -> usize {
        match self {
            Self::Passed => 1,
            Self::Glanced => 3,
            Self::Opened | Self::Found(_) => 10,
        }
    }
}

/// Goes through `rows` until the page is full.
fn walk<T>(
    mut rows: Rows<'_>,
    most: usize,
    place: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Cursor>,
    mut look: impl FnMut(&rusqlite::Row<'_>) -> Result<Seen<T>, LedgerError>,
) -> Result<Found<T>, LedgerError> {
    let mut walk = Walk { items: Vec::new(), walked: 0, effort: 0, most };
    let mut last = None;
    while let Some(row) = rows.next()? {
        if walk.is_over() {
            let Walk { items, walked, .. } = walk;
            return Ok(Found { items, next: last, walked });
        }
        let seen = look(row)?;
        walk.walked += 1;
        walk.effort += seen.effort();
        if let Seen::Found(item) = seen {
            walk.items.push(item);
        }
        if walk.is_over() {
            last = Some(place(row)?);
        }
    }
    let Walk { items, walked, .. } = walk;
    Ok(Found { items, next: None, walked })
}

impl<T> Walk<T> {
    fn is_over(&self) -> bool {
        self.items.len() >= self.most || self.effort >= MOST_WALKED
    }
}

#[async_trait]
impl Searches for SqliteLedger {
    async fn search_deliveries(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<Delivery>, LedgerError> {
        let (search, page, shown) = (search.clone(), page.clone(), self.redactions.clone());
        self.read(move |tx| deliveries::search(tx, &search, &page, &shown)).await
    }

    async fn search_events(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<EventRecord>, LedgerError> {
        let (search, page, shown) = (search.clone(), page.clone(), self.redactions.clone());
        self.read(move |tx| events::search(tx, &search, &page, &shown)).await
    }

    async fn search_incidents(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<IncidentRecord>, LedgerError> {
        let (search, page) = (search.clone(), page.clone());
        self.read(move |tx| incidents::search(tx, &search, &page)).await
    }
}
