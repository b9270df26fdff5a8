//! How long to wait before another attempt.

use std::time::Duration;

/// The mean waits after the first, second, … attempt: 13 attempts span about 48 hours.
///
/// Longer than the schedules of the senders' own retries that we know of, so that a desk's bad
/// night is outlasted.
const MEAN_WAITS: [Duration; 12] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
    Duration::from_hours(8),
    Duration::from_hours(8),
    Duration::from_hours(12),
    Duration::from_hours(12),
];

/// When a desk's deliveries are tried again, and when no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    /// Attempts that count, before the delivery is dead.
    pub max_attempts: u32,
    /// Age, from the receiver or the last replay, past which the delivery is dead.
    pub max_age: Duration,
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self { max_attempts: 13, max_age: Duration::from_hours(72) }
    }
}

impl RetrySchedule {
    /// The wait after the attempt of number `attempts` (from 1), never shorter than `at_least`.
    ///
    /// Full jitter: anywhere between nothing and twice the mean, so that deliveries which failed
    /// together do not come back together. `chance` is uniform in [0, 1).
    pub fn wait_after(&self, attempts: u32, at_least: Option<Duration>, chance: f64) -> Duration {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        let mean = MEAN_WAITS[index.min(MEAN_WAITS.len() - 1)];
        let drawn = mean.mul_f64(2.0 * chance.clamp(0.0, 1.0));
        drawn.max(at_least.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_attempts_span_about_48_hours() {
        let schedule = RetrySchedule::default();
        let total: Duration =
            (1..schedule.max_attempts).map(|attempt| schedule.wait_after(attempt, None, 0.5)).sum();
        assert!((Duration::from_hours(47)..Duration::from_hours(49)).contains(&total), "{total:?}");
    }

    #[test]
    fn a_wait_is_drawn_from_nothing_to_twice_the_mean() {
        let schedule = RetrySchedule::default();
        assert_eq!(schedule.wait_after(2, None, 0.0), Duration::ZERO);
        assert_eq!(schedule.wait_after(2, None, 1.0), Duration::from_mins(1));
        assert_eq!(schedule.wait_after(99, None, 0.5), Duration::from_hours(12));
    }

    #[test]
    fn a_desk_that_names_a_time_is_not_asked_sooner() {
        let asked = Some(Duration::from_secs(90));
        assert_eq!(RetrySchedule::default().wait_after(1, asked, 0.0), Duration::from_secs(90));
    }
}
