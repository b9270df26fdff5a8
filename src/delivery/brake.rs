//! The brake of one rule at one desk: which of its events are too many, and what becomes of them.
//!
//! Events are counted by when they were received, not by when they are decided about: what has
//! waited for a desk that was down is no flood. [`Brake::decide`] is the whole of the rules that
//! `docs/rules.md` tells; the ledger calls it with the incident, in one transaction.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Approach, Banner, Course, Delivery, DeliveryKey, Flood, LetGo, Mark, Part, Tally};
use crate::ticket::{Bound, Priority};

/// Floods that are over and kept, for what comes late.
const MOST_KEPT: usize = 4;

/// What the ledger knows of one rule's events at one desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Brake {
    /// Tickets of its own that the rule opened lately, by when their events were received.
    opened: Vec<Opening>,
    /// When the latest events were received, in milliseconds since 1970, in order.
    came: Vec<i64>,
    /// The floods, the oldest first.
    pub floods: Vec<Flood>,
}

/// A ticket of a delivery's own: when its event was received, in milliseconds since 1970, the mark
/// of the delivery, and the ticket's priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Opening(i64, String, Priority);

/// What becomes of a delivery that would open a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Swept {
    /// It opens it.
    Own,
    /// It goes this way instead.
    Along(Course),
    /// Another delivery has to come to its end first.
    Wait(DeliveryKey),
}

impl Brake {
    /// Decides about a delivery that would open a ticket, and counts it.
    pub(super) fn decide(&mut self, bound: &Bound, approach: &Approach, now: Timestamp) -> Swept {
        let at = approach.received_at;
        if let Some(gone) = &approach.gone {
            self.floods.iter_mut().for_each(|flood| flood.forget(gone));
        }
        let flood = match self.flood_of(bound, at) {
            Some(place) => Some(place),
            None => self.flood_begun_by(bound, approach, now),
        };
        let Some(flood) = flood.and_then(|place| self.floods.get_mut(place)) else {
            self.note_opening(bound, approach);
            self.note_coming(bound, at);
            return Swept::Own;
        };
        let is_new = approach.gone.is_none();
        match flood.take_in(approach, is_new, now) {
            Err(busy) => Swept::Wait(busy),
            Ok(course) => {
                // It is no end where it goes on.
                if !flood.is_on() && at >= flood.latest {
                    flood.end = None;
                    flood.is_announced = false;
                }
                if is_new {
                    self.note_coming(bound, at);
                }
                self.forget_old_floods();
                Swept::Along(course)
            }
        }
    }

    /// The flood that an event is part of: one that spans it, or the latest one where events have
    /// come as thick ever since. Where they have not, that one is over.
    fn flood_of(&mut self, bound: &Bound, at: Timestamp) -> Option<usize> {
        let spanning = |flood: &Flood| !flood.is_released() && flood.spans(at);
        if let Some(place) = self.floods.iter().rposition(spanning) {
            return Some(place);
        }
        let (from, to) = (millis(at) - length(bound.within), millis(at));
        let near = self.came.iter().filter(|came| **came > from && **came <= to).count();
        let numbered = self.floods.iter().enumerate().filter(|(_, flood)| !flood.is_released());
        let (latest, _) = numbered.max_by_key(|(_, flood)| flood.latest)?;
        let flood = self.floods.get_mut(latest).filter(|flood| at > flood.latest)?;
        let goes_on = near >= size(bound.over) && millis(flood.latest) > from;
        if flood.is_on() && !goes_on {
            flood.let_go(at);
        }
        goes_on.then_some(latest)
    }

    /// A new flood, where the event is one too many in some stretch of time.
    fn flood_begun_by(
        &mut self,
        bound: &Bound,
        approach: &Approach,
        now: Timestamp,
    ) -> Option<usize> {
        let (at, within, over) =
            (millis(approach.received_at), length(bound.within), size(bound.over));
        let own = Mark::of(&approach.note.by);
        let near = |opening: &&Opening| {
            (opening.0 - at).abs() < within && opening.1.as_str() != own.as_str()
        };
        let near: Vec<&Opening> = self.opened.iter().filter(near).collect();
        let mut times: Vec<i64> = near.iter().map(|opening| opening.0).chain([at]).collect();
        times.sort_unstable();
        let is_too_many = |stretch: &&[i64]| {
            stretch[over] - stretch[0] < within && (stretch[0]..=stretch[over]).contains(&at)
        };
        let since = times.windows(over + 1).find(is_too_many).map(|stretch| stretch[0])?;
        let priorities = near.iter().map(|opening| opening.2).chain([approach.priority]);
        let banner = Banner {
            bound: bound.clone(),
            since: instant(since),
            priority: priorities.max().unwrap_or_default(),
        };
        let number = self.floods.last().map_or(1, |flood| flood.number + 1);
        let mut flood = Flood::begin(number, banner, approach, now);
        // What came after it and was decided about before it is part of the crowd.
        let latest = times.last().map(|latest| instant(*latest));
        flood.latest = flood.latest.max(latest.unwrap_or_default());
        self.floods.push(flood);
        Some(self.floods.len() - 1)
    }

