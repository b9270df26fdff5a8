//! An open problem at one desk, and what an event does about it.
//!
//! The ledger knows the ticket, and asks no desk for it. [`Incident`]'s `decide` is the whole of the
//! rules that `docs/rules.md` tells; the ledger calls it under the delivery's claim, and writes the
//! course down with the incident in one transaction. Where it would open a ticket, the rule's
//! [`Brake`] is asked.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Abilities, Approach, Brake, Course, Decision, Delivery, DeliveryKey, Earlier, Note, Part,
    State, Step, brake::Swept, decision::sweep, time_between,
};
use crate::ticket::{Action, Involvement, Priority, TicketRef};

/// An incident of which nothing was heard for so long is over, whatever its ticket's stage.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(30 * 24);

/// What may be remembered of an incident without a ticket; the oldest is forgotten.
const MOST_REMEMBERED: usize = 20;

/// What the ledger knows of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// The delivery that changes what the ticket stands for; others wait for it.
    pub holder: Option<DeliveryKey>,
    /// The ticket that was opened last.
    pub ticket: Option<TicketRef>,
    /// The delivery that opened it.
    pub opened_by: Option<DeliveryKey>,
    /// Whether it was resolved since.
    pub is_resolved: bool,
    /// When the latest event happened that opens it.
    pub opened_at: Option<Timestamp>,
    /// When the event happened that resolved it last.
    pub resolved_at: Option<Timestamp>,
    /// The highest priority that was asked for since the ticket was opened. What an agent made of
    /// it is not known, and not undone.
    pub priority: Priority,
    /// Events since the ticket was opened.
    pub events: u32,
    /// Of these, those that stand on the customer's time line and not at the ticket.
    pub untold: u32,
    /// What waits for a ticket.
    pub remembered: Vec<Note>,
    /// Its share in the latest flood that it was part of.
    pub share: Option<Share>,
}

/// An incident's share in a flood: events of it have no ticket but the flood's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The rule whose events flood.
    pub rule: String,
    /// Which flood of it.
    pub flood: u32,
    /// When the event happened that resolved the incident since.
    pub recovered_at: Option<Timestamp>,
}

impl Incident {
    /// Decides, and notes that the delivery is on its way.
    pub(super) fn decide(
        &mut self,
        involvement: &Involvement,
        approach: &Approach,
        brake: Option<&mut Brake>,
        now: Timestamp,
    ) -> Decision {
        if approach.gone.is_some() && approach.gone == self.ticket {
            let opened_at = self.opened_at;
            let (holder, share) = (self.holder.take(), self.share.take());
            *self = Self { holder, opened_at, share, ..Self::default() };
        }
        let by = &approach.note.by;
        let action = involvement.action;
        let course = self.course(involvement, approach);
        // A comment that changes nothing goes past; all else has to know how it ends.
        let goes_past = action == Action::Comment && course.ticket().is_some();
        if let Some(holder) = self.holder.as_ref().filter(|holder| *holder != by)
            && !goes_past
        {
            return Decision::Wait(holder.clone());
        }
        let course = match self.braked(course, approach, brake, now) {
            Ok(course) => course,
            Err(busy) => return Decision::Wait(busy),
        };
        let at = approach.note.at;
        if course.is_exclusive() {
            self.holder = Some(by.clone());
        } else if self.holder.as_ref() == Some(by) {
            self.holder = None;
        }
        if action == Action::Open {
            self.opened_at = self.opened_at.max(Some(at));
        }
        if let Course::Remember { note } = &course {
            self.remember(note);
        }
        Decision::Go(approach.part(course))
    }

    fn course(&self, involvement: &Involvement, approach: &Approach) -> Course {
        let Approach { priority, can, note, .. } = approach;
        let (action, within) = (involvement.action, involvement.reopen_within);
        let Some(ticket) = self.ticket.clone() else {
            return self.without_ticket(involvement, note);
        };
        match action {
            Action::Open if self.is_over(note.at, within, *can) => {
                self.without_ticket(involvement, note)
            }
            Action::Open => {
                let raise = *priority > self.priority && can.raise;
                if self.is_resolved && self.is_after_resolution(note.at) {
                    Course::Reopen { ticket, raise }
                } else {
                    Course::Comment { ticket, raise: raise && !self.is_resolved }
                }
            }
            Action::Comment => Course::Comment { ticket, raise: false },
            // What failed again since is not resolved by it.
            Action::Resolve if self.opened_at > Some(note.at) => {
                Course::Comment { ticket, raise: false }
            }
            Action::Resolve => Course::Resolve { ticket },
        }
    }

    /// The course where the rule's brake has a say: in a flood no ticket of its own is opened, and
    /// what has none to resolve is counted at the flood's.
    fn braked(
        &mut self,
        course: Course,
        approach: &Approach,
        brake: Option<&mut Brake>,
        now: Timestamp,
    ) -> Result<Course, DeliveryKey> {
        let Some(brake) = brake else { return Ok(course) };
        match course {
            Course::Open { .. } => match sweep(approach, Some(&mut *brake), now) {
                Swept::Own => Ok(course),
                Swept::Wait(busy) => Err(busy),
                Swept::Along(swept) => {
                    self.take_share(&swept, approach, brake);
                    Ok(swept)
                }
            },
            Course::Remember { note } if note.resolves => Ok(self.recover(note, brake)),
            _ => Ok(course),
        }
    }

