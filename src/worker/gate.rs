//! Keeps all deliveries from a desk that asked for quiet or is away.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The first pause after a desk went away; it doubles until [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause: how late at most a desk's return is noticed.
const LONGEST: Duration = Duration::from_secs(30);

/// The door to one desk.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    closed_until: Option<Instant>,
    pause: Option<Duration>,
}

impl Gate {
    /// Closes the gate, for as long as the desk asked or for a pause that grows from failure to
    /// failure; gives how long. Failures of calls that were under way together count once.
    pub(super) fn close(&self, asked: Option<Duration>) -> Duration {
        let now = Instant::now();
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = inner
            .closed_until
            .and_then(|until| until.checked_duration_since(now))
            .filter(|left| !left.is_zero());
        if let (Some(left), None) = (left, asked) {
            return left;
        }
        let pause = asked.unwrap_or_else(|| {
            let pause = inner.pause.map_or(FIRST, |pause| (pause * 2).min(LONGEST));
            inner.pause = Some(pause);
            pause
        });
        let pause = pause.max(left.unwrap_or_default());
        inner.closed_until = Some(now + pause);
        pause
    }

    /// The desk has answered as it should.
    pub(super) fn open(&self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.closed_until.is_none_or(|until| until <= Instant::now()) {
            *inner = Inner::default();
        }
    }

    /// Waits until the gate is open.
    pub(super) async fn passed(&self) {
        loop {
            let until = self.0.lock().unwrap_or_else(PoisonError::into_inner).closed_until;
            match until {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_double_until_the_desk_answers() {
        let gate = Gate::default();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(gate.close(None).as_secs());
            gate.passed().await;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        gate.open();
        assert_eq!(gate.close(None), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_fail_together_close_the_gate_once() {
        let gate = Gate::default();
        for _ in 0..5 {
            gate.close(None);
        }
        assert_eq!(gate.close(None), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_the_desk_names_is_kept() {
        let gate = Gate::default();
        gate.close(None);
        assert_eq!(gate.close(Some(Duration::from_secs(90))), Duration::from_secs(90));
        let began = Instant::now();
        gate.passed().await;
        assert_eq!(began.elapsed(), Duration::from_secs(90));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_an_earlier_call_does_not_open_a_closed_gate() {
        let gate = Gate::default();
        gate.close(Some(Duration::from_secs(5)));
        gate.open();
        let began = Instant::now();
        gate.passed().await;
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }
}
