//! What differs between two behaviour files over the same events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::side::{Fate, Judged};
use crate::{
    event::{DeskName, Envelope},
    ticket::Priority,
};

/// How many events stand as examples for many.
const MOST_EXAMPLES: usize = 3;

/// A count by today's file and by the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(super) struct Pair {
    pub(super) before: u64,
    pub(super) after: u64,
}

impl Pair {
    fn add(&mut self, is_after: bool) {
        if is_after {
            self.after += 1;
        } else {
            self.before += 1;
        }
    }

    pub(super) fn differs(self) -> bool {
        self.before != self.after
    }
}

/// How deliveries end at one desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(super) struct Ends {
    pub(super) tickets: Pair,
    pub(super) merged: Pair,
    pub(super) resolved: Pair,
    pub(super) failed: Pair,
}

/// How many, and which for example.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Tally {
    pub(super) count: u64,
    /// `source/id`.
    pub(super) examples: Vec<String>,
}

impl Tally {
    fn add(&mut self, envelope: &Envelope) {
        self.count += 1;
        if self.examples.len() < MOST_EXAMPLES {
            let event = &envelope.event;
            let name = format!("{}/{}", event.source, event.id);
            // The other file may have named it already.
            if !self.examples.contains(&name) {
                self.examples.push(name);
            }
        }
    }
}

/// Rules that fail, and how often by which file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Failing {
    pub(super) times: Pair,
    pub(super) examples: Tally,
}

/// What differs.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// The one that counts, where not all do.
    only: Option<DeskName>,
    pub(super) events: u64,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) desks: BTreeMap<DeskName, Ends>,
    /// By desk, and from what to what.
    pub(super) priorities: BTreeMap<(DeskName, Priority, Priority), Tally>,
    /// Deliveries that end otherwise, by desk, and from what to what.
    pub(super) ends: BTreeMap<(DeskName, &'static str, &'static str), Tally>,
    pub(super) unmatched: Pair,
    /// Events that match nothing any more.
    pub(super) lost: Tally,
    /// Events that matched nothing until now.
    pub(super) won: Tally,
    /// By rule and words.
    pub(super) failing: BTreeMap<(String, String), Failing>,
}

impl Comparison {
    /// Of no event yet; of all desks, or of one.
    pub(super) fn of(only: Option<DeskName>) -> Self {
        Self { only, ..Self::default() }
    }

    /// Adds an event of which the files made this.
    pub(super) fn add(&mut self, envelope: &Envelope, before: Vec<Judged>, after: Vec<Judged>) {
        let (before, after) = (self.chosen(before), self.chosen(after));
        self.events += 1;
        self.first = self.first.or(Some(envelope.received_at));
        self.last = Some(envelope.received_at);
        for (judged, is_after) in [(&before, false), (&after, true)] {
            if judged.is_empty() {
                self.unmatched.add(is_after);
            }
            for judged in judged {
                self.count(envelope, judged, is_after);
            }
        }
        match (before.is_empty(), after.is_empty()) {
            (false, true) => self.lost.add(envelope),
            (true, false) => self.won.add(envelope),
            (true, true) | (false, false) => {}
        }
        self.compare(envelope, &before, &after);
    }

    fn chosen(&self, mut judged: Vec<Judged>) -> Vec<Judged> {
        judged.retain(|judged| self.only.as_ref().is_none_or(|only| judged.desk == *only));
        judged
    }

    fn count(&mut self, envelope: &Envelope, judged: &Judged, is_after: bool) {
        let ends = self.desks.entry(judged.desk.clone()).or_default();
        match &judged.fate {
            Fate::Ticket => ends.tickets.add(is_after),
            Fate::Merged => ends.merged.add(is_after),
            Fate::Resolved => ends.resolved.add(is_after),
            Fate::Fails(words) => {
                ends.failed.add(is_after);
                let place = (judged.rule.to_string(), words.clone());
                let failing = self.failing.entry(place).or_default();
                failing.times.add(is_after);
                failing.examples.add(envelope);
            }
        }
    }

    /// Compares what became of one event, desk by desk.
    fn compare(&mut self, envelope: &Envelope, before: &[Judged], after: &[Judged]) {
        let desks: BTreeSet<&DeskName> = before.iter().chain(after).map(|it| &it.desk).collect();
        for desk in desks {
            let at_desk = |all: &[Judged]| all.iter().position(|judged| judged.desk == *desk);
            let old = at_desk(before).and_then(|place| before.get(place));
            let new = at_desk(after).and_then(|place| after.get(place));
            if let (Some(old), Some(new)) = (old, new)
                && old.priority != new.priority
            {
                let change = (desk.clone(), old.priority, new.priority);
                self.priorities.entry(change).or_default().add(envelope);
            }
            let (from, to) = (end(old), end(new));
            if from != to {
                self.ends.entry((desk.clone(), from, to)).or_default().add(envelope);
            }
        }
    }

    /// All tickets.
    pub(super) fn tickets(&self) -> Pair {
        let all = self.desks.values().map(|ends| ends.tickets);
        all.fold(Pair::default(), |sum, pair| Pair {
            before: sum.before + pair.before,
            after: sum.after + pair.after,
        })
    }

    /// Whether anything differs.
    pub(super) fn changes(&self) -> bool {
        !self.ends.is_empty()
            || !self.priorities.is_empty()
            || self.failing.values().any(|failing| failing.times.differs())
    }
}

/// How a delivery ends, in a word.
fn end(judged: Option<&Judged>) -> &'static str {
    match judged.map(|judged| &judged.fate) {
        None => "nothing",
        Some(Fate::Ticket) => "a ticket",
        Some(Fate::Merged) => "added to a ticket",
        Some(Fate::Resolved) => "resolved",
        Some(Fate::Fails(_)) => "a dead letter",
    }
}