    /// Notes that an event of it is part of a flood, unless it has recovered since it happened.
    fn take_share(&mut self, swept: &Course, approach: &Approach, brake: &mut Brake) {
        let (Course::Lead { flood, .. } | Course::Join { flood, .. }) = swept else { return };
        let (Some(bound), Some(known)) = (&approach.brake, brake.flood_mut(*flood)) else { return };
        let at = approach.note.at;
        let is_this = |share: &Share| share.rule == bound.rule && share.flood == *flood;
        let before = self.share.take().filter(is_this).and_then(|share| share.recovered_at);
        let resolutions = self.remembered.iter().filter(|note| note.resolves);
        let resolutions = resolutions.map(|note| note.at).chain(before);
        let recovered_at = resolutions.filter(|resolved| *resolved >= at).max();
        let recovered = &mut known.tally.recovered;
        match (before, recovered_at) {
            (None, Some(_)) => *recovered += 1,
            (Some(_), None) => *recovered = recovered.saturating_sub(1),
            (None, None) | (Some(_), Some(_)) => {}
        }
        self.share = Some(Share { rule: bound.rule.clone(), flood: *flood, recovered_at });
    }

    /// A resolution of what has no ticket but a flood's. It is remembered as well, for an event that
    /// happened before it and comes later.
    fn recover(&mut self, note: Note, brake: &mut Brake) -> Course {
        let has_failed_since = self.opened_at > Some(note.at);
        let known = self.share.as_mut().filter(|_| !has_failed_since);
        let flood = known.and_then(|share| Some((brake.flood_mut(share.flood)?, share)));
        let Some((flood, share)) = flood else { return Course::Remember { note } };
        if share.recovered_at.is_none() {
            flood.tally.recovered += 1;
        }
        share.recovered_at = share.recovered_at.max(Some(note.at));
        self.remember(&note);
        Course::Recover { flood: flood.number, ticket: flood.ticket.clone() }
    }

    fn without_ticket(&self, involvement: &Involvement, note: &Note) -> Course {
        if involvement.action != Action::Open {
            return Course::Remember { note: note.clone() };
        }
        let is_near = |known: &&Note| time_between(known.at, note.at) <= involvement.reopen_within;
        let notes: Vec<Note> = self.remembered.iter().filter(is_near).cloned().collect();
        let resolve = notes.iter().any(|known| known.resolves && known.at >= note.at);
        let ticket = self.ticket.clone().filter(|_| self.untold > 0);
        let earlier = ticket.map(|ticket| Earlier { ticket, untold: self.untold });
        Course::Open { notes, resolve, earlier }
    }

    /// Whether an event that opens is about something new.
    fn is_over(&self, at: Timestamp, within: Duration, can: Abilities) -> bool {
        let latest = self.opened_at.max(self.resolved_at);
        if latest.is_some_and(|latest| time_between(latest, at) > FORGOTTEN_AFTER) {
            return true;
        }
        // Where nothing can be added, nobody would see that it is open again.
        let is_late = |resolved| time_between(resolved, at) > within || !can.comment;
        self.is_resolved && self.is_after_resolution(at) && self.resolved_at.is_none_or(is_late)
    }

    fn is_after_resolution(&self, at: Timestamp) -> bool {
        self.resolved_at.is_none_or(|resolved| resolved < at)
    }

    /// Notes what came of a delivery that has come to an end.
    pub fn end(&mut self, delivery: &Delivery) {
        let Some(part) = &delivery.incident else { return };
        let has_held = self.holder.as_ref() == Some(&delivery.key);
        if has_held {
            self.holder = None;
        }
        match &part.course {
            Course::Open { notes, resolve, .. } => {
                let Some(ticket) = delivery.ticket() else { return };
                // Also where the delivery died of what was to follow.
                if has_held {
                    self.opened(ticket, part, notes);
                    self.opened_by = Some(delivery.key.clone());
                }
                let is_through = matches!(delivery.state, State::Ticketed { .. });
                if *resolve && is_through && self.ticket.as_ref() == Some(ticket) {
                    let resolutions = notes.iter().filter(|note| note.resolves);
                    self.resolved(resolutions.map(|note| note.at).max());
                }
            }
            _ if !delivery.state.is_told() => {}
            // The ticket is not its own.
            Course::Lead { .. } | Course::Join { .. } | Course::Recover { .. } => {}
            course => {
                if course.ticket() != self.ticket.as_ref() {
                    return;
                }
                self.events += 1;
                let is_untold = |step: &Step| matches!(step, Step::TimeLine(_));
                self.untold += u32::from(delivery.steps.iter().any(|it| is_untold(&it.step)));
                match course {
                    Course::Resolve { .. } => self.resolved(Some(part.at)),
                    Course::Reopen { raise, .. } => {
                        self.is_resolved = false;
                        self.raised(*raise, part.priority);
                    }
                    Course::Comment { raise, .. } => self.raised(*raise, part.priority),
                    _ => {}
                }
            }
        }
    }

    fn opened(&mut self, ticket: &TicketRef, part: &Part, notes: &[Note]) {
        self.ticket = Some(ticket.clone());
        self.is_resolved = false;
        self.priority = part.priority;
        self.events = 1;
        self.untold = 0;
        // What is too old for this ticket is too old for the next.
        self.remembered.retain(|known| known.at > part.at && !notes.contains(known));
    }

    /// At once, so that no ticket is opened meanwhile that does not know of it.
    fn remember(&mut self, note: &Note) {
        self.remembered.retain(|known| known.by != note.by);
        self.remembered.push(note.clone());
        let surplus = self.remembered.len().saturating_sub(MOST_REMEMBERED);
        self.remembered.drain(..surplus);
    }

    fn raised(&mut self, is_raised: bool, priority: Priority) {
        if is_raised {
            self.priority = self.priority.max(priority);
        }
    }

    fn resolved(&mut self, at: Option<Timestamp>) {
        self.is_resolved = true;
        self.resolved_at = self.resolved_at.max(at);
    }
}
