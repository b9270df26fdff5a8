//! The delays that the broker can keep by itself: one queue for each, because a queue that held
//! several would let a long one block the short ones behind it.

use std::time::Duration;

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

    proptest! {
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
