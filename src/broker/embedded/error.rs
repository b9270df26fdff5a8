//! Why the embedded broker cannot be opened, and what its failures are to its callers.

use std::{error::Error, io, path::PathBuf};

use crate::{
    broker::BrokerError,
    sqlite::{OpenError, StoreError},
};

/// Why the embedded broker cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Another process uses the data directory.
    #[error(
        "another Deskbell uses the data directory {directory}: stop it, or choose another \
         directory with DESKBELL_DATA_DIR"
    )]
    InUse {
        /// The data directory.
        directory: PathBuf,
    },
    /// The data directory or its lock file cannot be used.
    #[error("the data directory {directory} cannot be used")]
    Directory {
        /// The data directory.
        directory: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database in the data directory cannot be opened.
    #[error("the embedded broker cannot be opened")]
    Store(#[from] OpenError),
}

/// A row that was not written as it stands.
#[derive(Debug, thiserror::Error)]
#[error("broker.db holds a row that cannot be read: {table} {number}")]
pub(super) struct UnreadableRow {
    pub(super) table: &'static str,
    pub(super) number: i64,
    #[source]
    pub(super) source: Box<dyn Error + Send + Sync>,
}

impl From<StoreError> for BrokerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Closed => Self::Unavailable(error.to_string()),
            StoreError::NotCommitted(_)
            | StoreError::Undone(_)
            | StoreError::Panicked
            | StoreError::Read(_)
            | StoreError::Reader(_) => Self::Store(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for BrokerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<UnreadableRow> for BrokerError {
    fn from(error: UnreadableRow) -> Self {
        Self::Store(Box::new(error))
    }
}
