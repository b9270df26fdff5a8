//! Which jobs are in the hands of workers. Kept in memory alone: the process owns the store, so its
//! end frees them all.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU16,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

use crate::{event::DeskName, ticket::Priority};

/// All desks that were ever spoken of in this process.
#[derive(Debug, Default)]
pub(super) struct Desks(Mutex<HashMap<DeskName, Arc<Desk>>>);

impl Desks {
    pub(super) fn of(&self, name: &DeskName) -> Arc<Desk> {
        let mut desks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(desks.entry(name.clone()).or_default())
    }
}

/// One desk's jobs in hand, and the bell that rings when another may be taken.
#[derive(Debug, Default)]
pub(super) struct Desk {
    in_hand: Mutex<HashMap<i64, Hand>>,
    changed: Notify,
    /// Held from looking for a job to marking it: what is not in hand before the look cannot be
    /// taken, done and gone by its end.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// Who has a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hand {
    /// The number of the reader of the lanes.
    reader: u64,
    lane: Priority,
}

impl Desk {
    /// The bell. Listen to it before you look.
    pub(super) fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.changed.notified()
    }

    /// What of `lane` is in hand, if `reader` may have one more of at most `prefetch`.
    pub(super) fn in_hand(
        &self,
        reader: u64,
        lane: Priority,
        prefetch: NonZeroU16,
    ) -> Option<HashSet<i64>> {
        let in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let own = in_hand.values().filter(|hand| **hand == Hand { reader, lane }).count();
        (own < usize::from(prefetch.get())).then(|| {
            in_hand
                .iter()
                .filter(|(_, hand)| hand.lane == lane)
                .map(|(number, _)| *number)
                .collect()
        })
    }

    /// Marks a job until the mark is dropped.
    pub(super) fn take(self: &Arc<Self>, number: i64, reader: u64, lane: Priority) -> InHand {
        self.mark(number, Some(Hand { reader, lane }));
        InHand { desk: Arc::clone(self), number }
    }

    /// Leaves a job alone until the process ends.
    pub(super) fn set_aside(&self, number: i64, lane: Priority) {
        self.mark(number, Some(Hand { reader: u64::MAX, lane }));
    }

    fn mark(&self, number: i64, hand: Option<Hand>) {
        let mut in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        match hand {
            Some(hand) => in_hand.insert(number, hand),
            None => in_hand.remove(&number),
        };
    }
}

/// The mark on a job in a worker's hands. Dropping it puts the job back.
pub(super) struct InHand {
    desk: Arc<Desk>,
    pub(super) number: i64,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.desk.mark(self.number, None);
        self.desk.changed.notify_waiters();
    }
}

/// Rings the bells of those that a write concerns, when it is dropped: after the commit.
#[derive(Default)]
pub(super) struct Bells {
    desks: Vec<Arc<Desk>>,
    journal: Option<Arc<Notify>>,
}

impl Bells {
    pub(super) fn of(desks: Vec<Arc<Desk>>, journal: Option<Arc<Notify>>) -> Self {
        Self { desks, journal }
    }
}

impl Drop for Bells {
    fn drop(&mut self) {
        for desk in &self.desks {
            desk.changed.notify_waiters();
        }
        if let Some(journal) = &self.journal {
            journal.notify_waiters();
        }
    }
}
