//! How a desk stands with the worker that speaks to it: what was sent, and whether it is left alone.
//!
//! The worker writes it down with each renewal of its lease, and whoever speaks to the desk next
//! begins with it. What the next one assumes, by where the one before it ended:
//!
//! | the one before | the next one assumes |
//! | --- | --- |
//! | gave the desk back | exactly what was sent: nothing was under way, nothing follows |
//! | crashed between two renewals | beside what was written, as many requests as the windows left room for from then until its lease ended (or until now, where that is sooner), all at the last moment |
//! | crashed with requests under way | that they arrived at that same last moment |
//! | crashed after it took the lease and before it wrote | what the one before it wrote: it had sent nothing yet |
//! | stopped and came back after its lease | nothing: the epoch is another, and it begins as the next one does |
//! | wrote at a time that has not come yet, or the clock was seen to jump | that all of it was written just now, and that the whole rest of the lease was used |
//!
//! Times are the wall clock's, since they are compared over processes; what is compared inside one
//! process uses the monotonic clock. Between two readings of one clock by one process, its writer,
//! the difference is taken as true.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::{Reason, time_between};

/// The longest that a breaker stays open on somebody else's word: a clock may have jumped.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// How a desk stood when it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// When it was written, by its writer's clock.
    pub at: Timestamp,
    /// Until when its writer may speak to the desk; `at`, where it gave the desk back.
    pub until: Timestamp,
    /// What fills the windows of the account.
    pub sent: Vec<Sent>,
    /// `None`: the breaker is closed, and deliveries pass.
    pub breaker: Option<OpenBreaker>,
}

/// What fills one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// How many requests the window allows.
    pub requests: u32,
    /// The window's length, in milliseconds.
    pub per_ms: u64,
    /// Requests whose answer was not in.
    pub on_their_way: usize,
    /// For how many more milliseconds how many of the others count, those first that end first.
    pub counting: Vec<(u64, usize)>,
}

/// A breaker that lets nothing pass but a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBreaker {
    /// Why it opened.
    pub reason: Reason,
    /// When it opened.
    pub since: Timestamp,
    /// Nothing passes before that; then one delivery goes ahead as a probe.
    pub until: Timestamp,
    /// The last pause, in milliseconds; the next one is twice as long. `None`: the desk named its
    /// times itself.
    pub pause_ms: Option<u64>,
    /// Whether the probe is under way.
    pub probing: bool,
}

/// What another worker sent to an account before this one speaks to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// What was written down.
    pub sent: Vec<Sent>,
    /// How long ago that was.
    pub ago: Duration,
    /// How many more requests there may have been since.
    pub unseen: usize,
    /// How long ago the last of them may have arrived.
    pub last: Duration,
}

impl Sent {
    /// In how many parts a window is written down: what ends in one part is written as if it ended
    /// with the last of it.
    pub const PARTS: u64 = 64;

    /// How many requests the window still takes.
    pub fn room(&self) -> usize {
        let counting: usize = self.counting.iter().map(|(_, count)| count).sum();
        let allowed = usize::try_from(self.requests).unwrap_or(usize::MAX);
        allowed.saturating_sub(self.on_their_way + counting)
    }

    /// How many requests at most the window lets through in the `time` that follows: its room, and
    /// as many as cease to count meanwhile; in more than its length, however it is filled.
    fn most_in(&self, time: Duration) -> usize {
        let windows = time.as_millis() / u128::from(self.per_ms.max(1));
        if windows == 0 {
            // Those of one part are written as if they ended with its last.
            let part = u128::from(self.per_ms / Self::PARTS + 2);
            let ends = |left: u64| u128::from(left) <= time.as_millis() + part;
            let ending = self.counting.iter().filter(|(left, _)| ends(*left));
            return self.room() + ending.map(|(_, count)| count).sum::<usize>();
        }
        let most = (windows + 1).saturating_mul(u128::from(self.requests));
        usize::try_from(most).unwrap_or(usize::MAX)
    }
}

impl Standing {
    /// The names of a breaker's states.
    pub const STATES: [&'static str; 3] = ["closed", "open", "probing"];

    /// The state of the breaker: `closed`, deliveries pass; `open`, none does; `probing`, one has
    /// gone ahead.
    pub fn state(&self) -> &'static str {
        match self.breaker {
            None => "closed",
            Some(OpenBreaker { probing: false, .. }) => "open",
            Some(OpenBreaker { probing: true, .. }) => "probing",
        }
    }

