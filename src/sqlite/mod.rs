//! A small engine over SQLite, for the embedded broker and the ledger.
//!
//! Promises:
//! - a write is answered after its transaction is committed and synced, never before;
//! - writes share a transaction and a sync, and yet one that fails undoes nothing but itself;
//! - no call blocks a worker of the async runtime, but for [`Store::open`];
//! - a disk that is full or fails is an error to the callers and not the end: the database is
//!   reopened until it commits again, and [`Store::trouble`] tells meanwhile;
//! - several processes of one host may share a file; a file of a newer version is refused.

mod error;
mod health;
mod instant;
mod job;
mod migrate;
mod open;
mod readers;
#[cfg(test)]
mod tests;
mod writer;

pub use error::{OpenError, StoreError};
pub use instant::{from_nanos, to_nanos};
pub use migrate::Schema;
pub use open::create_directory;

use std::{
    fmt,
    fs::File,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rusqlite::Transaction;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use self::{
    health::Health,
    job::{Asked, Job},
    open::Place,
    readers::Readers,
    writer::Writer,
};

/// Jobs that wait for the writer; callers past that wait for room.
const MOST_WAITING: usize = 1024;

/// An open database with its writer.
pub struct Store {
    jobs: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    readers: Arc<Readers>,
    health: Arc<Health>,
    ended: CancellationToken,
    place: Place,
}

impl Store {
    /// Opens the database at `path`, creates or migrates it, and starts its writer. `lock` is kept
    /// until the writer has closed the database. Blocks on the disk.
    pub fn open(path: &Path, schema: Schema, lock: Option<File>) -> Result<Self, OpenError> {
        let place = Place { path: path.to_owned(), schema };
        let connection = place.open_writer()?;
        let (sender, jobs) = mpsc::channel(MOST_WAITING);
        let health = Arc::<Health>::default();
        let ended = CancellationToken::new();
        let writer = Writer {
            place: place.clone(),
            jobs,
            health: Arc::clone(&health),
            lock,
            ended: ended.clone().drop_guard(),
        };
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer.run(connection))
            .map_err(OpenError::Thread)?;
        let readers = Arc::new(Readers::new(place.clone()));
        Ok(Self { jobs: Mutex::new(Some(sender)), readers, health, ended, place })
    }

    /// Does `work` in the writer's transaction and answers once that is committed. An error of the
    /// work's own undoes what it wrote and nothing else.
    ///
    /// Cancelling the wait does not cancel the work. What it returns is dropped after the commit
    /// even then.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let jobs = jobs.ok_or(StoreError::Closed)?;
        let (caller, answer) = oneshot::channel();
        jobs.send(Box::new(Asked::new(work, caller))).await.map_err(|_| StoreError::Closed)?;
        drop(jobs);
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// Does `work` on one snapshot of what is committed.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        Arc::clone(&self.readers).read(work).await
    }

    /// Writes the WAL back into the file and empties it, so that nothing that was deleted is left in
    /// it; whether nobody was in the way.
    pub async fn empty_log(&self) -> Result<bool, StoreError> {
        let place = self.place.clone();
        let emptying = tokio::task::spawn_blocking(move || place.empty_log()).await;
        emptying.map_err(|_| StoreError::Closed)?.map_err(StoreError::Reader)
    }

    /// Why the database cannot commit now; `None` while it can.
    pub fn trouble(&self) -> Option<String> {
        match self.health.trouble() {
            None if self.ended.is_cancelled() => Some(StoreError::Closed.to_string()),
            trouble => trouble,
        }
    }

    /// Finishes all jobs that were handed in, writes the WAL back and closes the database. Later
    /// calls are answered with [`StoreError::Closed`].
    pub async fn close(&self) {
        Arc::clone(&self.readers).close().await;
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.ended.cancelled().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("trouble", &self.trouble()).finish_non_exhaustive()
    }
}
