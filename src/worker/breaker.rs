//! Keeps all deliveries from a desk that asked for quiet or is away.
//!
//! Closed, it lets everything pass; open, nothing; and when its pause is over, one delivery goes
//! ahead as a probe. It is written down with the desk's lease, so that a worker that takes the desk
//! over does not ask sooner than the one before would have.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{sync::Notify, time::Instant};

use crate::{delivery::Reason, standing::OpenBreaker};

/// The first pause after a desk went away; it doubles until [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause: how late at most a desk's return is noticed.
const LONGEST: Duration = Duration::from_secs(30);

/// The breaker of one desk. When a pause is over, one delivery goes ahead and the others follow once
/// the desk has answered it.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    /// `Some` until the desk has answered as it should.
    open: Option<Open>,
    /// Whether a delivery has gone ahead and is not back.
    probing: bool,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    since: Timestamp,
    until: Instant,
    /// The breaker's own measure, where the desk named no time.
    pause: Option<Duration>,
    reason: Reason,
}

/// How the breaker was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// How long nothing passes.
    pub(super) pause: Duration,
    /// Whether it was closed, or open for another reason: worth a line in the log.
    pub(super) is_news: bool,
}

/// The delivery that goes ahead. Dropped when it is through; if the desk has not been heard of by
/// then, the next one goes.
#[derive(Debug)]
#[must_use = "the next delivery goes ahead as soon as the probe is dropped"]
pub(super) struct Probe(Arc<Breaker>);

impl Breaker {
    /// Opens the breaker at `at`, for as long as the desk asked or for a pause that grows from
    /// failure to failure. Failures of calls that were under way together count once.
    pub(super) fn open(&self, reason: Reason, asked: Option<Duration>, at: Timestamp) -> Opening {
        let now = Instant::now();
        let mut inner = self.inner();
        let before = inner.open;
        let same = before.filter(|before| before.reason == reason);
        let left = before
            .and_then(|before| before.until.checked_duration_since(now))
            .filter(|left| !left.is_zero());
        let mut own = before.and_then(|before| before.pause);
        let pause = match (left, asked) {
            (Some(left), None) => left,
            (left, Some(asked)) => asked.max(left.unwrap_or_default()),
            (None, None) => {
                let pause = own.map_or(FIRST, |pause| (pause * 2).min(LONGEST));
                own = Some(pause);
                pause
            }
        };
        let since = same.map_or(at, |same| same.since);
        inner.open = Some(Open { since, until: now + pause, pause: own, reason });
        drop(inner);
        self.changed.notify_waiters();
        Opening { pause, is_news: same.is_none() }
    }

    /// Closes it, since the desk has answered as it should; whether it was open until now.
    pub(super) fn close(&self) -> bool {
        let mut inner = self.inner();
        let closes = inner.open.is_some_and(|open| open.until <= Instant::now());
        if closes {
            inner.open = None;
            drop(inner);
            self.changed.notify_waiters();
        }
        closes
    }

