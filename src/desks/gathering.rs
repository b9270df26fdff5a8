//! Gathers what deliveries of one lane ask of a desk at the same time, so that one request takes it.
//!
//! - A backlog shows in deliveries that have waited in their lane: more than a few in a row
//!   that were late ([`Pace`]). Without one nothing waits, and each request goes alone.
//! - Under a backlog a request waits until a whole batch is there or nothing has happened in the lane
//!   for a moment ([`QUIET`]): no delivery has begun, asked or been answered, so that none is on its
//!   way to the same request. In all, it waits [`LONGEST_FILL`] at most.
//! - Where it is known how many will ask soon ([`Gatherer::expect`]), they are waited for as long.
//! - Lanes are apart: an urgent delivery never waits for a batch of another lane.
//! - Nothing is sent for a delivery whose time to begin is over.
//!
//! There is no task behind it: of those that wait, the first one leads. It waits for room in the
//! account's windows, and only then takes the batch, with all that have come meanwhile.

mod asking;
mod pace;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, sleep_until},
};

pub(super) use asking::Asking;
pub(super) use pace::Pace;
use pace::QUIET;

use super::DeskError;
use crate::ticket::Priority;

/// The longest wait for a batch to be whole. Where it takes so long, the broker or the ledger is what
/// holds the deliveries up, and smaller batches would make none of them faster.
const LONGEST_FILL: Duration = Duration::from_secs(2);

/// What waits to be asked, by lane.
#[derive(Debug)]
pub(super) struct Gatherer<I, O> {
    pace: Pace,
    /// The most that one request takes.
    most: usize,
    lanes: [Lane<I, O>; Priority::URGENT_FIRST.len()],
}

#[derive(Debug)]
struct Lane<I, O> {
    waiting: Mutex<VecDeque<Waiting<I, O>>>,
    expected: Mutex<Expected>,
    lead: tokio::sync::Mutex<()>,
    arrived: Notify,
}

/// Those that will ask soon.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    count: usize,
    until: Option<Instant>,
}

/// One that waits for its answer.
#[derive(Debug)]
pub(super) struct Waiting<I, O> {
    /// What is asked.
    pub(super) input: I,
    latest: Option<Instant>,
    taken: Arc<AtomicBool>,
    answer: oneshot::Sender<Result<O, DeskError>>,
}

/// The place of one that waits.
#[derive(Debug)]
pub(super) struct Place<'a, I, O> {
    gatherer: &'a Gatherer<I, O>,
    lane: Priority,
    taken: Arc<AtomicBool>,
    answer: oneshot::Receiver<Result<O, DeskError>>,
}

/// What one that waits comes to.
#[derive(Debug)]
pub(super) enum Turned<'a, I, O> {
    /// Its answer is there.
    Answered(Result<O, DeskError>),
    /// It asks for itself and for others.
    Leads(Leader<'a, I, O>),
}

/// The one that asks next.
#[derive(Debug)]
pub(super) struct Leader<'a, I, O> {
    gatherer: &'a Gatherer<I, O>,
    lane: Priority,
    _lead: tokio::sync::MutexGuard<'a, ()>,
}

impl<I, O> Gatherer<I, O> {
    /// A gatherer for requests that take up to `most` inputs, at the desk of `pace`.
    pub(super) fn new(pace: Pace, most: usize) -> Self {
        let lane = |_| Lane {
            waiting: Mutex::default(),
            expected: Mutex::default(),
            lead: tokio::sync::Mutex::default(),
            arrived: Notify::new(),
        };
        Self { pace, most, lanes: Priority::URGENT_FIRST.map(lane) }
    }

