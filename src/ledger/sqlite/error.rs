//! The store's failures in the ledger's words.

use std::error::Error;

use crate::{ledger::LedgerError, sqlite::StoreError};

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(Box::new(error))
    }
}

/// Turns a reason why a row cannot be read into an error that names the row.
pub(super) fn unreadable<E>(what: impl FnOnce() -> String) -> impl FnOnce(E) -> LedgerError
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    |source| LedgerError::Unreadable { what: what(), source: source.into() }
}
