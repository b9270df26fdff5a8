//! The broker inside the process: lanes and journal in one SQLite file, for one machine.
//!
//! Promises, beside those of every [`Broker`]:
//! - one process at a time uses a data directory; a second one is refused;
//! - a job is never handed out before its time, by the clock that it was given;
//! - the journal keeps to its bounds, but for what has not been recorded yet; an event that has left
//!   it is still delivered.

mod eraser;
mod error;
mod held;
mod journal;
mod lanes;
mod rows;
mod settle;
#[cfg(test)]
mod tests;

pub use eraser::JournalEraser;
pub use error::EmbeddedError;
pub use journal::JournalBounds;

use std::{
    fs::{File, TryLockError},
    num::NonZeroU16,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use rusqlite::Transaction;

use self::{
    held::{Bells, Desks},
    journal::{EmbeddedJournal, Spine, grow, place_of, prune},
    lanes::EmbeddedLanes,
    rows::EnvelopeRow,
};
use super::{Broker, BrokerError, Buried, Fairness, Job, Journal, Lanes, Lease, Readiness};
use crate::{
    clock::Clock,
    event::{DeskName, Envelope, JournalGap, JournalMark, Route},
    sqlite::{Schema, Store, create_directory, to_nanos},
};

/// The number is `DbBr` in ASCII.
const SCHEMA: Schema = Schema {
    application_id: 0x4462_4272,
    steps: &[
        include_str!("../../../migrations/embedded-broker/0001.sql"),
        include_str!("../../../migrations/embedded-broker/0002.sql"),
    ],
};

/// Entries that leave the journal with one that enters it: more than one, so that it shrinks.
const PRUNED_PER_EVENT: usize = 4;

/// Entries that leave the journal in one transaction of [`Embedded::prune`].
const PRUNED_AT_ONCE: usize = 256;

/// The embedded broker.
#[derive(Debug)]
pub struct Embedded {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    bounds: JournalBounds,
    desks: Desks,
    spine: Arc<Spine>,
    readers: AtomicU64,
}

impl Embedded {
    /// Opens the broker in the data directory `directory`, creates it where there is none, and
    /// keeps other processes out of it until it is closed. Blocks on the disk.
    pub fn open(
        directory: &Path,
        clock: Arc<dyn Clock>,
        bounds: JournalBounds,
    ) -> Result<Arc<Self>, EmbeddedError> {
        let lock = lock(directory)?;
        let store = Store::open(&directory.join("broker.db"), SCHEMA, Some(lock))?;
        Ok(Arc::new(Self {
            store: Arc::new(store),
            clock,
            bounds,
            desks: Desks::default(),
            spine: Arc::default(),
            readers: AtomicU64::new(0),
        }))
    }

    /// Strikes from the journal what is past its bounds, in small pieces, and tells how many
    /// entries that were. Each accepted event does a little of this; a quiet broker needs it to
    /// forget in time.
    pub async fn prune(&self) -> Result<usize, BrokerError> {
        let mut struck = 0;
        loop {
            let (bounds, now, recorded) = (self.bounds, self.clock.now(), self.spine.recorded());
            let piece = self.store.write(move |tx| {
                Ok::<_, BrokerError>(prune(tx, bounds, now, recorded, PRUNED_AT_ONCE)?)
            });
            let piece = piece.await?;
            struck += piece;
            if piece < PRUNED_AT_ONCE {
                return Ok(struck);
            }
        }
    }

    /// Finishes what is under way and closes the store. Later calls fail.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

#[async_trait]
impl Broker for Embedded {
    async fn publish(&self, envelope: &Envelope) -> Result<(), BrokerError> {
        let row = EnvelopeRow::of(envelope).map_err(|error| BrokerError::Store(Box::new(error)))?;
        let routes = envelope.routes.clone();
        let desks = routes.iter().map(|route| self.desks.of(&route.desk)).collect();
        let bells = Bells::of(desks, Some(Arc::clone(&self.spine.grown)));
        let (bounds, now, recorded) = (self.bounds, self.clock.now(), self.spine.recorded());
        let publishing = self.store.write(move |tx| {
            prune(tx, bounds, now, recorded, PRUNED_PER_EVENT)?;
            let number = row.insert(tx, true)?;
            grow(tx, row.bytes())?;
            for route in &routes {
                enqueue(tx, number, route, to_nanos(now))?;
            }
            Ok::<_, BrokerError>(bells)
        });
        publishing.await.map(drop)
    }

    async fn requeue(&self, job: &Job) -> Result<(), BrokerError> {
        let row =
            EnvelopeRow::of(&job.envelope).map_err(|error| BrokerError::Store(Box::new(error)))?;
        let route =
            Route { desk: job.desk.clone(), rule: job.rule.clone(), priority: job.priority };
        let bells = Bells::of(vec![self.desks.of(&job.desk)], None);
        let now = to_nanos(self.clock.now());
        let requeueing = self.store.write(move |tx| {
            let number = row.insert(tx, false)?;
            enqueue(tx, number, &route, now)?;
            Ok::<_, BrokerError>(bells)
        });
        requeueing.await.map(drop)
    }

    async fn lanes(
        &self,
        desk: &DeskName,
        prefetch: NonZeroU16,
    ) -> Result<Box<dyn Lanes>, BrokerError> {
        Ok(Box::new(EmbeddedLanes {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            name: desk.clone(),
            desk: self.desks.of(desk),
            reader: self.readers.fetch_add(1, Ordering::Relaxed),
            prefetch,
            fairness: Fairness::new(),
        }))
    }

    async fn journal(&self, after: Option<&JournalMark>) -> Result<Box<dyn Journal>, BrokerError> {
        let place = match after.cloned() {
            None => None,
            Some(mark) => self.store.read(move |tx| place_of(tx, &mark)).await?,
        };
        if let Some(place) = place {
            self.spine.record(place);
        }
        // The marked entry is never struck, so that only another journal lacks it.
        let gap = (after.is_some() && place.is_none()).then_some(JournalGap::Replaced);
        let (store, spine) = (Arc::clone(&self.store), Arc::clone(&self.spine));
        Ok(Box::new(EmbeddedJournal { store, spine, after: place.unwrap_or(0), gap }))
    }

    fn recorded(&self, up_to: &JournalMark) {
        self.spine.record(i64::try_from(up_to.number).unwrap_or(i64::MAX));
    }

    async fn buried(&self) -> Result<Box<dyn Buried>, BrokerError> {
        Ok(Box::new(NoneBuried))
    }

    fn readiness(&self) -> Readiness {
        match self.store.trouble() {
            None => Readiness::Ready,
            Some(trouble) => Readiness::Unavailable(trouble),
        }
    }
}

/// Nothing is given up here: a job comes back for as long as the ledger does not settle it.
struct NoneBuried;

#[async_trait]
impl Buried for NoneBuried {
    async fn next(&mut self) -> Result<Lease, BrokerError> {
        std::future::pending().await
    }
}

/// Puts a job on its lane, behind those that are there.
fn enqueue(tx: &Transaction<'_>, envelope: i64, route: &Route, due: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO jobs (envelope, desk, lane, rule, postponed, due)
         VALUES (?1, ?2, ?3, ?4, 0, ?5)",
    )?
    .execute((envelope, route.desk.as_str(), route.priority.lane(), route.rule.as_str(), due))
    .map(drop)
}

/// Creates the data directory where there is none, and keeps every other process's embedded broker
/// out of it for as long as the file is held.
pub fn lock(directory: &Path) -> Result<File, EmbeddedError> {
    let unusable = |source| EmbeddedError::Directory { directory: directory.to_owned(), source };
    create_directory(directory).map_err(unusable)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join("broker.lock"))
        .map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(EmbeddedError::InUse { directory: directory.to_owned() })
        }
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}