    /// Waits in `lane` with `input`, which is not to be sent after `latest`.
    pub(super) fn join(
        &self,
        lane: Priority,
        input: I,
        latest: Option<Instant>,
    ) -> Place<'_, I, O> {
        let (sender, answer) = oneshot::channel();
        let taken = Arc::default();
        let waiting = Waiting { input, latest, taken: Arc::clone(&taken), answer: sender };
        self.waiting(lane).push_back(waiting);
        self.pace.goes_on(lane);
        self.lanes[lane as usize].arrived.notify_waiters();
        Place { gatherer: self, lane, taken, answer }
    }

    /// So many of `lane` will ask at once: whoever of them is first waits a moment for the others.
    pub(super) fn expect(&self, lane: Priority, count: usize) {
        let now = Instant::now();
        let mut expected = self.expected(lane);
        let before =
            if expected.until.is_some_and(|until| now < until) { expected.count } else { 0 };
        *expected = Expected { count: before + count, until: Some(now + QUIET) };
    }

    fn expected(&self, lane: Priority) -> MutexGuard<'_, Expected> {
        self.lanes[lane as usize].expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are worth to wait for, and until when at most; `None` where nobody is.
    fn worth_waiting(&self, lane: Priority) -> Option<(usize, Instant)> {
        let expected = *self.expected(lane);
        let of_backlog = self.pace.backlog(lane).map(|over| (self.most, over));
        let until = expected.until.filter(|until| expected.count > 0 && Instant::now() < *until);
        until.map(|until| (expected.count.min(self.most), until)).or(of_backlog)
    }

    fn waiting(&self, lane: Priority) -> MutexGuard<'_, VecDeque<Waiting<I, O>>> {
        self.lanes[lane as usize].waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is not worth to wait for more.
    async fn fill(&self, lane: Priority) {
        let latest = Instant::now() + LONGEST_FILL;
        loop {
            // Made before anything is counted, so that what arrives in between is noticed.
            let arrived = self.lanes[lane as usize].arrived.notified();
            let Some((enough, over)) = self.worth_waiting(lane) else { return };
            let over = over.min(latest);
            if self.waiting(lane).len() >= enough || Instant::now() >= over {
                return;
            }
            tokio::select! {
                () = arrived => {}
                () = sleep_until(over) => {}
            }
        }
    }
}

impl<'a, I, O> Place<'a, I, O> {
    /// Waits for the answer, or to be the one that asks.
    pub(super) async fn turned(&mut self) -> Turned<'a, I, O> {
        let lead = lead(self.gatherer, self.lane, &self.taken);
        tokio::select! {
            biased;
            answer = &mut self.answer => Turned::Answered(answer.unwrap_or_else(|_| {
                // Whoever asked was broken off in the midst of it.
                Err(DeskError::NoAnswer("the request was broken off".into()))
            })),
            leader = lead => Turned::Leads(leader),
        }
    }
}

async fn lead<'a, I, O>(
    gatherer: &'a Gatherer<I, O>,
    lane: Priority,
    taken: &AtomicBool,
) -> Leader<'a, I, O> {
    let lead = gatherer.lanes[lane as usize].lead.lock().await;
    if taken.load(Ordering::Acquire) {
        // Another one asks for this one too: what is left is to wait for the answer.
        drop(lead);
        return std::future::pending().await;
    }
    gatherer.fill(lane).await;
    Leader { gatherer, lane, _lead: lead }
}

impl<I, O> Leader<'_, I, O> {
    /// Takes what waits, the first come first, as much as one request takes; the next one leads.
    pub(super) fn take(self) -> Vec<Waiting<I, O>> {
        let now = Instant::now();
        let mut waiting = self.gatherer.waiting(self.lane);
        let mut batch = Vec::new();
        while batch.len() < self.gatherer.most
            && let Some(first) = waiting.pop_front()
        {
            // Whoever has gone away has no claim any more.
            if !first.answer.is_closed()
                && let Some(first) = first.in_time(now)
            {
                first.taken.store(true, Ordering::Release);
                batch.push(first);
            }
        }
        let mut expected = self.gatherer.expected(self.lane);
        expected.count = expected.count.saturating_sub(batch.len());
        drop(expected);
        batch
    }
}

impl<I, O> Waiting<I, O> {
    /// Itself, unless its time to begin is over: then that is its answer.
    pub(super) fn in_time(self, now: Instant) -> Option<Self> {
        if self.latest.is_none_or(|latest| now < latest) {
            return Some(self);
        }
        self.answer(Err(DeskError::NotBegun));
        None
    }

    /// Ends the wait.
    pub(super) fn answer(self, answer: Result<O, DeskError>) {
        // Whoever has gone away will look it up.
        drop(self.answer.send(answer));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
