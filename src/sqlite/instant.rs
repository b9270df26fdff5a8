//! Instants as whole nanoseconds since 1970, so that SQL can compare them and none is rounded.

use jiff::{SignedDuration, Timestamp};

/// The instant as SQL stores it; one before 1677 or after 2262 becomes the nearest that fits.
pub fn to_nanos(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// The instant that SQL stored.
pub fn from_nanos(nanos: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_nanos(nanos)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_instant_reads_back_to_the_nanosecond() {
        for text in ["2026-10-18T12:00:00.123456789Z", "1969-12-31T23:59:59.999999999Z"] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(from_nanos(to_nanos(at)), at);
        }
    }

    #[test]
    fn an_instant_out_of_range_stays_far_away() {
        assert_eq!(to_nanos(Timestamp::MAX), i64::MAX);
        assert_eq!(to_nanos(Timestamp::MIN), i64::MIN);
        assert!(from_nanos(i64::MAX) > Timestamp::UNIX_EPOCH);
        assert!(from_nanos(i64::MIN) < Timestamp::UNIX_EPOCH);
    }
}
