//! What was done lately, and what waits longest.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::event::{DeskName, EventId, SourceName};

/// How many events or tickets are counted at most, the newest ones.
pub const MOST_COUNTED: u32 = 100_000;

/// How many tickets percentiles are taken of at most, the newest ones.
pub const MOST_TIMED: u32 = 5_000;

/// How many events or deliveries the pace of desks is taken of at most, the newest ones.
pub const MOST_PACED: u32 = 20_000;

/// Over how long the pace of desks is taken.
pub const PACED_OVER: Duration = Duration::from_mins(5);

/// What was done lately, and what waits longest. However much the ledger holds, a bounded part of it is
/// read, the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lately {
    /// Up to when.
    pub at: Timestamp,
    /// Accepted events, by when they were received.
    pub received: Flow,
    /// Deliveries that have a ticket of their own, by when that was last known.
    pub ticketed: Flow,
    /// How long those took that were ticketed in the last hour; `None` where there was none.
    pub times: Option<TimeToTicket>,
    /// What has been without a ticket for longest; `None` where nothing waits.
    pub oldest: Option<OldestWaiting>,
    /// The desks that anything came in for, was done at or waits for, by name.
    pub desks: Vec<DeskLately>,
}

/// How many there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Flow {
    /// In the last minute.
    pub last_minute: u64,
    /// In the last hour.
    pub last_hour: u64,
    /// Whether it is that many; otherwise at least: 100,000 are counted.
    pub exact: bool,
}

/// How long deliveries took, from the receipt of the event to the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeToTicket {
    /// How many were looked at, the newest ones.
    pub tickets: u64,
    /// When the first of them was ticketed.
    pub since: Timestamp,
    /// Half of them took no longer.
    pub p50: Duration,
    /// 95 of 100 took no longer.
    pub p95: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
}

/// What has been without a ticket for longest, and is to be seen to by a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldestWaiting {
    /// The event's source.
    pub source: SourceName,
    /// The event's id.
    pub event: EventId,
    /// The desk.
    pub desk: DeskName,
    /// When the event was received.
    pub since: Timestamp,
}

/// What came in for a desk and was done there lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskLately {
    /// The desk.
    pub desk: DeskName,
    /// Deliveries whose event was received.
    pub arrived: Pace,
    /// Deliveries that ended: with a ticket, as a part of one, suppressed or dead.
    pub settled: Pace,
    /// Since when there has been something for a worker to do without a break, at the latest; `None` where
    /// nothing is to be done now.
    pub behind_since: Option<Timestamp>,
    /// When the last of what was put off should come; `None` where nothing was.
    pub last_due: Option<Timestamp>,
}

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many.
    pub count: u64,
    /// In how long.
    pub over: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { count: 0, over: PACED_OVER }
    }
}

impl TimeToTicket {
    /// The percentiles of how long these took, that were ticketed from `since` on; `None` of nothing.
    pub fn of(mut times: Vec<Duration>, since: Timestamp) -> Option<Self> {
        times.sort_unstable();
        // The smallest that so many of a hundred do not exceed (nearest rank).
        let rank = |percent: usize| (times.len() * percent).div_ceil(100).saturating_sub(1);
        let at = |percent| times.get(rank(percent)).copied();
        let (p50, p95, p99) = (at(50)?, at(95)?, at(99)?);
        Some(Self { tickets: times.len() as u64, since, p50, p95, p99 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percentiles(most: u64) -> Option<[u64; 3]> {
        let times = (1..=most).rev().map(Duration::from_secs).collect();
        let of = TimeToTicket::of(times, Timestamp::UNIX_EPOCH)?;
        assert_eq!(of.tickets, most);
        Some([of.p50, of.p95, of.p99].map(|time| time.as_secs()))
    }

    #[test]
    fn a_percentile_is_a_time_that_was_taken() {
        assert_eq!(percentiles(0), None);
        assert_eq!(percentiles(1), Some([1, 1, 1]));
        assert_eq!(percentiles(2), Some([1, 2, 2]));
        assert_eq!(percentiles(100), Some([50, 95, 99]));
        assert_eq!(percentiles(1000), Some([500, 950, 990]));
    }
}