    /// What was sent up to `now`, at worst. `is_steady`: the clock is known not to have jumped.
    pub fn past(&self, now: Timestamp, is_steady: bool) -> Past {
        let (ago, since, last) = if is_steady && now >= self.at {
            let end = self.until.min(now);
            (time_between(self.at, now), time_between(self.at, end), time_between(end, now))
        } else {
            (Duration::ZERO, time_between(self.at, self.until), Duration::ZERO)
        };
        let most = self.sent.iter().map(|sent| sent.most_in(since)).min().unwrap_or(usize::MAX);
        let unseen = if since.is_zero() { 0 } else { most };
        Past { sent: self.sent.clone(), ago, unseen, last }
    }

    /// How long an open breaker still keeps everything from the desk.
    pub fn pause_left(&self, now: Timestamp, is_steady: bool) -> Duration {
        let Some(breaker) = self.breaker else { return Duration::ZERO };
        let from = if is_steady { now.max(self.at) } else { self.at };
        time_between(from, breaker.until).min(LONGEST_PAUSE)
    }
}

impl Past {
    /// The same moments, for windows of which nothing was written down: they may be full.
    pub fn untold(&self) -> Self {
        Self { sent: Vec::new(), unseen: usize::MAX, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap_or_default()
    }

    fn sent(requests: u32, per: u64) -> Sent {
        Sent { requests, per_ms: per * 1000, on_their_way: 0, counting: vec![(500, 2)] }
    }

    /// Written at 0 under a lease until 25, with the documented windows of SupportDesk.
    fn standing() -> Standing {
        let sent = vec![sent(3, 1), sent(20, 10), sent(100, 60)];
        Standing { at: at(0), until: at(25), sent, breaker: None }
    }

    #[test]
    fn the_windows_bound_what_was_not_written() {
        let past = standing().past(at(30), true);
        assert_eq!(past.unseen, 60);
        assert_eq!((past.ago.as_secs(), past.last.as_secs()), (30, 5));
    }

    #[test]
    fn nothing_was_sent_unseen_into_a_window_that_stays_full() {
        let full = Sent { counting: vec![(20_000, 50), (58_000, 49)], ..sent(100, 60) };
        let past = Standing { sent: vec![full], ..standing() }.past(at(25), true);
        assert_eq!(past.unseen, 51);
        let full = Sent { counting: vec![(58_000, 100)], ..sent(100, 60) };
        let past = Standing { sent: vec![full], ..standing() }.past(at(25), true);
        assert_eq!(past.unseen, 0);
    }

    #[test]
    fn a_successor_that_comes_at_once_assumes_what_fits_in_between() {
        let past = standing().past(at(2), true);
        assert_eq!((past.unseen, past.last), (9, Duration::ZERO));
    }

    #[test]
    fn what_was_given_back_is_exact() {
        let past = Standing { until: at(0), ..standing() }.past(at(1), true);
        assert_eq!((past.unseen, past.ago), (0, Duration::from_secs(1)));
    }

    #[test]
    fn a_standing_from_the_future_counts_as_written_just_now() {
        for (now, is_steady) in [(at(-3600), true), (at(3600), false)] {
            let past = standing().past(now, is_steady);
            assert_eq!((past.unseen, past.ago, past.last), (60, Duration::ZERO, Duration::ZERO));
        }
    }

    #[test]
    fn a_pause_outlives_its_writer_and_no_longer_than_a_day() {
        let (since, reason) = (at(-10), Reason::PlanLimit);
        let open = |until| OpenBreaker { reason, since, until, pause_ms: None, probing: false };
        let standing = |until| Standing { breaker: Some(open(until)), ..standing() };
        let left = |standing: &Standing, now| standing.pause_left(at(now), true).as_secs();
        assert_eq!(left(&standing(at(3600)), 600), 3000);
        assert_eq!(left(&standing(at(3600)), 3601), 0);
        assert_eq!(left(&standing(at(3600)), -9999), 3600);
        assert_eq!(left(&standing(at(999_999)), 0), 86_400);
    }
}
