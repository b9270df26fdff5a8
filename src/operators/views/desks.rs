//! Desks.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Forecast;
use crate::{
    delivery::time_between,
    desks::Window,
    event::DeskName,
    inspection::Inspection,
    ledger::{Books, DeskPause, DeskRecord, Pace},
    standing::{Sent, Standing},
};

/// A desk, and how it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskView {
    /// Its name.
    pub desk: String,
    /// Its kind; null where it is not configured in this process.
    pub kind: Option<String>,
    /// The worker that speaks to it, or did until its lease lapsed.
    pub holder: Option<String>,
    /// The end of the last lease; null: no worker has spoken to it yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lease_until: Option<Timestamp>,
    /// Whether deliveries pass, as far as the desk goes.
    pub breaker: BreakerView,
    /// The operator's pause, where there is one.
    pub paused: Option<DeskPause>,
    /// Deliveries that have no ticket yet and need no operator.
    pub waiting: u64,
    /// When that is done, as things go now.
    pub forecast: Forecast,
    /// Its quota, window by window.
    pub windows: Vec<WindowView>,
    /// When the worker last wrote breaker and windows down.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// What was found at its account last; only where the desk is asked for by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspection: Option<Inspection>,
}

/// Whether a desk's breaker lets deliveries pass.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BreakerView {
    /// `closed`: they pass; `open`: none does; `probing`: one has gone ahead.
    #[schema(example = "closed")]
    pub state: &'static str,
    /// Why it is not closed.
    pub reason: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Nothing passes before that.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// A window of a desk's quota.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WindowView {
    /// How many requests it allows.
    pub requests: u32,
    /// Its length in milliseconds.
    pub per_ms: u64,
    /// How many count in it.
    pub used: u64,
}

impl DeskView {
    /// Shows a desk, of which nothing is foreseen yet.
    pub fn new(
        name: &DeskName,
        kind: Option<&'static str>,
        record: Option<&DeskRecord>,
        pause: Option<&DeskPause>,
        books: &Books,
        now: Timestamp,
    ) -> Self {
        let standing = record.and_then(|record| record.standing.as_ref());
        let lines = books.lines.iter().filter(|line| line.desk == name.as_str());
        Self {
            desk: name.to_string(),
            kind: kind.map(str::to_owned),
            holder: record.and_then(|record| record.holder.clone()),
            lease_until: record.map(|record| record.until),
            breaker: BreakerView::of(standing),
            paused: pause.cloned(),
            waiting: lines.map(|line| line.queued + line.attempting + line.retrying).sum(),
            forecast: Forecast::of(&Pace::default(), &Pace::default()),
            windows: standing.map_or_else(Vec::new, |standing| WindowView::of(standing, now)),
            as_of: standing.map(|standing| standing.at),
            inspection: None,
        }
    }
}

impl BreakerView {
    fn of(standing: Option<&Standing>) -> Self {
        let breaker = standing.and_then(|standing| standing.breaker);
        Self {
            state: standing.map_or("closed", Standing::state),
            reason: breaker.map(|breaker| breaker.reason.to_string()),
            since: breaker.map(|breaker| breaker.since),
            until: breaker.map(|breaker| breaker.until),
        }
    }
}

impl From<&WindowView> for Window {
    fn from(view: &WindowView) -> Self {
        Self { requests: view.requests, per: Duration::from_millis(view.per_ms) }
    }
}

impl WindowView {
    /// What still counts at `now` of what was written down.
    fn of(standing: &Standing, now: Timestamp) -> Vec<Self> {
        let ago = time_between(standing.at, now).as_millis();
        let ago = u64::try_from(ago).unwrap_or(u64::MAX);
        let view = |sent: &Sent| {
            let counting = sent.counting.iter().filter(|(left, _)| *left > ago);
            let used = sent.on_their_way + counting.map(|(_, count)| count).sum::<usize>();
            Self { requests: sent.requests, per_ms: sent.per_ms, used: used as u64 }
        };
        standing.sent.iter().map(view).collect()
    }
}
