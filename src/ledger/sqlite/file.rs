//! The file: its schema, and the way to its one writer and its readers.

use std::{path::Path, sync::Arc};

use rusqlite::{Params, Transaction};

use super::events::{self, Which};
use crate::{
    event::Redactions,
    ledger::{EventRecord, LedgerError},
    sqlite::{OpenError, Schema, Store, StoreError},
};

/// The number is `DbLg` in ASCII.
pub(super) const SCHEMA: Schema = Schema {
    application_id: 0x4462_4c67,
    steps: &[
        include_str!("../../../migrations/sqlite-ledger/0001.sql"),
        include_str!("../../../migrations/sqlite-ledger/0002.sql"),
        include_str!("../../../migrations/sqlite-ledger/0003.sql"),
        include_str!("../../../migrations/sqlite-ledger/0004.sql"),
        include_str!("../../../migrations/sqlite-ledger/0005.sql"),
        include_str!("../../../migrations/sqlite-ledger/0006.sql"),
        include_str!("../../../migrations/sqlite-ledger/0007.sql"),
        include_str!("../../../migrations/sqlite-ledger/0008.sql"),
        include_str!("../../../migrations/sqlite-ledger/0009.sql"),
        include_str!("../../../migrations/sqlite-ledger/0010.sql"),
        include_str!("../../../migrations/sqlite-ledger/0011.sql"),
        include_str!("../../../migrations/sqlite-ledger/0012.sql"),
        include_str!("../../../migrations/sqlite-ledger/0013.sql"),
        include_str!("../../../migrations/sqlite-ledger/0014.sql"),
        include_str!("../../../migrations/sqlite-ledger/0015.sql"),
        include_str!("../../../migrations/sqlite-ledger/0016.sql"),
        include_str!("../../../migrations/sqlite-ledger/0017.sql"),
        include_str!("../../../migrations/sqlite-ledger/0018.sql"),
        include_str!("../../../migrations/sqlite-ledger/0019.sql"),
        include_str!("../../../migrations/sqlite-ledger/0020.sql"),
        include_str!("../../../migrations/sqlite-ledger/0021.sql"),
    ],
};

/// The ledger in a SQLite file.
#[derive(Debug)]
pub struct SqliteLedger {
    store: Store,
    pub(super) redactions: Redactions,
}

impl SqliteLedger {
    /// Opens the ledger at `path`, and creates the file where there is none. Blocks on the disk.
    /// It shows nothing of any payload: [`SqliteLedger::open_showing`] does.
    pub fn open(path: &Path) -> Result<Arc<Self>, OpenError> {
        Self::open_showing(path, Redactions::default())
    }

    /// Opens the ledger at `path` for readers who see what `redactions` leave of each event.
    pub fn open_showing(path: &Path, redactions: Redactions) -> Result<Arc<Self>, OpenError> {
        Ok(Arc::new(Self { store: Store::open(path, SCHEMA, None)?, redactions }))
    }

    /// Finishes what is under way and closes the file. Later calls fail.
    pub async fn close(&self) {
        self.store.close().await;
    }

    pub(super) async fn empty_log(&self) -> Result<bool, StoreError> {
        self.store.empty_log().await
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        self.store.write(work).await
    }

    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        self.store.read(work).await
    }

    pub(super) async fn show<P>(
        &self,
        which: Which,
        parameters: P,
    ) -> Result<Vec<EventRecord>, LedgerError>
    where
        P: Params + Send + 'static,
    {
        let redactions = self.redactions.clone();
        self.read(move |tx| events::show(tx, which, parameters, &redactions)).await
    }
}