    fn note_opening(&mut self, bound: &Bound, approach: &Approach) {
        let mark = Mark::of(&approach.note.by);
        self.opened.retain(|opening| opening.1 != mark.as_str());
        let at = millis(approach.received_at);
        self.opened.push(Opening(at, mark.as_str().to_owned(), approach.priority));
        // Nothing that comes in order is near what is older than twice the stretch.
        let newest = self.opened.iter().map(|opening| opening.0).max().unwrap_or(at);
        let within = length(bound.within);
        self.opened.retain(|opening| newest - opening.0 < 2 * within);
    }

    fn note_coming(&mut self, bound: &Bound, at: Timestamp) {
        let at = millis(at);
        let place = self.came.partition_point(|came| *came <= at);
        self.came.insert(place, at);
        let surplus = self.came.len().saturating_sub(size(bound.over));
        self.came.drain(..surplus);
    }

    fn forget_old_floods(&mut self) {
        while self.floods.len() > MOST_KEPT {
            let Some(place) = self.floods.iter().position(|flood| !flood.is_open()) else { return };
            self.floods.remove(place);
        }
    }

    /// One of the floods.
    pub(super) fn flood_mut(&mut self, number: u32) -> Option<&mut Flood> {
        self.floods.iter_mut().find(|flood| flood.number == number)
    }

    /// Whether the end of a delivery on this way is to be told to its brake.
    pub fn minds(delivery: &Delivery) -> Option<&str> {
        let Part { brake, course, .. } = delivery.incident.as_ref()?;
        let minds = match course {
            Course::Open { .. } => delivery.ticket().is_none(),
            Course::Lead { .. } => true,
            Course::Join { raise, .. } => *raise,
            Course::Comment { .. }
            | Course::Reopen { .. }
            | Course::Resolve { .. }
            | Course::Remember { .. }
            | Course::Recover { .. } => false,
        };
        brake.as_deref().filter(|_| minds)
    }

    /// Notes what came of a delivery that has come to an end.
    pub fn end(&mut self, delivery: &Delivery) {
        let Some(course) = delivery.course().filter(|_| Self::minds(delivery).is_some()) else {
            return;
        };
        let (Course::Lead { flood, .. } | Course::Join { flood, .. }) = course else {
            // There is no such ticket: it does not count.
            let mark = Mark::of(&delivery.key);
            self.opened.retain(|opening| opening.1 != mark.as_str());
            return;
        };
        let Some(flood) = self.flood_mut(*flood) else { return };
        if flood.raiser.as_ref() == Some(&delivery.key) {
            flood.raiser = None;
            if delivery.state.is_told() {
                flood.banner.priority = flood.banner.priority.max(delivery_priority(delivery));
            }
        }
        if flood.holder.as_ref() == Some(&delivery.key) {
            flood.holder = None;
            match delivery.ticket() {
                Some(ticket) => {
                    flood.ticket = Some(ticket.clone());
                    flood.parent = Some(delivery.key.clone());
                }
                // What is replayed is counted then.
                None => flood.tally.events = flood.tally.events.saturating_sub(1),
            }
        }
    }

    /// An operator lets go; gives the flood that it was about. What comes from now on is counted
    /// from nothing.
    pub fn release(&mut self, at: Timestamp, by: &str, why: &str) -> Option<&Flood> {
        let flood = self.floods.iter_mut().rfind(|flood| flood.is_on())?;
        flood.end = Some(LetGo { at, by: Some(by.to_owned()), why: Some(why.to_owned()) });
        self.opened.clear();
        self.came.clear();
        Some(flood)
    }

    /// Lets go of what is quiet; gives the floods whose end is news.
    pub fn calm(&mut self, now: Timestamp) -> Vec<Flood> {
        let mut news = Vec::new();
        for flood in &mut self.floods {
            flood.calm(now);
            if !flood.is_on() && !flood.is_announced {
                flood.is_announced = true;
                news.push(flood.clone());
            }
        }
        news
    }

    /// The last words that are due, with the deliveries that say them.
    pub fn last_words(&self, now: Timestamp) -> Vec<(u32, DeliveryKey, Tally)> {
        let due = |flood: &Flood| {
            flood.last_word(now).map(|(parent, tally)| (flood.number, parent, tally))
        };
        self.floods.iter().filter_map(due).collect()
    }

    /// The flood's last word is on its way.
    pub fn told(&mut self, flood: u32, tally: Tally) {
        if let Some(flood) = self.flood_mut(flood) {
            flood.told = Some(tally);
        }
    }

    /// Whether something is still to be done about one of its floods.
    pub fn is_open(&self) -> bool {
        self.floods.iter().any(Flood::is_open)
    }
}

fn delivery_priority(delivery: &Delivery) -> Priority {
    delivery.incident.as_ref().map_or(delivery.priority, |part| part.priority)
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or_default()
}

fn length(within: Duration) -> i64 {
    i64::try_from(within.as_millis()).unwrap_or(i64::MAX / 4)
}

fn size(over: u32) -> usize {
    usize::try_from(over).unwrap_or(usize::MAX - 1)
}
