//! The windows of a desk account and the requests that fill them, in pure code.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::Window;
use crate::standing::{Past, Sent};

/// In how many parts a window is written down: what falls into one part counts as long as its last.
const PARTS: u32 = 64;

/// All windows of one account.
#[derive(Debug)]
pub(super) struct Windows(Vec<Filled>);

/// One window and what fills it.
#[derive(Debug)]
struct Filled {
    window: Window,
    /// Requests whose answer is not in.
    on_their_way: usize,
    /// Until when the others count, the earliest first.
    counting: VecDeque<Instant>,
}

/// When a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Now.
    Now,
    /// Not before this.
    Not(Instant),
    /// After the end of a request that is on its way.
    AfterAnother,
}

impl Windows {
    pub(super) fn new(windows: &[Window]) -> Self {
        let empty = |&window| Filled { window, on_their_way: 0, counting: VecDeque::new() };
        Self(windows.iter().map(empty).collect())
    }

    /// How many requests could be sent now, one beside the other.
    pub(super) fn free(&mut self, now: Instant) -> usize {
        self.0.iter_mut().map(|filled| filled.free(now)).min().unwrap_or(usize::MAX)
    }

    /// Lets one request through, where all windows have room.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        let admission = self.admission(now);
        if admission == Admission::Now {
            for filled in &mut self.0 {
                filled.on_their_way += 1;
            }
        }
        admission
    }

    /// When all windows have room.
    pub(super) fn admission(&mut self, now: Instant) -> Admission {
        let mut latest = None;
        for filled in &mut self.0 {
            match filled.room_at(now) {
                Admission::Now => {}
                Admission::Not(before) => latest = latest.max(Some(before)),
                Admission::AfterAnother => return Admission::AfterAnother,
            }
        }
        latest.map_or(Admission::Now, Admission::Not)
    }

    /// One of the requests that were let through has ended.
    pub(super) fn end(&mut self, now: Instant) {
        for filled in &mut self.0 {
            filled.on_their_way -= 1;
            filled.counting.push_back(now + filled.window.per);
        }
    }

    /// What fills the windows, in a form of bounded size that never shows more room than there is.
    pub(super) fn sent(&mut self, now: Instant) -> Vec<Sent> {
        self.0.iter_mut().map(|filled| filled.sent(now)).collect()
    }

    /// Puts what another worker sent in the place of what ended here.
    pub(super) fn resume(&mut self, past: &Past, now: Instant) {
        for filled in &mut self.0 {
            filled.resume(past, now);
        }
    }
}

impl Filled {
    fn free(&mut self, now: Instant) -> usize {
        self.forget_before(now);
        self.allowed().saturating_sub(self.held())
    }

    fn room_at(&mut self, now: Instant) -> Admission {
        self.forget_before(now);
        match self.held().checked_sub(self.allowed()) {
            None => Admission::Now,
            Some(excess) => self
                .counting
                .get(excess)
                .map_or(Admission::AfterAnother, |&until| Admission::Not(until)),
        }
    }

    fn forget_before(&mut self, now: Instant) {
        while self.counting.front().is_some_and(|&until| until <= now) {
            self.counting.pop_front();
        }
    }

    fn allowed(&self) -> usize {
        usize::try_from(self.window.requests).unwrap_or(usize::MAX)
    }

    fn held(&self) -> usize {
        self.on_their_way + self.counting.len()
    }

    fn sent(&mut self, now: Instant) -> Sent {
        self.forget_before(now);
        let Window { requests, per } = self.window;
        let part = milliseconds(per / PARTS);
        let mut counting: Vec<(u64, usize)> = Vec::new();
        let mut ends = 0;
        for &until in &self.counting {
            let left = milliseconds(until.saturating_duration_since(now));
            match counting.last_mut() {
                Some(last) if left < ends => *last = (left, last.1 + 1),
                _ => {
                    counting.push((left, 1));
                    ends = left + part;
                }
            }
        }
        Sent { requests, per_ms: milliseconds(per), on_their_way: self.on_their_way, counting }
    }

