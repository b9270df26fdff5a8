//! The one thread that writes: many callers' jobs in one transaction, one sync for all of them.

use std::{fs::File, sync::Arc, thread, time::Duration};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::mpsc::{Receiver, error::TryRecvError};
use tokio_util::sync::DropGuard;

use super::{
    OpenError, StoreError,
    error::{Trouble, is_busy},
    health::Health,
    job::{Job, Ran},
    open::Place,
};
use crate::causes::Causes;

/// Jobs in one transaction. More gain little: at 256 the sync is a small part of the whole.
const MOST_JOBS: usize = 256;

/// Times that a transaction is begun before another process counts as in the way for good; each
/// waits as long as the busy handler does.
const BEGINNINGS: u32 = 3;

/// Between two tries to reopen a database that failed.
const RECOVERY_PAUSE: Duration = Duration::from_millis(250);

/// What the writer's thread owns.
pub(super) struct Writer {
    pub(super) place: Place,
    pub(super) jobs: Receiver<Box<dyn Job>>,
    pub(super) health: Arc<Health>,
    /// Kept until the database is closed.
    pub(super) lock: Option<File>,
    /// Tells that the thread has ended.
    pub(super) ended: DropGuard,
}

/// Why a transaction was given up.
enum GivenUp {
    /// SQLite refused to begin, go on or commit.
    Failed(Arc<rusqlite::Error>),
    /// SQLite undid it by itself while a job ran.
    Undone(Option<Trouble>),
}

impl From<rusqlite::Error> for GivenUp {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(Arc::new(error))
    }
}

impl GivenUp {
    fn error(&self) -> StoreError {
        match self {
            Self::Failed(error) => StoreError::NotCommitted(Arc::clone(error)),
            Self::Undone(Some(trouble)) => StoreError::Undone(trouble.words.clone()),
            Self::Undone(None) => StoreError::Undone("a job could not go on".to_owned()),
        }
    }

    fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Failed(error) => Trouble::behind(&*error),
            Self::Undone(trouble) => trouble,
        }
    }
}

impl Writer {
    /// Works until no caller is left, then closes the database.
    pub(super) fn run(mut self, mut connection: Connection) {
        let mut batch = Vec::with_capacity(MOST_JOBS);
        while self.jobs.blocking_recv_many(&mut batch, MOST_JOBS) > 0 {
            let Some(trouble) = settle(&connection, &mut batch) else { continue };
            drop(connection);
            match self.recover(&trouble) {
                Some(reopened) => connection = reopened,
                None => return,
            }
        }
        if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(error = %Causes(&error), "The last checkpoint of a database failed");
        }
        drop(connection);
        drop(self.lock);
        drop(self.ended);
    }

    /// Reopens the database; jobs are refused until it commits again. `None` when no caller is
    /// left.
    fn recover(&mut self, trouble: &Trouble) -> Option<Connection> {
        tracing::error!(error = trouble.words, "A database failed and is being reopened");
        self.health.note(Some(trouble.words.clone()));
        loop {
            let words = match self.reopen(trouble) {
                Ok(connection) => {
                    self.health.note(None);
                    tracing::info!("A database that had failed works again");
                    return Some(connection);
                }
                Err(error) => Causes(&error).to_string(),
            };
            self.health.note(Some(words.clone()));
            if self.refuse_waiting(&words) == TryRecvError::Disconnected {
                return None;
            }
            thread::sleep(RECOVERY_PAUSE);
        }
    }

    fn reopen(&self, trouble: &Trouble) -> Result<Connection, OpenError> {
        let connection = self.place.open_writer()?;
        if trouble.is_damage {
            self.place.check(&connection)?;
        }
        Ok(connection)
    }

    fn refuse_waiting(&mut self, words: &str) -> TryRecvError {
        loop {
            match self.jobs.try_recv() {
                Ok(job) => job.answer(Err(StoreError::Unavailable(words.to_owned()))),
                Err(reason) => return reason,
            }
        }
    }
}

/// Does all jobs of `batch` in one transaction and answers them. Tells what trouble the connection
/// had.
fn settle(connection: &Connection, batch: &mut Vec<Box<dyn Job>>) -> Option<Trouble> {
    let committed = transact(connection, batch);
    for job in batch.drain(..) {
        job.answer(committed.as_ref().map(drop).map_err(GivenUp::error));
    }
    committed.unwrap_or_else(GivenUp::trouble)
}

/// Commits what the jobs write. A trouble that left the transaction whole is told beside it.
fn transact(
    connection: &Connection,
    batch: &mut [Box<dyn Job>],
) -> Result<Option<Trouble>, GivenUp> {
    let tx = begin(connection)?;
    let mut trouble = None;
    for job in batch {
        trouble = trouble.or(run(&tx, job.as_mut())?);
    }
    tx.commit()?;
    Ok(trouble)
}

/// Does one job in a savepoint of its own, so that its failure leaves its neighbours' work alone.
fn run(tx: &Transaction<'_>, job: &mut dyn Job) -> Result<Option<Trouble>, GivenUp> {
    tx.prepare_cached("SAVEPOINT job")?.execute([])?;
    let trouble = match job.run(tx) {
        Ran::Well => None,
        // SQLite undoes the whole transaction by itself after some failures of the disk.
        Ran::Badly(trouble) if tx.is_autocommit() => return Err(GivenUp::Undone(trouble)),
        Ran::Badly(trouble) => {
            tx.prepare_cached("ROLLBACK TO job")?.execute([])?;
            trouble
        }
    };
    tx.prepare_cached("RELEASE job")?.execute([])?;
    Ok(trouble)
}

fn begin(connection: &Connection) -> rusqlite::Result<Transaction<'_>> {
    let mut tries = 1;
    loop {
        match Transaction::new_unchecked(connection, TransactionBehavior::Immediate) {
            Err(error) if is_busy(&error) && tries < BEGINNINGS => tries += 1,
            outcome => return outcome,
        }
    }
}