    /// Waits until a delivery may pass; `Some` where it is the one that goes ahead.
    pub(super) async fn passed(self: &Arc<Self>) -> Option<Probe> {
        loop {
            // Made before the state is read, so that a change in between is noticed.
            let changed = self.changed.notified();
            let until = {
                let mut inner = self.inner();
                let open = inner.open?;
                let is_over = open.until <= Instant::now();
                if is_over && !inner.probing {
                    inner.probing = true;
                    return Some(Probe(self.clone()));
                }
                (!is_over).then_some(open.until)
            };
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => changed.await,
            }
        }
    }

    /// How it stands at `at`; `None`: closed.
    pub(super) fn standing(&self, at: Timestamp) -> Option<OpenBreaker> {
        let inner = self.inner();
        let Open { since, until, pause, reason } = inner.open?;
        let left = until.saturating_duration_since(Instant::now());
        let pause_ms = pause.map(|pause| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
        let until = at.checked_add(left).unwrap_or(Timestamp::MAX);
        Some(OpenBreaker { reason, since, until, pause_ms, probing: inner.probing })
    }

    /// Stands as it did with the worker before, with so much `left` of the pause.
    pub(super) fn resume(&self, before: Option<OpenBreaker>, left: Duration) {
        let until = Instant::now() + left;
        self.inner().open = before.map(|OpenBreaker { reason, since, pause_ms, .. }| Open {
            since,
            until,
            pause: pause_ms.map(|pause| Duration::from_millis(pause).min(LONGEST)),
            reason,
        });
        self.changed.notify_waiters();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.inner().probing = false;
        self.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Arc<Breaker> {
        Arc::default()
    }

    fn open(breaker: &Breaker, asked: Option<u64>) -> Duration {
        let asked = asked.map(Duration::from_secs);
        breaker.open(Reason::Unreachable, asked, Timestamp::UNIX_EPOCH).pause
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_until_the_desk_answers() {
        let breaker = breaker();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(open(&breaker, None).as_secs());
            drop(breaker.passed().await);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert!(breaker.close());
        assert_eq!(open(&breaker, None), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_fail_together_open_it_once() {
        let breaker = breaker();
        for _ in 0..5 {
            open(&breaker, None);
        }
        assert_eq!(open(&breaker, None), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_the_desk_names_is_kept() {
        let breaker = breaker();
        open(&breaker, None);
        assert_eq!(open(&breaker, Some(90)), Duration::from_secs(90));
        let began = Instant::now();
        drop(breaker.passed().await);
        assert_eq!(began.elapsed(), Duration::from_secs(90));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_an_earlier_call_does_not_close_it() {
        let breaker = breaker();
        open(&breaker, Some(5));
        assert!(!breaker.close());
        let began = Instant::now();
        drop(breaker.passed().await);
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_one_goes_ahead_and_the_others_follow_the_desks_answer() {
        let breaker = breaker();
        open(&breaker, None);
        let probe = breaker.passed().await;
        assert!(probe.is_some());
        let mut second = std::pin::pin!(breaker.passed());
        assert!(tokio::time::timeout(Duration::from_mins(1), &mut second).await.is_err());
        breaker.close();
        assert!(second.await.is_none());
        assert!(breaker.passed().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_is_heard_of_the_desk_the_next_one_goes_ahead() {
        let breaker = breaker();
        open(&breaker, None);
        let probe = breaker.passed().await;
        let mut second = std::pin::pin!(breaker.passed());
        assert!(tokio::time::timeout(Duration::from_mins(1), &mut second).await.is_err());
        drop(probe);
        assert!(second.await.is_some());
    }

    #[test]
    fn an_opening_is_news_once_for_each_reason() {
        let breaker = breaker();
        let is_news =
            |reason| breaker.open(reason, Some(Duration::ZERO), Timestamp::UNIX_EPOCH).is_news;
        assert!(is_news(Reason::Account));
        assert!(!is_news(Reason::Account));
        assert!(is_news(Reason::Unreachable));
        breaker.close();
        assert!(is_news(Reason::Unreachable));
    }

    #[tokio::test(start_paused = true)]
    async fn a_successor_keeps_the_pause_and_the_measure_of_the_next() {
        let before = breaker();
        open(&before, None);
        drop(before.passed().await);
        open(&before, None);
        let standing = before.standing(Timestamp::UNIX_EPOCH);
        let after = breaker();
        after.resume(standing, Duration::from_secs(2));
        let began = Instant::now();
        drop(after.passed().await);
        assert_eq!(began.elapsed(), Duration::from_secs(2));
        assert_eq!(open(&after, None), Duration::from_secs(4));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_written_down_tells_since_when_and_until_when() {
        let breaker = breaker();
        assert_eq!(breaker.standing(Timestamp::UNIX_EPOCH), None);
        open(&breaker, Some(90));
        tokio::time::advance(Duration::from_secs(30)).await;
        let now = Timestamp::UNIX_EPOCH + Duration::from_secs(30);
        let standing = breaker.standing(now).map(|open| (open.since, open.until, open.probing));
        let until = Timestamp::UNIX_EPOCH + Duration::from_secs(90);
        assert_eq!(standing, Some((Timestamp::UNIX_EPOCH, until, false)));
    }
}
