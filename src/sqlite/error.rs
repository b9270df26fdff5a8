//! What can go wrong with a database, and which of it calls for a fresh connection.

use std::{error::Error, io, path::PathBuf, sync::Arc};

use rusqlite::ErrorCode;

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The linked library is older than the first one without the WAL-reset fault.
    #[error("SQLite {found} can damage a database in WAL mode: 3.51.3 or newer is needed")]
    OldLibrary {
        /// Its version.
        found: &'static str,
    },
    /// SQLite cannot open or read the file.
    #[error("the database {path} cannot be opened")]
    Connect {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The file cannot be created or its directory cannot be synced.
    #[error("the database {path} cannot be made durable")]
    Durable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// SQLite runs with another setting than was asked for.
    #[error("SQLite keeps `{pragma}` at {answered} where {asked} is needed: {path}")]
    Setting {
        /// The file.
        path: PathBuf,
        /// Which setting.
        pragma: &'static str,
        /// What was asked for.
        asked: String,
        /// What is in force.
        answered: String,
    },
    /// The file belongs to another program, or to another part of this one.
    #[error("{path} is another program's database: move it away or choose another data directory")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file has been migrated by a newer version.
    #[error(
        "{path} was written by a newer Deskbell (schema {found}, this one knows {known}): \
         start that version, or restore the copy made before the upgrade"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema's version.
        found: usize,
        /// The newest version that this program knows.
        known: usize,
    },
    /// The file's schema was made by another text than the one under this number.
    #[error("{path}: step {step} of its schema is not the one that this Deskbell knows")]
    Altered {
        /// The file.
        path: PathBuf,
        /// Which step.
        step: usize,
    },
    /// SQLite finds the file damaged.
    #[error("the database {path} is damaged ({finding}): restore a copy")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What `PRAGMA quick_check` says.
        finding: String,
    },
    /// The writer's thread cannot be started.
    #[error("the database's writer cannot be started")]
    Thread(#[source] io::Error),
}

impl OpenError {
    /// Whether another process is in the way for the moment.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Connect { source, .. } if is_busy(source))
    }
}

/// Why a job was not done or not kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The transaction that held the job failed with all its jobs.
    #[error("the database did not commit")]
    NotCommitted(#[source] Arc<rusqlite::Error>),
    /// SQLite undid the transaction that held the job, because of one of its jobs.
    #[error("the database undid the transaction: {0}")]
    Undone(String),
    /// The database failed a moment ago and is being reopened.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// The job panicked; its writes are undone.
    #[error("a job of the database panicked")]
    Panicked,
    /// The database has been closed.
    #[error("the database is closed")]
    Closed,
    /// A read failed.
    #[error("the database cannot be read")]
    Read(#[from] rusqlite::Error),
    /// A connection for reading cannot be opened.
    #[error("the database cannot be opened for reading")]
    Reader(#[source] OpenError),
}

/// A failure after which the connection is not trusted any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Whether the file is damaged and has to pass a check; else a fresh connection that can commit
    /// is enough.
    pub(super) is_damage: bool,
    /// What SQLite said.
    pub(super) words: String,
}

impl Trouble {
    /// The trouble that `error` or one of its causes tells of.
    pub(super) fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<rusqlite::Error>() {
                return Self::of(error);
            }
            cause = error.source();
        }
        None
    }

    fn of(error: &rusqlite::Error) -> Option<Self> {
        let is_damage = match error.sqlite_error_code()? {
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly => false,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => true,
            _ => return None,
        };
        Some(Self { is_damage, words: error.to_string() })
    }
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
