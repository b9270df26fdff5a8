//! Signed times, held against the receiver's clock.

use std::time::Duration;

use jiff::Timestamp;

use super::SignatureError;

/// How a sender counts from 1970.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
}

/// Reads a time that is no further than `tolerance` from `now`, both ways: a time ahead of ours would
/// let a recorded post be sent again until then.
pub(super) fn fresh(
    text: &str,
    unit: Unit,
    header: &str,
    tolerance: Duration,
    now: Timestamp,
) -> Result<Timestamp, SignatureError> {
    let malformed = || SignatureError::Malformed(header.to_owned());
    let count: i64 = text.parse().map_err(|_not_a_number| malformed())?;
    let (distance, most) = match unit {
        Unit::Seconds => (now.as_second().abs_diff(count), u128::from(tolerance.as_secs())),
        Unit::Milliseconds => (now.as_millisecond().abs_diff(count), tolerance.as_millis()),
    };
    if u128::from(distance) > most {
        return Err(SignatureError::Stale { tolerance_seconds: tolerance.as_secs() });
    }
    match unit {
        Unit::Seconds => Timestamp::from_second(count),
        Unit::Milliseconds => Timestamp::from_millisecond(count),
    }
    .map_err(|_out_of_range| malformed())
}
