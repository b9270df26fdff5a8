//! The windows of a desk account and the requests that fill them, in pure code.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::Window;

/// All windows of one account.
#[derive(Debug)]
pub(super) struct Windows(Vec<Filled>);

/// One window and what fills it.
#[derive(Debug)]
struct Filled {
    window: Window,
    /// Requests whose answer is not in.
    on_their_way: usize,
    /// When the other requests that still count ended, the earliest first.
    ended: VecDeque<Instant>,
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
        let empty = |&window| Filled { window, on_their_way: 0, ended: VecDeque::new() };
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
            filled.ended.push_back(now);
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
        let per = self.window.per;
        match self.held().checked_sub(self.allowed()) {
            None => Admission::Now,
            Some(excess) => self
                .ended
                .get(excess)
                .map_or(Admission::AfterAnother, |&end| Admission::Not(end + per)),
        }
    }

    fn forget_before(&mut self, now: Instant) {
        while self.ended.front().is_some_and(|&end| end + self.window.per <= now) {
            self.ended.pop_front();
        }
    }

    fn allowed(&self) -> usize {
        usize::try_from(self.window.requests).unwrap_or(usize::MAX)
    }

    fn held(&self) -> usize {
        self.on_their_way + self.ended.len()
    }
}
