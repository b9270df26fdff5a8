//! A broker with one lane, and no more than the job of one delivery in it.

use std::{
    num::NonZeroU16,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::parts::Shared;
use crate::{
    broker::{
        Broker, BrokerError, Buried, IdleLane, Job, Journal, Lanes, Lease, Readiness, Settle,
    },
    clock::Clock,
    delivery::time_between,
    event::{DeskName, Envelope, JournalMark},
};

/// Waits longer than this are left to a later process.
const LONG: SignedDuration = SignedDuration::from_secs(90);

/// Tells that nothing will happen for long, or at all.
#[derive(Debug, Default)]
pub(super) struct Lull {
    until: Mutex<Option<Timestamp>>,
    begins: Notify,
}

impl Lull {
    fn begin(&self, until: Option<Timestamp>) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        self.begins.notify_one();
    }

    /// Waits for a lull; until when, where it ends by itself.
    pub(super) async fn begins(&self) -> Option<Timestamp> {
        self.begins.notified().await;
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The jobs of one desk. A job in hand bears the tag under which it was given out.
#[derive(Debug, Default)]
pub(super) struct Queue {
    jobs: Mutex<Vec<Queued>>,
    tags: Mutex<u64>,
    changed: Notify,
}

#[derive(Debug)]
struct Queued {
    job: Job,
    due: Timestamp,
    in_hand: Option<u64>,
}

impl Queue {
    fn jobs(&self) -> MutexGuard<'_, Vec<Queued>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, job: Job, due: Timestamp) {
        self.jobs().push(Queued { job, due, in_hand: None });
        self.changed.notify_waiters();
    }

    /// Puts everything back that was given out, as a broker does whose consumer has gone.
    pub(super) fn take_back(&self) {
        self.jobs().iter_mut().for_each(|queued| queued.in_hand = None);
        self.changed.notify_waiters();
    }

    /// Gives a job up.
    pub(super) fn drop_one(&self) -> Option<Job> {
        let mut jobs = self.jobs();
        (!jobs.is_empty()).then(|| jobs.remove(0).job)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.jobs().is_empty()
    }

    /// The job that is due, under a new tag; else when to look again, and whether one is in hand.
    fn take(&self, now: Timestamp) -> Result<(Job, u64), (Option<Timestamp>, bool)> {
        let mut jobs = self.jobs();
        let is_in_hand = jobs.iter().any(|queued| queued.in_hand.is_some());
        let next = jobs.iter_mut().filter(|queued| queued.in_hand.is_none());
        match next.min_by_key(|queued| queued.due) {
            Some(queued) if queued.due <= now => {
                let mut tags = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
                *tags += 1;
                queued.in_hand = Some(*tags);
                Ok((queued.job.clone(), *tags))
            }
            queued => Err((queued.map(|queued| queued.due), is_in_hand)),
        }
    }

    fn settle(
        &self,
        tag: u64,
        settle: impl FnOnce(&mut Vec<Queued>, usize),
    ) -> Result<(), BrokerError> {
        let mut jobs = self.jobs();
        let place = jobs.iter().position(|queued| queued.in_hand == Some(tag));
        let Some(place) = place else {
            drop(jobs);
            self.changed.notify_waiters();
            return Err(BrokerError::Disconnected("the job was given to another".to_owned()));
        };
        settle(&mut jobs, place);
        drop(jobs);
        self.changed.notify_waiters();
        Ok(())
    }
}

struct InHand {
    shared: Arc<Shared>,
    tag: u64,
}

#[async_trait]
impl Settle for InHand {
    async fn ack(self: Box<Self>) -> Result<(), BrokerError> {
        let settle =
            async { self.shared.queue.settle(self.tag, |jobs, place| drop(jobs.remove(place))) };
        self.shared.points.pass(settle).await
    }

    async fn retry_after(self: Box<Self>, wait: Duration) -> Result<(), BrokerError> {
        let settle = async {
            let at = self.shared.now() + wait;
            self.shared.queue.settle(self.tag, |jobs, place| {
                jobs[place].due = at;
                jobs[place].in_hand = None;
            })
        };
        self.shared.points.pass(settle).await
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        drop(self.shared.queue.settle(self.tag, |jobs, place| jobs[place].in_hand = None));
    }
}

/// The broker as one process sees it.
#[derive(Debug, Clone)]
pub(super) struct OneLane(pub(super) Arc<Shared>);

#[async_trait]
impl Lanes for OneLane {
    async fn next(&mut self) -> Result<Lease, BrokerError> {
        let shared = &self.0;
        loop {
            let changed = shared.queue.changed.notified();
            let now = shared.now();
            match shared.queue.take(now) {
                Ok((job, tag)) => {
                    return Ok(Lease::new(job, Box::new(InHand { shared: shared.clone(), tag })));
                }
                Err((Some(due), _)) if due.duration_since(now) <= LONG => {
                    tokio::select! {
                        () = tokio::time::sleep(time_between(now, due)) => {}
                        () = changed => {}
                    }
                }
                Err((due, false)) => {
                    shared.lull.begin(due);
                    changed.await;
                }
                Err(_) => changed.await,
            }
        }
    }

    async fn idle(&mut self) -> Result<Vec<IdleLane>, BrokerError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Broker for OneLane {
    async fn publish(&self, _: &Envelope) -> Result<(), BrokerError> {
        Err(BrokerError::Refused)
    }

    async fn requeue(&self, _: &Job) -> Result<(), BrokerError> {
        Err(BrokerError::Refused)
    }

    async fn lanes(&self, _: &DeskName, _: NonZeroU16) -> Result<Box<dyn Lanes>, BrokerError> {
        Ok(Box::new(self.clone()))
    }

    async fn journal(&self, _: Option<&JournalMark>) -> Result<Box<dyn Journal>, BrokerError> {
        Err(BrokerError::Refused)
    }

    async fn buried(&self) -> Result<Box<dyn Buried>, BrokerError> {
        Err(BrokerError::Refused)
    }

    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }
}
