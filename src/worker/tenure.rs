//! Holds the lease of a desk, and hands on how the desk stands.
//!
//! No request is sent before this worker has written down, under its own lease, what it begins with:
//! a crash at any point leaves what the last one who spoke to the desk wrote, or what this one
//! assumed of it. What the next one makes of it stands in [`crate::standing`].

use std::{sync::PoisonError, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{Worker, desk_loop::Station, inspector};
use crate::{
    desks::Turn,
    ledger::{DeskLease, LedgerError},
    standing::{Sent, Standing},
};

/// How often the lease of a desk is prolonged, and its standing written down.
pub(super) const RENEWAL: Duration = Duration::from_secs(5);

/// How long a step may wait for room, where its windows let its calls through in bursts.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most calls that a step takes; a window of fewer requests is waited for in its midst.
const CALLS_OF_A_STEP: u32 = 4;

/// What a look-up needs to begin after a call that took all its time.
const MOMENT: Duration = Duration::from_secs(1);

/// How far the wall clock may stray from the monotonic one between two looks at a lease that
/// somebody else has; past that it has jumped.
const STRAYING: Duration = Duration::from_secs(2);

/// The lease of the desk, by the process's own clock: a clock that jumps cannot prolong it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tenure {
    epoch: u64,
    until: Instant,
}

impl Tenure {
    /// The desk was never this worker's.
    pub(super) fn none() -> Self {
        Self { epoch: 0, until: Instant::now() }
    }
}

/// A look at both clocks.
#[derive(Debug, Clone, Copy)]
struct Look {
    wall: Timestamp,
    monotonic: Instant,
}

impl Look {
    /// Whether the wall clock has gone on like the other since `before`.
    fn is_steady_since(self, before: Self) -> bool {
        let wall = self.wall.duration_since(before.wall).as_millis();
        let monotonic = (self.monotonic - before.monotonic).as_millis();
        i128::try_from(monotonic)
            .is_ok_and(|monotonic| (wall - monotonic).unsigned_abs() <= STRAYING.as_millis())
    }
}

/// Counts one that waits or works, until it is dropped.
pub(super) struct Counted<'a>(&'a watch::Sender<usize>);

