//! The delays that the broker can keep by itself: one queue for each, because a queue that held
//! several would let a long one block the short ones behind it.

use std::time::Duration;

use jiff::Timestamp;

/// From when to when a job is put off, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Postponement {
    /// By the clock of the machine that put it off.
    pub(super) since: i64,
    /// The job's earliest time.
    pub(super) until: i64,
}

impl Postponement {
    /// For `wait` from `now` on.
    pub(super) fn of(wait: Duration, now: Timestamp) -> Self {
        // The next whole millisecond: rounded down, the job would come too early.
        let millis = i64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX);
        let since = now.as_millisecond();
        Self { since, until: since.saturating_add(1).saturating_add(millis) }
    }

    /// What is left of it at `now`. Nothing where the clock has gone back since: what was written by
    /// a clock that was ahead would be due when this one gets there, and the queue of the delay has
    /// kept the job by the broker's own time.
    pub(super) fn remaining(self, now: Timestamp) -> Duration {
        let now = now.as_millisecond();
        let left = if now < self.since { 0 } else { self.until.saturating_sub(now) };
        Duration::from_millis(u64::try_from(left).unwrap_or_default())
    }
}

/// A queue in which jobs wait for a fixed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tier {
    /// The last part of the queue's name.
    pub(super) name: &'static str,
    /// How long a job waits in it.
    pub(super) wait: Duration,
}

/// All tiers, the shortest first.
pub(super) const TIERS: [Tier; 7] = [
    Tier { name: "1s", wait: Duration::from_secs(1) },
    Tier { name: "5s", wait: Duration::from_secs(5) },
    Tier { name: "30s", wait: Duration::from_secs(30) },
    Tier { name: "2m", wait: Duration::from_mins(2) },
    Tier { name: "10m", wait: Duration::from_mins(10) },
    Tier { name: "1h", wait: Duration::from_hours(1) },
    Tier { name: "6h", wait: Duration::from_hours(6) },
];

impl Tier {
    /// The tier for a job that has `remaining` to wait: the longest that is not too long, and the
    /// shortest where all are. `None` where there is nothing to wait for.
    pub(super) fn towards(remaining: Duration) -> Option<Self> {
        let fitting = TIERS.into_iter().rev().find(|tier| tier.wait <= remaining);
        fitting.or_else(|| (!remaining.is_zero()).then_some(TIERS[0]))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_job_waits_in_the_longest_tier_that_fits() {
        for (remaining, name) in [(59, "30s"), (60, "30s"), (120, "2m"), (86_400, "6h"), (1, "1s")]
        {
            let tier = Tier::towards(Duration::from_secs(remaining));
            assert_eq!(tier.map(|tier| tier.name), Some(name), "{remaining} s");
        }
    }

    #[test]
    fn a_job_that_is_due_waits_in_no_tier() {
        assert_eq!(Tier::towards(Duration::ZERO), None);
    }

    #[test]
    fn a_clock_that_went_back_leaves_nothing_to_wait_for() {
        let now: Timestamp = "2026-10-18T12:00:00Z".parse().unwrap();
        let put_off = Postponement::of(Duration::from_mins(5), now);
        assert_eq!(put_off.remaining(now + Duration::from_mins(6)), Duration::ZERO);
        assert_eq!(put_off.remaining(now - Duration::from_hours(1)), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn a_time_is_never_moved_forward(
            nanos in 0_i128..4_000_000_000_000_000_000,
            wait in 0_u64..1_000_000_000_000_000,
        ) {
            let now = Timestamp::from_nanosecond(nanos).unwrap();
            let wait = Duration::from_nanos(wait);
            let left = Postponement::of(wait, now).remaining(now);
            prop_assert!(wait <= left && left <= wait + Duration::from_millis(2));
        }

        #[test]
        fn a_wait_ends_less_than_a_second_late(millis in 0_u64..1_000_000_000) {
            let mut remaining = Duration::from_millis(millis);
            let mut late = Duration::ZERO;
            while let Some(tier) = Tier::towards(remaining) {
                late = tier.wait.saturating_sub(remaining);
                remaining = remaining.saturating_sub(tier.wait);
            }
            prop_assert!(late < Duration::from_secs(1));
        }
    }
}
