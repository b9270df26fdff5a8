//! Where a process is struck.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// What strikes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blow {
    /// It ends there.
    Crash,
    /// It stands still, and may go on when another has taken its place.
    Freeze,
    /// The ledger's call fails. A desk fails by its answers, and this blow misses it.
    Fail,
}

/// One blow, at the call of this number (from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strike {
    pub(super) call: usize,
    /// Whether the call has taken effect by then.
    pub(super) is_after: bool,
    pub(super) blow: Blow,
}

/// The calls of a process to its ledger, its broker and its desk.
#[derive(Debug)]
pub(super) struct Points {
    strike: Option<Strike>,
    calls: AtomicUsize,
    halted: Notify,
    thawed: Notify,
}

impl Points {
    pub(super) fn new(strike: Option<Strike>) -> Self {
        let (halted, thawed) = (Notify::new(), Notify::new());
        Self { strike, calls: AtomicUsize::new(0), halted, thawed }
    }

    /// Makes a call that fails in its own way only.
    pub(super) async fn pass<T>(&self, call: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        self.halt(number, false).await;
        let answer = call.await;
        self.halt(number, true).await;
        answer
    }

    /// Makes a call that may be told to have failed.
    pub(super) async fn pass_or<T, E>(
        &self,
        failure: impl Fn() -> E,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let fails =
            |is_after| self.strike == Some(Strike { call: number, is_after, blow: Blow::Fail });
        self.halt(number, false).await;
        if fails(false) {
            return Err(failure());
        }
        let answer = call.await;
        self.halt(number, true).await;
        if fails(true) { Err(failure()) } else { answer }
    }

    async fn halt(&self, number: usize, is_after: bool) {
        let Some(strike) = self.strike else { return };
        if (strike.call, strike.is_after) == (number, is_after) && strike.blow != Blow::Fail {
            self.halted.notify_one();
            self.thawed.notified().await;
        }
    }

    /// Waits until a blow has halted the process.
    pub(super) async fn halted(&self) {
        self.halted.notified().await;
    }

    /// Lets a process that stands still go on.
    pub(super) fn thaw(&self) {
        self.thawed.notify_one();
    }

    /// Calls so far.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}
