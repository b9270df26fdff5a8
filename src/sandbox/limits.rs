//! Rate windows: how many calls a desk takes in a stretch of time.
//!
//! A window rolls: a call counts until exactly its length has passed. A refused call is not counted.
//! The daily quota starts anew at midnight UTC, the sandbox portal's time zone.

use std::{collections::VecDeque, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::Operation;

/// At most so many calls in any stretch of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// How many calls fit.
    pub requests: usize,
    /// The window's length; `per_ms` in JSON.
    #[serde(rename = "per_ms", with = "milliseconds")]
    pub per: Duration,
}

impl Window {
    /// `requests` calls `per` stretch.
    pub const fn new(requests: usize, per: Duration) -> Self {
        Self { requests, per }
    }
}

/// All windows of one desk. What is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// For every call that is no search.
    pub calls: Vec<Window>,
    /// For searches, which do not count as calls.
    pub search: Vec<Window>,
    /// Calls and searches of one day.
    pub daily: Option<u64>,
}

/// How much room is left after a call was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The first window of the call's kind.
    pub window: Option<Window>,
    /// Calls that still fit into it.
    pub remaining: usize,
    /// The daily quota and what is left of it.
    pub daily: Option<(u64, u64)>,
}

/// Which limit a call ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// A rolling window is full.
    Window(Window),
    /// The day's quota is used up.
    Daily,
}

#[derive(Debug)]
struct Meter {
    window: Window,
    granted: VecDeque<Timestamp>,
}

impl Meter {
    fn is_full(&mut self, now: Timestamp) -> bool {
        let per = self.window.per;
        while self.granted.front().is_some_and(|at| {
            Duration::try_from(now.duration_since(*at)).unwrap_or_default() >= per
        }) {
            self.granted.pop_front();
        }
        self.granted.len() >= self.window.requests
    }
}

/// The windows of one desk, and how full they are.
#[derive(Debug)]
pub(super) struct Limits {
    settings: LimitSettings,
    calls: Vec<Meter>,
    search: Vec<Meter>,
    today: Option<(Date, u64)>,
}

impl Limits {
    /// Empty windows.
    pub(super) fn new(settings: LimitSettings) -> Self {
        let meters = |windows: &[Window]| {
            windows.iter().map(|&window| Meter { window, granted: VecDeque::new() }).collect()
        };
        let (calls, search) = (meters(&settings.calls), meters(&settings.search));
        Self { settings, calls, search, today: None }
    }

    /// The windows as they were set.
    pub(super) fn settings(&self) -> &LimitSettings {
        &self.settings
    }

    /// Counts a call in every window that it falls under, or in none where one is full.
    pub(super) fn admit(
        &mut self,
        operation: Operation,
        now: Timestamp,
    ) -> Result<Standing, Exceeded> {
        let used = self.used_today(now);
        if self.settings.daily.is_some_and(|quota| used >= quota) {
            return Err(Exceeded::Daily);
        }
        let meters =
            if operation == Operation::Search { &mut self.search } else { &mut self.calls };
        // The longest full window is named: it is the one that the caller waits for.
        let full = meters.iter_mut().filter_map(|meter| meter.is_full(now).then_some(meter.window));
        if let Some(window) = full.max_by_key(|window| window.per) {
            return Err(Exceeded::Window(window));
        }
        for meter in meters.iter_mut() {
            meter.granted.push_back(now);
        }
        let first = meters.first();
        let window = first.map(|meter| meter.window);
        let remaining = first.map_or(0, |meter| meter.window.requests - meter.granted.len());
        self.today = Some((day(now), used + 1));
        let daily = self.settings.daily.map(|quota| (quota, quota - used - 1));
        Ok(Standing { window, remaining, daily })
    }

    fn used_today(&self, now: Timestamp) -> u64 {
        self.today.filter(|(date, _)| *date == day(now)).map_or(0, |(_, used)| used)
    }
}

fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limits() -> Limits {
        Limits::new(LimitSettings {
            calls: vec![Window::new(2, SECOND), Window::new(3, 10 * SECOND)],
            search: vec![Window::new(1, SECOND)],
            daily: Some(5),
        })
    }

    #[test]
    fn every_window_holds_and_a_refused_call_is_not_counted() {
        let mut limits = limits();
        let start = Timestamp::UNIX_EPOCH;
        assert!(limits.admit(Operation::Create, start).is_ok());
        assert!(limits.admit(Operation::Create, start).is_ok());
        for _ in 0..3 {
            let refused = limits.admit(Operation::Create, start);
            assert_eq!(refused, Err(Exceeded::Window(Window::new(2, SECOND))));
        }
        assert!(limits.admit(Operation::Create, start + SECOND).is_ok());
        let refused = limits.admit(Operation::Create, start + 2 * SECOND);
        assert_eq!(refused, Err(Exceeded::Window(Window::new(3, 10 * SECOND))));
        assert!(limits.admit(Operation::Create, start + 10 * SECOND).is_ok());
    }

    #[test]
    fn searches_have_windows_of_their_own() {
        let mut limits = limits();
        let start = Timestamp::UNIX_EPOCH;
        assert!(limits.admit(Operation::Search, start).is_ok());
        assert!(limits.admit(Operation::Search, start).is_err());
        assert!(limits.admit(Operation::Get, start).is_ok());
    }

    #[test]
    fn the_daily_quota_starts_anew_at_midnight() {
        let mut limits = Limits::new(LimitSettings { daily: Some(1), ..LimitSettings::default() });
        let start = Timestamp::UNIX_EPOCH;
        assert!(limits.admit(Operation::Get, start).is_ok());
        assert_eq!(limits.admit(Operation::Get, start + SECOND), Err(Exceeded::Daily));
        assert!(limits.admit(Operation::Get, start + 86_400 * SECOND).is_ok());
    }
}
