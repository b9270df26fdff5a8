//! Bulk replays as rows and back.

pub(super) mod dead;
pub(super) mod feed;
pub(super) mod progress;

use std::num::NonZeroU32;

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{SqliteLedger, audit, error::unreadable};
use crate::{
    event::DeskName,
    ledger::{
        Act, Begun, By, DeadLetter, Fed, Feed, Found, LedgerError, NewReplay, Page, ReplayDesk,
        ReplayName, ReplayRecord, ReplayState, Replays, Search, SearchDocument, Steering,
    },
    sqlite::{from_nanos, to_nanos},
};

/// What a record is read from.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT name, search, began_at, rate, state, changed_at, who, via, why, number ",
            "FROM replays ",
            $rest
        )
    };
}

/// The desks at which something is dead, by name.
pub(super) const DESKS: &str = "SELECT min(desk) FROM deliveries INDEXED BY dead_by_desk
    WHERE state = 'dead' AND desk > ?1";

fn begin(tx: &Transaction<'_>, new: &NewReplay, by: &By) -> Result<Begun, LedgerError> {
    let NewReplay { name, search, rate } = new;
    let document = super::deliveries::written(&SearchDocument::of(search))?;
    if let Some((_, known)) = find(tx, name)? {
        let is_same = SearchDocument::of(&known.search) == SearchDocument::of(search);
        return Ok(if is_same { Begun::Known(known) } else { Begun::Taken(known) });
    }
    let desks: Vec<String> = match &search.desk {
        Some(desk) => vec![desk.to_string()],
        None => desks(tx)?,
    };
    let state = if desks.is_empty() { ReplayState::Done } else { ReplayState::Running };
    let By { at, who, via, why } = by;
    let now = to_nanos(*at);
    tx.prepare_cached(
        "INSERT INTO replays
         (name, search, began_at, rate, state, changed_at, who, via, why, next_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?3, ?6, ?7, ?8, ?3)",
    )?
    .execute(params![
        name.as_str(),
        document,
        now,
        rate.map(NonZeroU32::get),
        state.as_str(),
        who,
        via.as_str(),
        why
    ])?;
    let number = tx.last_insert_rowid();
    for desk in desks {
        tx.prepare_cached(
            "INSERT INTO replay_places (replay, desk, at, event, put_back, through)
             VALUES (?1, ?2, ?3, 0, 0, 0)",
        )?
        .execute((number, desk, i64::MIN))?;
    }
    audit::note(tx, Act::StartReplay, name.as_str(), &document, by)?;
    let begun = find(tx, name)?.map(|(_, record)| Begun::New(record));
    begun.ok_or_else(|| unreadable(|| format!("replay {name}"))("it was not written"))
}

/// One desk after the other: what lies between two of them is skipped.
fn desks(tx: &Transaction<'_>) -> Result<Vec<String>, LedgerError> {
    let mut statement = tx.prepare_cached(DESKS)?;
    let mut desks: Vec<String> = Vec::new();
    loop {
        let last = desks.last().map_or("", String::as_str);
        match statement.query_row([last], |row| row.get(0))? {
            Some(desk) => desks.push(desk),
            None => return Ok(desks),
        }
    }
}

/// The replay of this name, with its number.
fn find(
    tx: &Transaction<'_>,
    name: &ReplayName,
) -> Result<Option<(i64, ReplayRecord)>, LedgerError> {
    let mut statement = tx.prepare_cached(select!("WHERE name = ?1"))?;
    let row = statement.query_row([name.as_str()], Raw::of).optional()?;
    row.map(Raw::parse).transpose()
}

fn list(tx: &Transaction<'_>, most: usize) -> Result<Vec<ReplayRecord>, LedgerError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = tx.prepare_cached(select!("ORDER BY number DESC LIMIT ?1"))?;
    let rows = statement.query_map([most], Raw::of)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(|row| row.parse().map(|(_, record)| record)).collect()
}

