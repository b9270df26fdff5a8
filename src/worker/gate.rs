//! Keeps all deliveries from a desk that asked for quiet or is away.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::delivery::Reason;

/// The first pause after a desk went away; it doubles until [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause: how late at most a desk's return is noticed.
const LONGEST: Duration = Duration::from_secs(30);

/// The door to one desk. When a pause is over, one delivery goes ahead and the others follow once
/// the desk has answered it.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    /// `Some` until the desk has answered as it should.
    closed: Option<Closed>,
    /// Whether a delivery has gone ahead and is not back.
    probing: bool,
}

#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Instant,
    /// The gate's own measure, where the desk named no time.
    pause: Option<Duration>,
    reason: Reason,
}

/// How the gate was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closing {
    /// How long nothing passes.
    pub(super) pause: Duration,
    /// Whether it was open, or closed for another reason: worth a line in the log.
    pub(super) is_news: bool,
}

/// The delivery that goes ahead. Dropped when it is through; if the desk has not been heard of by
/// then, the next one goes.
#[derive(Debug)]
#[must_use = "the next delivery goes ahead as soon as the probe is dropped"]
pub(super) struct Probe(Arc<Gate>);

impl Gate {
    /// Closes the gate, for as long as the desk asked or for a pause that grows from failure to
    /// failure. Failures of calls that were under way together count once.
    pub(super) fn close(&self, reason: Reason, asked: Option<Duration>) -> Closing {
        let now = Instant::now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let before = inner.closed;
        let is_news = before.is_none_or(|before| before.reason != reason);
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
        inner.closed = Some(Closed { until: now + pause, pause: own, reason });
        drop(inner);
        self.changed.notify_waiters();
        Closing { pause, is_news }
    }

    /// The desk has answered as it should; whether the gate was closed until now.
    pub(super) fn open(&self) -> bool {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let opens = inner.closed.is_some_and(|closed| closed.until <= Instant::now());
        if opens {
            inner.closed = None;
            drop(inner);
            self.changed.notify_waiters();
        }
        opens
    }

    /// Waits until a delivery may pass; `Some` where it is the one that goes ahead.
    pub(super) async fn passed(self: &Arc<Self>) -> Option<Probe> {
        loop {
            // Made before the state is read, so that a change in between is noticed.
            let changed = self.changed.notified();
            let until = {
                let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
                let closed = inner.closed?;
                let is_over = closed.until <= Instant::now();
                if is_over && !inner.probing {
                    inner.probing = true;
                    return Some(Probe(self.clone()));
                }
                (!is_over).then_some(closed.until)
            };
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => changed.await,
            }
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner).probing = false;
        self.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Arc<Gate> {
        Arc::default()
    }

    fn close(gate: &Gate, asked: Option<u64>) -> Duration {
        gate.close(Reason::Unreachable, asked.map(Duration::from_secs)).pause
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_until_the_desk_answers() {
        let gate = gate();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(close(&gate, None).as_secs());
            drop(gate.passed().await);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert!(gate.open());
        assert_eq!(close(&gate, None), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_fail_together_close_the_gate_once() {
        let gate = gate();
        for _ in 0..5 {
            close(&gate, None);
        }
        assert_eq!(close(&gate, None), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_the_desk_names_is_kept() {
        let gate = gate();
        close(&gate, None);
        assert_eq!(close(&gate, Some(90)), Duration::from_secs(90));
        let began = Instant::now();
        drop(gate.passed().await);
        assert_eq!(began.elapsed(), Duration::from_secs(90));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_an_earlier_call_does_not_open_a_closed_gate() {
        let gate = gate();
        close(&gate, Some(5));
        assert!(!gate.open());
        let began = Instant::now();
        drop(gate.passed().await);
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_one_goes_ahead_and_the_others_follow_the_desks_answer() {
        let gate = gate();
        close(&gate, None);
        let probe = gate.passed().await;
        assert!(probe.is_some());
        let mut second = std::pin::pin!(gate.passed());
        assert!(tokio::time::timeout(Duration::from_mins(1), &mut second).await.is_err());
        gate.open();
        assert!(second.await.is_none());
        assert!(gate.passed().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_is_heard_of_the_desk_the_next_one_goes_ahead() {
        let gate = gate();
        close(&gate, None);
        let probe = gate.passed().await;
        let mut second = std::pin::pin!(gate.passed());
        assert!(tokio::time::timeout(Duration::from_mins(1), &mut second).await.is_err());
        drop(probe);
        assert!(second.await.is_some());
    }

    #[test]
    fn a_gate_that_closes_is_news_once_for_each_reason() {
        let gate = gate();
        let is_news = |reason| gate.close(reason, Some(Duration::ZERO)).is_news;
        assert!(is_news(Reason::Account));
        assert!(!is_news(Reason::Account));
        assert!(is_news(Reason::Unreachable));
        gate.open();
        assert!(is_news(Reason::Unreachable));
    }
}