    /// Of more requests than the window allows, those count that count longest: no more can have
    /// been sent in its time.
    fn resume(&mut self, past: &Past, now: Instant) {
        let Window { per, .. } = self.window;
        let per_ms = milliseconds(per);
        let longer = past.sent.iter().filter(|sent| sent.per_ms >= per_ms);
        let told = longer
            .min_by_key(|sent| sent.per_ms)
            .or_else(|| past.sent.iter().max_by_key(|sent| sent.per_ms));
        let unseen = past.unseen.saturating_add(told.map_or(0, |sent| sent.on_their_way));
        let mut counting = VecDeque::new();
        let mut count = |left: Duration, requests: usize| {
            let room = self.allowed() - counting.len();
            counting.extend(std::iter::repeat_n(now + left, requests.min(room)));
        };
        count(per.saturating_sub(past.last), unseen);
        for &(left, requests) in told.iter().flat_map(|sent| sent.counting.iter().rev()) {
            let beyond = told.map_or(0, |sent| sent.per_ms);
            let left = Duration::from_millis((left + per_ms).saturating_sub(beyond));
            count(left.saturating_sub(past.ago), requests);
        }
        counting.make_contiguous().sort_unstable();
        self.counting = counting;
    }
}

/// Rounded up.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(requests: u32, seconds: u64) -> Window {
        Window { requests, per: Duration::from_secs(seconds) }
    }

    /// Windows after requests that ended so many milliseconds before `now`.
    fn filled(windows: &[Window], ended: &[u64], now: Instant) -> Windows {
        let mut filled = Windows::new(windows);
        let mut ended = ended.to_vec();
        ended.sort_unstable_by(|one, other| other.cmp(one));
        for ago in ended {
            let at = now - Duration::from_millis(ago);
            if filled.admit(at) == Admission::Now {
                filled.end(at);
            }
        }
        filled
    }

    fn exact(sent: Vec<Sent>, ago: Duration) -> Past {
        Past { sent, ago, unseen: 0, last: ago }
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_hours(48)
    }

    #[test]
    fn what_is_written_of_a_window_of_a_day_is_short() {
        let now = later();
        let ended: Vec<u64> = (0..20_000).map(|number| number * 4_000).collect();
        let mut windows = filled(&[window(1_000_000, 86_400)], &ended, now);
        let sent = windows.sent(now);
        assert!(sent[0].counting.len() <= 65, "{}", sent[0].counting.len());
        assert_eq!(sent[0].room(), 1_000_000 - 20_000);
    }

    #[test]
    fn a_restart_finds_the_room_that_is_left() {
        let now = later();
        let windows = [window(3, 1), window(100, 60)];
        let sent = filled(&windows, &[30_000, 20_000, 10_000], now).sent(now);
        let mut resumed = Windows::new(&windows);
        resumed.resume(&exact(sent, Duration::from_secs(5)), now);
        assert_eq!(resumed.admit(now), Admission::Now);
        assert_eq!(resumed.sent(now)[1].room(), 96);
    }

    #[test]
    fn what_may_have_been_sent_unseen_counts_from_the_last_moment() {
        let now = later();
        let windows = [window(3, 1), window(100, 60)];
        let sent = filled(&windows, &[10_000; 3], now).sent(now);
        let mut resumed = Windows::new(&windows);
        let ago = Duration::from_secs(20);
        resumed.resume(&Past { sent, ago, unseen: 60, last: Duration::from_millis(400) }, now);
        assert_eq!(resumed.admission(now), Admission::Not(now + Duration::from_millis(600)));
        assert_eq!(resumed.sent(now)[1].room(), 100 - 63);
    }

    #[test]
    fn a_window_of_which_nothing_was_written_may_be_full() {
        let now = later();
        let mut resumed = Windows::new(&[window(5, 1)]);
        resumed.resume(&exact(Vec::new(), Duration::from_millis(300)).untold(), now);
        assert_eq!(resumed.admission(now), Admission::Not(now + Duration::from_millis(700)));
    }

    #[test]
    fn a_window_of_another_length_is_filled_from_the_next_longer_one() {
        let now = later();
        let sent = filled(&[window(10, 60)], &[50_000, 5_000, 5_000], now).sent(now);
        let mut resumed = Windows::new(&[window(4, 30), window(10, 120)]);
        resumed.resume(&exact(sent, Duration::ZERO), now);
        let rooms: Vec<_> = resumed.sent(now).iter().map(Sent::room).collect();
        assert_eq!(rooms, [2, 7]);
    }

    proptest! {
        #[test]
        fn what_is_written_never_shows_more_room_than_there_is(
            ended in prop::collection::vec(0_u64..20_000, 0..60),
            ago in 0_u64..20_000,
            later in 0_u64..20_000,
        ) {
            let now = self::later();
            let windows = [window(3, 1), window(20, 10), window(30, 15)];
            let mut before = filled(&windows, &ended, now);
            let sent = before.sent(now);
            let mut after = Windows::new(&windows);
            let taken = now + Duration::from_millis(ago);
            after.resume(&exact(sent, Duration::from_millis(ago)), taken);
            let then = taken + Duration::from_millis(later);
            prop_assert!(after.free(then) <= before.free(then));
        }
    }
}
