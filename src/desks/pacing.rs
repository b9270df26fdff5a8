//! Keeps a desk's quotas: several windows at once, first come first served.
//!
//! However long requests are on their way, no stretch of a window's time sees more requests reach
//! the desk than the window allows: a request counts from before it is sent until a whole window
//! after its answer is in. What was sent is handed on to the next process that speaks to the desk.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{
    Window,
    windows::{Admission, Windows},
};
use crate::standing::{Past, Sent};

/// Lets requests pass as the windows of one desk account allow.
#[derive(Debug)]
pub struct Pacer {
    /// Whoever holds it is next; tokio's mutex hands itself on in the order of asking.
    next: tokio::sync::Mutex<()>,
    windows: Mutex<Windows>,
    ended: Notify,
    promised: Arc<Promised>,
}

/// The room that is promised to jobs which have not called yet.
#[derive(Debug, Default)]
struct Promised {
    turns: AtomicUsize,
    given_back: Notify,
}

/// The right to send one request. Held until the answer is in; dropping it ends the request.
#[derive(Debug)]
#[must_use = "the request counts as ended as soon as its pass is dropped"]
pub struct Pass<'a>(&'a Pacer);

/// The promise of room for the first request of a job that is chosen now. Dropped when the job
/// calls, or when it turns out that it does not.
#[derive(Debug)]
#[must_use = "the room is anybody's as soon as the turn is dropped"]
pub struct Turn(Arc<Promised>);

impl Pacer {
    /// A pacer that keeps all of `windows`; without any it lets everything pass at once. A window
    /// of no requests never lets anything pass.
    pub fn new(windows: &[Window]) -> Self {
        Self {
            next: tokio::sync::Mutex::default(),
            windows: Mutex::new(Windows::new(windows)),
            ended: Notify::new(),
            promised: Arc::default(),
        }
    }

    /// Waits until every window has room, and takes it.
    pub async fn pass(&self) -> Pass<'_> {
        let _next = self.next.lock().await;
        self.room(Windows::admit).await;
        Pass(self)
    }

    /// Waits until every window has room, and takes it; `None` where that is not before `latest`.
    pub async fn pass_before(&self, latest: Option<Instant>) -> Option<Pass<'_>> {
        let Some(latest) = latest else { return Some(self.pass().await) };
        let pass = tokio::time::timeout_at(latest, self.pass()).await.ok()?;
        // Asked again: the process may have been stopped in between.
        (Instant::now() < latest).then_some(pass)
    }

    /// Waits until a request of a job that is chosen now would pass at once, behind all that wait
    /// and beside all that were promised room before.
    pub async fn turn(&self) -> Turn {
        loop {
            // Made before anything is counted, so that what changes in between is noticed.
            let (given_back, ended) = (self.promised.given_back.notified(), self.ended.notified());
            let admission = {
                let _next = self.next.lock().await;
                self.room(|windows, now| windows.admission(0, now)).await;
                let promised = self.promised.turns.load(Ordering::Relaxed);
                let admission = self.windows().admission(promised, Instant::now());
                if admission == Admission::Now {
                    self.promised.turns.fetch_add(1, Ordering::Relaxed);
                    return Turn(self.promised.clone());
                }
                admission
            };
            let more_room = async {
                match admission {
                    Admission::Not(before) => tokio::time::sleep_until(before).await,
                    Admission::Now | Admission::AfterAnother => ended.await,
                }
            };
            tokio::select! {
                () = given_back => {}
                () = more_room => {}
            }
        }
    }

    /// What fills the windows.
    pub fn sent(&self) -> Vec<Sent> {
        self.windows().sent(Instant::now())
    }

    /// The account says that it takes so many more requests in a window of length `per`. That never
    /// makes more room than the windows have.
    pub fn correct(&self, per: Duration, remaining: usize) {
        self.windows().correct(per, remaining, Instant::now());
    }

    /// Begins where another process ended. To be called while nothing is on its way.
    pub fn resume(&self, past: &Past) {
        self.windows().resume(past, Instant::now());
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `admission` says so.
    async fn room(&self, admission: fn(&mut Windows, Instant) -> Admission) {
        loop {
            // Made before the windows are read, so that a request which ends in between is noticed.
            let another_ended = self.ended.notified();
            let admission = admission(&mut self.windows(), Instant::now());
            match admission {
                Admission::Now => return,
                Admission::Not(before) => tokio::time::sleep_until(before).await,
                Admission::AfterAnother => another_ended.await,
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.turns.fetch_sub(1, Ordering::Relaxed);
        self.0.given_back.notify_waiters();
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.windows().end(Instant::now());
        self.0.ended.notify_waiters();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
