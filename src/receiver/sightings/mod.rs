//! When each secret last verified, and which proofs were refused: gathered in memory as posts come,
//! written down about once a minute.
//!
//! Promises: no post waits for the disk because of it, and none is refused because it fails; a
//! secret keeps what was noted of it when the secrets change places.

mod book;

pub use book::{Refused, Sighted, SightingBook};

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{causes::Causes, event::SourceName, signature::Fingerprint};

/// How long what was gathered waits at most.
const EVERY: Duration = Duration::from_mins(1);

/// What was seen since it was last written down.
#[derive(Debug, Default)]
pub struct Sightings(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    verified: HashMap<SourceName, HashMap<Fingerprint, Timestamp>>,
    refused: HashMap<SourceName, HashMap<&'static str, (i64, Timestamp)>>,
}

impl Sightings {
    /// A secret of `source` has verified.
    pub(super) fn verified(&self, source: &SourceName, secret: Fingerprint, now: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secrets) = seen.verified.get_mut(source) {
            secrets.insert(secret, now);
        } else {
            seen.verified.insert(source.clone(), HashMap::from([(secret, now)]));
        }
    }

    /// A proof of `source` was refused.
    pub(super) fn refused(&self, source: &SourceName, reason: &'static str, now: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reasons = seen.refused.entry(source.clone()).or_default();
        let (times, last) = reasons.entry(reason).or_insert((0, now));
        *times += 1;
        *last = now;
    }

    /// Writes down what was gathered. What cannot be written is gone, and a warning says so.
    pub async fn note(&self, book: &SightingBook) {
        let seen = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.verified.is_empty() && seen.refused.is_empty() {
            return;
        }
        if let Err(error) = book.add(seen).await {
            tracing::warn!(error = %Causes(&error), "When secrets last verified was not noted");
        }
    }

    /// Notes every minute, until `stop` is cancelled.
    pub async fn keep_noting(&self, book: &SightingBook, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
            self.note(book).await;
        }
    }
}