fn steer(
    tx: &Transaction<'_>,
    name: &ReplayName,
    steering: Steering,
    by: &By,
) -> Result<Option<ReplayRecord>, LedgerError> {
    let Some((number, record)) = find(tx, name)? else { return Ok(None) };
    let (state, act) = match steering {
        Steering::Pause => (ReplayState::Paused, Act::PauseReplay),
        Steering::Resume => (ReplayState::Running, Act::ResumeReplay),
        Steering::Cancel => (ReplayState::Cancelled, Act::CancelReplay),
    };
    if !record.state.is_open() || record.state == state {
        return Ok(Some(record));
    }
    enter(tx, number, state, to_nanos(by.at))?;
    audit::note(tx, act, name.as_str(), "", by)?;
    Ok(Some(ReplayRecord { state, changed_at: by.at, ..record }))
}

/// Writes a replay's state.
fn enter(
    tx: &Transaction<'_>,
    number: i64,
    state: ReplayState,
    at: i64,
) -> Result<(), LedgerError> {
    tx.prepare_cached("UPDATE replays SET state = ?2, changed_at = ?3 WHERE number = ?1")?
        .execute((number, state.as_str(), at))?;
    Ok(())
}

/// A replay's columns, not parsed yet.
struct Raw {
    number: i64,
    name: String,
    search: String,
    began_at: i64,
    rate: Option<u32>,
    state: String,
    changed_at: i64,
    who: String,
    via: String,
    why: Option<String>,
}

impl Raw {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get(0)?,
            search: row.get(1)?,
            began_at: row.get(2)?,
            rate: row.get(3)?,
            state: row.get(4)?,
            changed_at: row.get(5)?,
            who: row.get(6)?,
            via: row.get(7)?,
            why: row.get(8)?,
            number: row.get(9)?,
        })
    }

    fn parse(self) -> Result<(i64, ReplayRecord), LedgerError> {
        let written = self.name;
        let name = || format!("replay {written}");
        let document: SearchDocument =
            serde_json::from_str(&self.search).map_err(unreadable(name))?;
        let record = ReplayRecord {
            name: written.parse().map_err(unreadable(name))?,
            search: document.search().map_err(unreadable(name))?,
            began_at: from_nanos(self.began_at),
            rate: self.rate.and_then(NonZeroU32::new),
            state: self.state.parse().map_err(unreadable(name))?,
            changed_at: from_nanos(self.changed_at),
            who: self.who,
            via: self.via.parse().map_err(unreadable(name))?,
            why: self.why,
        };
        Ok((self.number, record))
    }
}

#[async_trait]
impl Replays for SqliteLedger {
    async fn begin_replay(&self, new: &NewReplay, by: &By) -> Result<Begun, LedgerError> {
        let (new, by) = (new.clone(), by.clone());
        self.write(move |tx| begin(tx, &new, &by)).await
    }

    async fn replays(&self, most: usize) -> Result<Vec<ReplayRecord>, LedgerError> {
        self.read(move |tx| list(tx, most)).await
    }

    async fn find_replay(&self, name: &ReplayName) -> Result<Option<ReplayRecord>, LedgerError> {
        let name = name.clone();
        self.read(move |tx| Ok(find(tx, &name)?.map(|(_, record)| record))).await
    }

    async fn replay_progress(&self, name: &ReplayName) -> Result<Vec<ReplayDesk>, LedgerError> {
        let name = name.clone();
        self.read(move |tx| match find(tx, &name)? {
            Some((number, record)) => progress::of(tx, number, &record),
            None => Ok(Vec::new()),
        })
        .await
    }

    async fn steer_replay(
        &self,
        name: &ReplayName,
        steering: Steering,
        by: &By,
    ) -> Result<Option<ReplayRecord>, LedgerError> {
        let (name, by) = (name.clone(), by.clone());
        self.write(move |tx| steer(tx, &name, steering, &by)).await
    }

    async fn desks_to_feed(&self) -> Result<Vec<DeskName>, LedgerError> {
        self.read(feed::desks).await
    }

    async fn feed(&self, feed: &Feed) -> Result<Fed, LedgerError> {
        let (feed, redactions) = (feed.clone(), self.redactions.clone());
        self.write(move |tx| feed::feed(tx, &feed, &redactions)).await
    }

    async fn dead_by_desk(&self, search: &Search) -> Result<Vec<(DeskName, u64)>, LedgerError> {
        let search = search.clone();
        self.read(move |tx| dead::by_desk(tx, &search)).await
    }

    async fn dead_letters(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<DeadLetter>, LedgerError> {
        let (search, page, shown) = (search.clone(), page.clone(), self.redactions.clone());
        self.read(move |tx| dead::page(tx, &search, &page, &shown)).await
    }
}
