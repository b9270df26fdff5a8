//! Erasing payloads from the embedded store, while its broker runs or not.

use std::path::Path;

use rusqlite::Transaction;

use super::{
    SCHEMA,
    rows::{ENVELOPE_COLUMNS, read_envelope},
};
use crate::{
    broker::BrokerError,
    event::Event,
    sqlite::{OpenError, Store},
};

/// The way to what the embedded store keeps of events: its journal, and events whose jobs wait.
///
/// It changes payloads alone, never which entries and jobs there are: so the broker need not be
/// asked, nor be stopped.
#[derive(Debug)]
pub struct JournalEraser {
    store: Store,
}

impl JournalEraser {
    /// Opens the store in the data directory; `None` where there is none. Blocks on the disk.
    pub fn open(directory: &Path) -> Result<Option<Self>, OpenError> {
        let path = directory.join("broker.db");
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(Self { store: Store::open(&path, SCHEMA, None)? }))
    }

    /// The events behind a number, `most` at most, each with its own. One that cannot be read is an
    /// error that names it.
    pub async fn events(&self, after: i64, most: usize) -> Result<Vec<(i64, Event)>, BrokerError> {
        let rows = self.store.read(move |tx| rows(tx, after, most)).await?;
        let parsed = rows.into_iter().map(|(number, row)| Ok((number, row.parse(number)?.event)));
        parsed.collect()
    }

    /// Writes tombstones in the place of these events, all or none. What the entries count for in
    /// the journal's size stays as it is.
    pub async fn replace(&self, tombstones: Vec<(i64, Event)>) -> Result<(), BrokerError> {
        self.store
            .write(move |tx| {
                for (number, event) in &tombstones {
                    let body = event.to_cloudevents();
                    tx.prepare_cached("UPDATE envelopes SET body = ?2 WHERE number = ?1")?
                        .execute((number, String::from_utf8_lossy(&body)))?;
                }
                Ok::<_, BrokerError>(())
            })
            .await
    }

    /// Empties the log of changes, and closes the store; whether nobody was in the way.
    pub async fn close(self) -> Result<bool, BrokerError> {
        let emptied = self.store.empty_log().await?;
        self.store.close().await;
        Ok(emptied)
    }
}

fn rows(
    tx: &Transaction<'_>,
    after: i64,
    most: usize,
) -> Result<Vec<(i64, super::rows::RawEnvelope)>, BrokerError> {
    let query = format!(
        "SELECT {ENVELOPE_COLUMNS} FROM envelopes WHERE number > ?1 ORDER BY number LIMIT ?2"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = tx.prepare_cached(&query)?;
    let rows = statement.query_map([after, most], read_envelope)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
