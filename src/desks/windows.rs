//! The windows of a desk account and the requests that fill them, in pure code.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::Window;
use crate::standing::{Past, Sent};

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

    /// Lets one request through, where all windows have room.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        let admission = self.admission(0, now);
        if admission == Admission::Now {
            for filled in &mut self.0 {
                filled.on_their_way += 1;
            }
        }
        admission
    }

    /// When all windows have room for one more request than `promised` ones.
    pub(super) fn admission(&mut self, promised: usize, now: Instant) -> Admission {
        let mut latest = None;
        for filled in &mut self.0 {
            match filled.room_beside(promised, now) {
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

    /// The account says that so many more requests are taken in a window of length `per`: what others
    /// send to it fills ours too.
    pub(super) fn correct(&mut self, per: Duration, remaining: usize, now: Instant) {
        let long = self.0.iter().enumerate().filter(|(_, filled)| filled.window.per >= per);
        let nearest = long.min_by_key(|(_, filled)| filled.window.per).map(|(index, _)| index);
        let longest = || self.0.iter().enumerate().max_by_key(|(_, filled)| filled.window.per);
        if let Some(index) = nearest.or_else(|| longest().map(|(index, _)| index)) {
            self.0[index].correct(per, remaining, now);
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

    fn room_beside(&mut self, promised: usize, now: Instant) -> Admission {
        self.forget_before(now);
        match self.held().saturating_add(promised).checked_sub(self.allowed()) {
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

    fn correct(&mut self, per: Duration, remaining: usize, now: Instant) {
        let of_others = self.free(now).saturating_sub(remaining);
        if of_others > 0 {
            let until = now + per.min(self.window.per);
            self.counting.extend(std::iter::repeat_n(until, of_others));
            self.counting.make_contiguous().sort_unstable();
        }
    }

    fn sent(&mut self, now: Instant) -> Sent {
        self.forget_before(now);
        let Window { requests, per } = self.window;
        let part = milliseconds(per).div_ceil(Sent::PARTS);
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
mod tests;
