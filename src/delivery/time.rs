//! How far two instants are apart.

use std::time::Duration;

use jiff::Timestamp;

/// The time from one instant to another; none where the second is not the later one, as of clocks
/// that were set back.
pub fn time_between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_time_between_an_instant_and_an_earlier_one() {
        let [early, late] = [0, 5].map(|second| Timestamp::from_second(second).unwrap());
        assert_eq!(time_between(early, late), Duration::from_secs(5));
        assert_eq!(time_between(late, early), Duration::ZERO);
        assert_eq!(time_between(Timestamp::MAX, Timestamp::MIN), Duration::ZERO);
    }
}
