//! How things stand, in figures.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::DeskView;
use crate::{
    delivery::time_between,
    ledger::{Flow, Issue, IssueStatus, OldestWaiting, Pace, TimeToTicket},
};

/// How things stand, in figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// When it was looked.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether every accepted event is accounted for; `GET books` tells more.
    pub whole: bool,
    /// Accepted events in all.
    pub events: u64,
    /// Deliveries that have no ticket yet and need no operator.
    pub waiting: u64,
    /// Accepted events lately.
    pub received: Flow,
    /// Tickets made lately: deliveries that have one of their own.
    pub ticketed: Flow,
    /// How long those took that were ticketed in the last hour; null where there was none.
    pub time_to_ticket: Option<TimeToTicketView>,
    /// What has been without a ticket for longest; null where nothing waits.
    pub oldest_waiting: Option<OldestView>,
    /// Dead letters as issues; `GET issues` lists them.
    pub issues: IssueCounts,
    /// The desks, by name.
    pub desks: Vec<DeskView>,
}

/// How long deliveries took, from the receipt of the event to the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimeToTicketView {
    /// How many were looked at: the newest ones of the last hour, 5,000 at most.
    pub tickets: u64,
    /// When the first of them was ticketed.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Half of them took no longer, in milliseconds.
    pub p50_ms: u64,
    /// 95 of 100 took no longer, in milliseconds.
    pub p95_ms: u64,
    /// 99 of 100 took no longer, in milliseconds.
    pub p99_ms: u64,
}

/// What has been without a ticket for longest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OldestView {
    /// The event's source.
    pub source: String,
    /// The event's id.
    pub event: String,
    /// The desk.
    pub desk: String,
    /// When the event was received.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How long ago that is.
    pub seconds: u64,
}

/// How many issues there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCounts {
    /// That nobody has seen to.
    pub open: u64,
    /// How many dead letters these have.
    pub open_letters: u64,
    /// That are acknowledged, resolved or ignored.
    pub others: u64,
}

/// When a desk has done what waits for it, as things go now. Foreseen, and not promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Forecast {
    /// What is to be expected.
    pub outlook: Outlook,
    /// When all that waits is done; null but where the outlook is `until`.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// How long that takes. Where nothing passes: how long at least from when it does again.
    pub seconds: Option<u64>,
    /// What the rate is taken from.
    pub by: Option<PaceOf>,
    /// How many deliveries came in lately.
    pub arrived: u64,
    /// In how long: five minutes, less where very many came.
    pub arrived_over_seconds: u64,
    /// How many ended lately: with a ticket, as a part of one, suppressed or dead.
    pub settled: u64,
    /// In how long.
    pub settled_over_seconds: u64,
}

/// What is to be expected of a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outlook {
    /// Nothing waits.
    Clear,
    /// At this rate all that waits is done by then.
    Until,
    /// Not at this rate: as much comes in as is done, or more.
    Grows,
    /// Nothing passes now: the desk is paused, or its breaker is not closed.
    Held,
    /// Nothing was done lately, and no quota is known.
    Unknown,
}

/// What a rate is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PaceOf {
    /// What was done in the last five minutes, in all of which there was something to do.
    Lately,
    /// What the desk's quota allows, at one call for each.
    Quota,
}

impl Forecast {
    /// Nothing waits, and this came in and was done.
    pub fn of(arrived: &Pace, settled: &Pace) -> Self {
        Self {
            outlook: Outlook::Clear,
            until: None,
            seconds: None,
            by: None,
            arrived: arrived.count,
            arrived_over_seconds: arrived.over.as_secs(),
            settled: settled.count,
            settled_over_seconds: settled.over.as_secs(),
        }
    }
}

impl TimeToTicketView {
    /// Shows them.
    pub fn of(times: &TimeToTicket) -> Self {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            tickets: times.tickets,
            since: times.since,
            p50_ms: ms(times.p50),
            p95_ms: ms(times.p95),
            p99_ms: ms(times.p99),
        }
    }
}

impl OldestView {
    /// Shows it.
    pub fn of(oldest: &OldestWaiting, at: Timestamp) -> Self {
        Self {
            source: oldest.source.to_string(),
            event: oldest.event.to_string(),
            desk: oldest.desk.to_string(),
            since: oldest.since,
            seconds: time_between(oldest.since, at).as_secs(),
        }
    }
}

impl IssueCounts {
    /// Counts them.
    pub fn of(issues: &[Issue]) -> Self {
        let open = || issues.iter().filter(|issue| issue.status == IssueStatus::Open);
        Self {
            open: open().count() as u64,
            open_letters: open().map(|issue| issue.letters).sum(),
            others: (issues.len() - open().count()) as u64,
        }
    }
}
