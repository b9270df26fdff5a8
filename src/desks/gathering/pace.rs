//! How deliveries follow each other in their lanes: that tells of a backlog.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::ticket::Priority;

/// What has waited so long since its event was received was not begun as soon as it came.
pub(super) const LATE: Duration = Duration::from_secs(1);

/// Late deliveries in a row that are no backlog yet.
pub(super) const FEW: usize = 4;

/// Late deliveries at longer intervals are no backlog: second tries, mostly.
pub(super) const QUIET: Duration = Duration::from_millis(500);

/// How deliveries follow each other at one desk, by lane.
#[derive(Debug, Clone, Default)]
pub(in crate::desks) struct Pace(Arc<Mutex<[Streak; Priority::URGENT_FIRST.len()]>>);

/// Late deliveries that began one after the other.
#[derive(Debug, Clone, Copy, Default)]
struct Streak {
    length: usize,
    /// When something happened last.
    last: Option<Instant>,
}

impl Pace {
    /// A delivery of `lane` begins, so long after its event was received.
    pub(in crate::desks) fn begin(&self, lane: Priority, waited: Duration) {
        let now = Instant::now();
        let streak = &mut self.lanes()[lane as usize];
        let goes_on = streak.last.is_some_and(|last| now < last + QUIET);
        streak.length = match waited >= LATE {
            false => 0,
            true if goes_on => streak.length + 1,
            true => 1,
        };
        streak.last = Some(now);
    }

    /// Something happens to deliveries of `lane`: where there is a backlog, it goes on.
    pub(super) fn goes_on(&self, lane: Priority) {
        let streak = &mut self.lanes()[lane as usize];
        if streak.length > FEW {
            streak.last = Some(Instant::now());
        }
    }

    /// Until when another delivery of `lane` would belong to its backlog; `None` where it has none.
    pub(super) fn backlog(&self, lane: Priority) -> Option<Instant> {
        let Streak { length, last } = self.lanes()[lane as usize];
        last.filter(|_| length > FEW).map(|last| last + QUIET)
    }

    fn lanes(&self) -> MutexGuard<'_, [Streak; Priority::URGENT_FIRST.len()]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
