//! What HubSpot says of its limits ("API usage guidelines and limits").

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::desks::reply::Reply;

/// How long a spent day is left alone where the answer does not say what time it is.
const QUOTA_CHECK: Duration = Duration::from_hours(1);

/// Midnight falls on a quarter of an hour of UTC in every time zone.
const QUARTER: Duration = Duration::from_mins(15);

/// How late after midnight a day may begin anew.
const MARGIN: Duration = Duration::from_secs(5);

/// What is left of the short window, as the account counts it: with the calls of all who share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// The window's length.
    pub(super) per: Duration,
    /// Calls that still fit into it.
    pub(super) remaining: usize,
}

/// What the answer's headers say; `None` where they say nothing, as after a search.
pub(super) fn room(reply: &Reply) -> Option<Room> {
    let per = reply.number("x-hubspot-ratelimit-interval-milliseconds")?;
    let remaining = reply.number("x-hubspot-ratelimit-remaining")?;
    Some(Room {
        per: Duration::from_millis(per),
        remaining: usize::try_from(remaining).unwrap_or(usize::MAX),
    })
}

/// How long a spent day is left alone. It ends at midnight in the account's own time zone, which is
/// not known here: the next moment at which it is midnight somewhere.
pub(super) fn day_spent(reply: &Reply) -> Duration {
    reply.date.map_or(QUOTA_CHECK, |date| until_quarter(date) + MARGIN)
}

fn until_quarter(date: Timestamp) -> Duration {
    let quarter = SignedDuration::try_from(QUARTER).unwrap_or(SignedDuration::ZERO);
    let into = date.as_second().rem_euclid(quarter.as_secs());
    QUARTER.saturating_sub(Duration::from_secs(into.unsigned_abs()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName};

    use super::*;

    fn reply(headers: &[(&'static str, &'static str)]) -> Reply {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        Reply::new(200, &headers, "{}")
    }

    #[test]
    fn the_headers_tell_the_room() {
        let interval = ("x-hubspot-ratelimit-interval-milliseconds", "10000");
        let remaining = ("x-hubspot-ratelimit-remaining", "17");
        let expected = Room { per: Duration::from_secs(10), remaining: 17 };
        assert_eq!(room(&reply(&[interval, remaining])), Some(expected));
        assert_eq!(room(&reply(&[interval])), None);
        assert_eq!(room(&reply(&[interval, ("x-hubspot-ratelimit-remaining", "-1")])), None);
    }

    #[test]
    fn a_spent_day_is_left_alone_until_it_is_midnight_somewhere() {
        let spent = |date| day_spent(&reply(&[("date", date)])).as_secs();
        assert_eq!(spent("Wed, 21 Oct 2026 07:28:00 GMT"), 2 * 60 + 5);
        assert_eq!(spent("Wed, 21 Oct 2026 22:00:00 GMT"), 15 * 60 + 5);
        assert_eq!(day_spent(&reply(&[])), QUOTA_CHECK);
    }
}
