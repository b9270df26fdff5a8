//! The journal: its readers, and the bounds that keep it small.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Transaction;
use tokio::sync::Notify;

use super::rows::{ENVELOPE_COLUMNS, RawEnvelope, read_envelope};
use crate::{
    broker::{BrokerError, JOURNAL_BYTES, JOURNAL_DAYS, Journal, JournalEntry},
    event::{JournalGap, JournalMark},
    sqlite::{Store, to_nanos},
};

/// The journal's oldest entry.
pub(super) const OLDEST: &str = "SELECT number, bytes, received_at FROM envelopes
    WHERE journaled = 1 ORDER BY number LIMIT 1";

/// How much of the past the journal keeps. What is past either bound goes, oldest first, once it has
/// been recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalBounds {
    /// Age of an entry since the receiver read it.
    pub max_age: Duration,
    /// Sum of the events' sizes, in bytes.
    pub max_bytes: u64,
}

impl Default for JournalBounds {
    fn default() -> Self {
        Self { max_age: Duration::from_hours(JOURNAL_DAYS * 24), max_bytes: JOURNAL_BYTES }
    }
}

/// Strikes up to `most` entries that are past the bounds, and tells how many. All are before entry
/// `recorded`, which stays: by it the reader knows its journal again.
///
/// An event whose jobs are not done keeps its row until they are.
pub(super) fn prune(
    tx: &Transaction<'_>,
    bounds: JournalBounds,
    now: Timestamp,
    recorded: i64,
    most: usize,
) -> rusqlite::Result<usize> {
    let max_bytes = i64::try_from(bounds.max_bytes).unwrap_or(i64::MAX);
    let max_age = SignedDuration::try_from(bounds.max_age).unwrap_or(SignedDuration::MAX);
    let oldest_kept = now.checked_sub(max_age).map_or(i64::MIN, to_nanos);
    let mut size: i64 =
        tx.prepare_cached("SELECT bytes FROM journal_size")?.query_row([], |row| row.get(0))?;
    let mut struck = 0;
    while struck < most {
        let Some((number, bytes, received_at)) = oldest(tx)? else { break };
        if number >= recorded || (size <= max_bytes && received_at >= oldest_kept) {
            break;
        }
        tx.prepare_cached("UPDATE envelopes SET journaled = 0 WHERE number = ?1")?
            .execute([number])?;
        remove_if_done(tx, number)?;
        size -= bytes;
        struck += 1;
    }
    if struck > 0 {
        tx.prepare_cached("UPDATE journal_size SET bytes = ?1")?.execute([size])?;
    }
    Ok(struck)
}

/// Notes that the journal has grown.
pub(super) fn grow(tx: &Transaction<'_>, bytes: i64) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE journal_size SET bytes = bytes + ?1")?.execute([bytes]).map(drop)
}

/// Removes an event that is neither in the journal nor in a lane.
pub(super) fn remove_if_done(tx: &Transaction<'_>, number: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "DELETE FROM envelopes WHERE number = ?1 AND journaled = 0
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE envelope = ?1)",
    )?
    .execute([number])
    .map(drop)
}

fn oldest(tx: &Transaction<'_>) -> rusqlite::Result<Option<(i64, i64, i64)>> {
    use rusqlite::OptionalExtension as _;
    tx.prepare_cached(OLDEST)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
}

/// What readers of the journal share.
#[derive(Debug, Default)]
pub(super) struct Spine {
    /// Rings when the journal has grown.
    pub(super) grown: Arc<Notify>,
    /// The number of the last entry that was recorded, as far as this process knows.
    recorded: AtomicI64,
    /// Entries that cannot be read. Each was an error once; then the rest is read.
    unreadable: Mutex<HashSet<i64>>,
}

impl Spine {
    /// Entries up to this number have been recorded.
    pub(super) fn record(&self, up_to: i64) {
        self.recorded.fetch_max(up_to, Ordering::Relaxed);
    }

    /// The number of the last entry that was recorded.
    pub(super) fn recorded(&self) -> i64 {
        self.recorded.load(Ordering::Relaxed)
    }

    /// Whether this entry is an error for the first time.
    fn is_news(&self, number: i64) -> bool {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).insert(number)
    }
}

/// A reader of the journal.
pub(super) struct EmbeddedJournal {
    pub(super) store: Arc<Store>,
    pub(super) spine: Arc<Spine>,
    /// The number of the last entry that was read.
    pub(super) after: i64,
    pub(super) gap: Option<JournalGap>,
}

impl EmbeddedJournal {
    /// What is there; `None` at the end.
    async fn look(&mut self, most: usize) -> Result<Option<Vec<JournalEntry>>, BrokerError> {
        let after = self.after;
        let rows = self.store.read(move |tx| entries(tx, after, most)).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut entries = Vec::with_capacity(rows.len());
        for (number, row) in rows {
            match row.parse(number) {
                Ok(envelope) => {
                    entries.push(JournalEntry { number: number.unsigned_abs(), envelope });
                }
                // What could be read goes out first; the next look finds the fault at its head.
                Err(_) if !entries.is_empty() => break,
                Err(error) if self.spine.is_news(number) => return Err(error.into()),
                Err(_) => {}
            }
            self.after = number;
        }
        Ok(Some(entries))
    }
}

/// The place behind which a reader goes on; `None` for the oldest entry, where the marked one is
/// another journal's.
pub(super) fn place_of(
    tx: &Transaction<'_>,
    mark: &JournalMark,
) -> Result<Option<i64>, BrokerError> {
    let Ok(number) = i64::try_from(mark.number) else { return Ok(None) };
    let found = entries(tx, number.saturating_sub(1), 1)?.pop().and_then(|(found, row)| {
        let envelope = row.parse(found).ok()?;
        Some(JournalMark::of(found.unsigned_abs(), &envelope))
    });
    Ok((found.as_ref() == Some(mark)).then_some(number))
}

/// The journal's entries behind a number.
pub(super) fn entries_query() -> String {
    format!(
        "SELECT {ENVELOPE_COLUMNS} FROM envelopes WHERE journaled = 1 AND number > ?1
         ORDER BY number LIMIT ?2"
    )
}

fn entries(
    tx: &Transaction<'_>,
    after: i64,
    most: usize,
) -> Result<Vec<(i64, RawEnvelope)>, BrokerError> {
    let mut statement = tx.prepare_cached(&entries_query())?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map([after, most], read_envelope)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[async_trait]
impl Journal for EmbeddedJournal {
    /// An error about one entry comes once in this process, so that the rest can be read.
    async fn next(&mut self, most: usize) -> Result<Vec<JournalEntry>, BrokerError> {
        let spine = Arc::clone(&self.spine);
        loop {
            let grown = spine.grown.notified();
            tokio::pin!(grown);
            grown.as_mut().enable();
            match self.look(most.max(1)).await? {
                Some(entries) if entries.is_empty() => {}
                Some(entries) => return Ok(entries),
                None => grown.await,
            }
        }
    }

    fn gap(&self) -> Option<JournalGap> {
        self.gap
    }
}
