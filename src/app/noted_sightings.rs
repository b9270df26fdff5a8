//! Sightings of a running process, written down beside its other files.

use std::{path::PathBuf, sync::Arc};

use crate::{
    causes::Causes,
    config::Settings,
    lifecycle::Lifecycle,
    receiver::{SightingBook, Sightings},
};

/// Where the sightings that `settings` name are.
pub fn sightings_path(settings: &Settings) -> PathBuf {
    settings.data_dir.join("sources.db")
}

/// What a process gathers, and the book that it is written to.
#[derive(Debug)]
pub(super) struct NotedSightings {
    pub(super) sightings: Arc<Sightings>,
    book: Arc<SightingBook>,
}

impl NotedSightings {
    /// Opens the book and writes to it every minute; `None` where it cannot be opened, which is no
    /// reason not to take events.
    pub(super) fn begin(settings: &Settings, lifecycle: &Lifecycle) -> Option<Self> {
        let book = match SightingBook::open(&sightings_path(settings)) {
            Ok(book) => Arc::new(book),
            Err(error) => {
                tracing::warn!(
                    error = %Causes(&error),
                    "When secrets last verified will not be noted",
                );
                return None;
            }
        };
        let sightings = Arc::<Sightings>::default();
        let (seen, kept, stop) = (sightings.clone(), book.clone(), lifecycle.draining().clone());
        lifecycle.tasks().spawn(async move { seen.keep_noting(&kept, stop).await });
        Some(Self { sightings, book })
    }

    /// Writes down the last of it.
    pub(super) async fn end(self) {
        self.sightings.note(&self.book).await;
        self.book.close().await;
    }
}
