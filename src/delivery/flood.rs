//! A flood of one rule's events at one desk, and the ticket that stands for it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Approach, Course, DeliveryKey, Mark};
use crate::ticket::{Bound, Priority, TicketRef};

/// What a flood's ticket says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    /// The rule, and what its brake allows.
    pub bound: Bound,
    /// When the first of the tickets came that were too many together.
    pub since: Timestamp,
    /// The highest priority among them.
    pub priority: Priority,
}

/// What a flood has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Events without a ticket but the flood's.
    pub events: u64,
    /// Incidents among them that were resolved since.
    pub recovered: u64,
}

impl Tally {
    /// The mark under which the delivery `key`, whose ticket stands for the flood, says it.
    pub fn mark(&self, key: &DeliveryKey) -> Mark {
        Mark::beside(key, self.events)
    }
}

/// How a flood came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LetGo {
    /// Since when new events have tickets of their own again.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The operator who said so; `None`: by itself.
    pub by: Option<String>,
    /// In the operator's words.
    pub why: Option<String>,
}

/// A flood, and what has become of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flood {
    /// Floods of one rule at one desk count from 1.
    pub number: u32,
    /// The delivery that is opening its ticket; others wait for it.
    pub holder: Option<DeliveryKey>,
    /// The delivery that opened its ticket.
    pub parent: Option<DeliveryKey>,
    /// Its ticket, once there is one.
    pub ticket: Option<TicketRef>,
    /// The delivery that is raising the ticket's priority; others that would wait for it.
    pub raiser: Option<DeliveryKey>,
    /// What its ticket says.
    pub banner: Banner,
    /// When the event was received that was one too many.
    pub began: Timestamp,
    /// When the latest of its events was received.
    pub latest: Timestamp,
    /// When the latest of them was decided about.
    pub decided_at: Timestamp,
    /// What it has come to.
    pub tally: Tally,
    /// The number of events at which the next word about it is due.
    pub next_word: u64,
    /// What was said last when it was over.
    pub told: Option<Tally>,
    /// Whether its ticket can be commented on.
    pub can_comment: bool,
    /// How it ended; `None` while it goes on.
    pub end: Option<LetGo>,
    /// Whether its end is in the log.
    pub is_announced: bool,
}

impl Flood {
    /// The first moments of a flood, which `approach` has made one.
    pub(super) fn begin(number: u32, banner: Banner, approach: &Approach, now: Timestamp) -> Self {
        Self {
            number,
            holder: None,
            parent: None,
            ticket: None,
            raiser: None,
            began: approach.received_at,
            latest: approach.received_at,
            decided_at: now,
            tally: Tally { events: 0, recovered: 0 },
            next_word: u64::from(banner.bound.over).max(2),
            told: None,
            can_comment: approach.can.comment,
            end: None,
            is_announced: false,
            banner,
        }
    }

    /// Whether events still come to it, as far as is known.
    pub fn is_on(&self) -> bool {
        self.end.is_none()
    }

    /// Whether something is still to be done about it.
    pub(super) fn is_open(&self) -> bool {
        self.is_on() || !self.is_announced || self.has_last_word()
    }

    /// Whether an operator has let go of it.
    pub(super) fn is_released(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.by.is_some())
    }

    fn within(&self) -> Duration {
        self.banner.bound.within
    }

    /// Whether an event that was received then is one of those that are counted already: the crowd
    /// that was too many, and all that came while it went on.
    pub(super) fn spans(&self, received_at: Timestamp) -> bool {
        received_at > self.began - self.within() && received_at <= self.latest
    }

    /// Whether nothing was heard of it for as long as the bound's stretch.
    fn is_quiet(&self, now: Timestamp) -> bool {
        now >= self.latest.max(self.decided_at) + self.within()
    }

    /// Ends it where it is quiet.
    pub(super) fn calm(&mut self, now: Timestamp) {
        if self.is_on() && self.is_quiet(now) {
            self.let_go(now);
        }
    }

    /// Ends it by itself.
    pub(super) fn let_go(&mut self, at: Timestamp) {
        self.end = Some(LetGo { at, by: None, why: None });
    }

    /// What becomes of one of its events; `Err`: the delivery to wait for. `is_new`: it is not
    /// counted yet.
    pub(super) fn take_in(
        &mut self,
        approach: &Approach,
        is_new: bool,
        now: Timestamp,
    ) -> Result<Course, DeliveryKey> {
        let by = &approach.note.by;
        let is_other = |known: &&DeliveryKey| *known != by;
        let raise = approach.priority > self.banner.priority && approach.can.raise;
        let busy = match self.ticket {
            None => self.holder.as_ref(),
            Some(_) if raise => self.raiser.as_ref(),
            Some(_) => None,
        };
        if let Some(busy) = busy.filter(is_other) {
            return Err(busy.clone());
        }
        self.latest = self.latest.max(approach.received_at);
        self.decided_at = now;
        self.tally.events += u64::from(is_new);
        let (Some(ticket), Some(parent)) = (self.ticket.clone(), self.parent.clone()) else {
            self.holder = Some(by.clone());
            self.banner.priority = self.banner.priority.max(approach.priority);
            let (flood, banner) = (self.number, self.banner.clone());
            return Ok(Course::Lead { flood, banner, last_word: None });
        };
        if raise {
            self.raiser = Some(by.clone());
        }
        let is_due = self.can_comment && self.tally.events >= self.next_word;
        while is_due && self.next_word <= self.tally.events {
            self.next_word *= 2;
        }
        let tally = is_due.then_some(self.tally);
        Ok(Course::Join { flood: self.number, parent, ticket, raise, tally })
    }

    /// The ticket that the desk has no more is forgotten.
    pub(super) fn forget(&mut self, gone: &TicketRef) {
        if self.ticket.as_ref() == Some(gone) {
            self.ticket = None;
            self.parent = None;
        }
    }

    fn has_last_word(&self) -> bool {
        let told = self.told.map(|told| told.events);
        self.parent.is_some() && self.can_comment && told != Some(self.tally.events)
    }

    /// The last word that is due, and the delivery that says it. What comes late is waited for, lest
    /// the last word is not the last.
    pub(super) fn last_word(&self, now: Timestamp) -> Option<(DeliveryKey, Tally)> {
        let is_due = !self.is_on() && self.has_last_word();
        let parent = self.parent.clone().filter(|_| is_due)?;
        (self.is_released() || self.is_quiet(now)).then_some((parent, self.tally))
    }
}
