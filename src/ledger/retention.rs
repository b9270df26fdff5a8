//! How long the ledger keeps what events say, after they came to their end.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::delivery::time_between;

/// How long what an event says is kept, by what became of it. What nothing is said of is kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retention(BTreeMap<&'static str, Duration>);

impl Retention {
    /// The ends that a time can be said for: the states in which a delivery is over, and
    /// `unmatched` for an event that no rule made a delivery of.
    pub const ENDS: [&str; 7] =
        ["ticketed", "merged", "resolved", "suppressed", "dead", "discarded", Self::UNMATCHED];

    /// The end of an event without deliveries.
    pub const UNMATCHED: &str = "unmatched";

    /// Each end with its time; none: nothing goes.
    pub fn times(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        self.0.iter().map(|(end, time)| (*end, *time))
    }

    /// The shortest time: nothing younger goes. `None`: nothing goes at all.
    pub fn shortest(&self) -> Option<Duration> {
        self.0.values().min().copied()
    }

    /// Whether at `now` the time is over of what came to this end at `since`.
    pub fn is_over(&self, end: &str, since: Timestamp, now: Timestamp) -> bool {
        self.0.get(end).is_some_and(|time| time_between(since, now) > *time)
    }
}

impl FromIterator<(&'static str, Duration)> for Retention {
    fn from_iter<I: IntoIterator<Item = (&'static str, Duration)>>(times: I) -> Self {
        Self(times.into_iter().collect())
    }
}

/// What the configuration says of persons' data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Privacy {
    /// The members of the payload that name its customer.
    pub customer_paths: Vec<String>,
    /// How long the ledger keeps what events say.
    pub retention: Retention,
}

/// What is to go now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// How long each is kept.
    pub retention: Retention,
    /// Now.
    pub now: Timestamp,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Where the call before ended; `None` to begin.
    pub after: Option<ExpiryPlace>,
}

/// A place among the events, the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiryPlace {
    /// When the event there was received.
    pub received_at: Timestamp,
    /// Its number.
    pub number: i64,
}

/// What one call of [`Erasures::expire`](super::Erasures::expire) did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExpiredPart {
    /// What went.
    pub expired: Expired,
    /// Where to go on; `None`: that was all.
    pub next: Option<ExpiryPlace>,
}

/// Events whose time was over, or is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Expired {
    /// Events.
    pub events: u64,
    /// Their deliveries, by state.
    pub deliveries: BTreeMap<String, u64>,
}

impl Expired {
    /// Adds what another part did.
    pub fn add(&mut self, other: Self) {
        self.events += other.events;
        for (state, count) in other.deliveries {
            *self.deliveries.entry(state).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::State;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn what_nothing_is_said_of_is_kept_for_ever() {
        let at = |days: i32| Timestamp::UNIX_EPOCH + DAY * days.unsigned_abs();
        let retention: Retention =
            [("ticketed", DAY * 90), ("dead", DAY * 365)].into_iter().collect();
        assert!(!retention.is_over("ticketed", at(0), at(90)));
        assert!(retention.is_over("ticketed", at(0), at(91)));
        assert!(!retention.is_over("dead", at(0), at(91)));
        assert!(!retention.is_over("merged", at(0), at(9000)));
        // A clock that went back makes nothing old.
        assert!(!retention.is_over("ticketed", at(91), at(0)));
        assert_eq!(retention.shortest(), Some(DAY * 90));
        assert_eq!(Retention::default().shortest(), None);
    }

    #[test]
    fn a_time_can_be_said_for_every_state_in_which_a_delivery_is_over() {
        let under_way = ["queued", "attempting", "retrying", "uncertain"];
        let over = State::NAMES.into_iter().filter(|name| !under_way.contains(name));
        assert_eq!(over.filter(|name| !Retention::ENDS.contains(name)).count(), 0);
        assert_eq!(Retention::ENDS.len(), State::NAMES.len() - under_way.len() + 1);
    }
}