impl<'a> Counted<'a> {
    pub(super) fn among(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

impl Station {
    /// The epoch of the lease, if a call that begins now will be over before the lease is.
    pub(super) fn epoch(&self) -> Option<u64> {
        let tenure = self.tenure();
        let call_ends = Instant::now() + self.post.settings.timeout;
        (call_ends < tenure.until).then_some(tenure.epoch)
    }

    /// Waits until the desk is this worker's, and has begun where the one before ended.
    pub(super) async fn hold(&self) -> Result<(), LedgerError> {
        let Worker { ledger, clock, holder, .. } = &self.worker;
        let mut before: Option<Look> = None;
        loop {
            let look = Look { wall: clock.now(), monotonic: Instant::now() };
            let is_steady = before.is_none_or(|before| look.is_steady_since(before));
            let lease = ledger.lease_desk(&self.post.settings.name, holder, look.wall, self.ttl());
            if let DeskLease::Held { epoch } = lease.await? {
                // Under the same epoch nobody else has spoken to the desk: all of it is known.
                if epoch != self.tenure().epoch {
                    self.take_over(is_steady).await?;
                }
                if self.renew_under(epoch).await? {
                    return Ok(());
                }
            }
            before = Some(look);
            tokio::time::sleep(RENEWAL).await;
        }
    }

    /// Prolongs the lease and writes the standing down; whether the desk is this worker's.
    pub(super) async fn renew(&self) -> Result<bool, LedgerError> {
        self.renew_under(self.tenure().epoch).await
    }

    async fn renew_under(&self, epoch: u64) -> Result<bool, LedgerError> {
        let (asked, at) = (Instant::now(), self.worker.clock.now());
        match self.keep(epoch, at, self.ttl()).await? {
            DeskLease::Held { epoch } => {
                *self.tenure.lock().unwrap_or_else(PoisonError::into_inner) =
                    Tenure { epoch, until: asked + self.ttl() };
                Ok(true)
            }
            DeskLease::Taken { .. } => {
                self.show(None);
                Ok(false)
            }
        }
    }

    /// Gives the desk back, with exactly what was sent. To be called when nothing is under way.
    pub(super) async fn give_back(&self) -> Result<(), LedgerError> {
        let Worker { ledger, clock, holder, .. } = &self.worker;
        let kept = self.keep(self.tenure().epoch, clock.now(), Duration::ZERO).await;
        self.show(None);
        // Also where the lease was taken and nothing had been written under it.
        ledger.release_desk(&self.post.settings.name, holder).await?;
        kept.map(drop)
    }

    async fn keep(
        &self,
        epoch: u64,
        at: Timestamp,
        lasts: Duration,
    ) -> Result<DeskLease, LedgerError> {
        let Worker { ledger, holder, .. } = &self.worker;
        let standing = Standing {
            at,
            until: at.checked_add(lasts).unwrap_or(Timestamp::MAX),
            sent: self.post.desk.sent(),
            breaker: self.breaker.standing(at),
        };
        let kept = ledger.keep_desk(&self.post.settings.name, holder, epoch, &standing).await?;
        self.show(Some(&standing));
        Ok(kept)
    }

    /// Begins where the worker before ended.
    async fn take_over(&self, is_steady: bool) -> Result<(), LedgerError> {
        let desks = self.worker.ledger.desks().await?;
        let name = &self.post.settings.name;
        let record = desks.into_iter().find(|record| record.desk == *name);
        if let Some(standing) = record.and_then(|record| record.standing) {
            let now = self.worker.clock.now();
            self.post.desk.resume(&standing.past(now, is_steady));
            self.breaker.resume(standing.breaker, standing.pause_left(now, is_steady));
        }
        Ok(())
    }

    /// How long the calls of a step may wait until the last one begins.
    fn patience(&self) -> Duration {
        let settings = &self.post.settings;
        let narrow = settings.pacing.iter().filter(|window| window.requests < CALLS_OF_A_STEP);
        let longest = narrow.map(|window| window.per).max().unwrap_or_default();
        PATIENCE.max(settings.timeout + MOMENT).max(longest)
    }

    /// How long the calls of a step and its look-up may take together, with all their waiting.
    pub(super) fn step_lasts(&self) -> Duration {
        self.post.settings.timeout + self.patience()
    }

    /// Waits for room for another step of a delivery that is under way; `None` where there is none
    /// in time.
    pub(super) async fn turn_midway(&self) -> Option<Turn> {
        let _waiting = Counted::among(&self.midway);
        timeout_at(self.deadline(), self.post.desk.turn()).await.ok()
    }

    /// When the calls of a step that begins now are over, whatever happens.
    pub(super) fn deadline(&self) -> Instant {
        (Instant::now() + self.step_lasts()).min(self.tenure().until)
    }

    fn tenure(&self) -> Tenure {
        *self.tenure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ttl(&self) -> Duration {
        self.step_lasts() + RENEWAL
    }

    /// Shows the standing to whoever reads metrics; `None`: another worker has the desk.
    fn show(&self, standing: Option<&Standing>) {
        let desk = self.post.settings.name.as_str();
        if standing.is_none() {
            inspector::show(desk, None);
        }
        let state = standing.map(Standing::state);
        for known in Standing::STATES {
            let holds = if state == Some(known) { 1.0 } else { 0.0 };
            let labels = [("desk", desk.to_owned()), ("state", known.to_owned())];
            metrics::gauge!("deskbell_desk_breaker", &labels).set(holds);
        }
        let sent: &[Sent] = standing.map_or(&[], |standing| &standing.sent);
        for window in &self.post.settings.pacing {
            let per = u64::try_from(window.per.as_millis()).unwrap_or(u64::MAX);
            let filled = sent.iter().find(|sent| sent.per_ms == per);
            let room = filled.map_or(0, Sent::room);
            let room = f64::from(u32::try_from(room).unwrap_or(u32::MAX));
            let used = filled.map_or(0.0, |_| 1.0 - room / f64::from(window.requests));
            let window = format!("{}/{}ms", window.requests, per);
            let labels = [("desk", desk.to_owned()), ("window", window)];
            metrics::gauge!("deskbell_desk_room", &labels).set(room);
            metrics::gauge!("deskbell_desk_quota_used_ratio", &labels).set(used);
        }
    }
}
