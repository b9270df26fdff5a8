//! An open problem at one desk, and what an event does about it.
//!
//! The ledger knows the ticket, and asks no desk for it. [`Incident::decide`] is the whole of the
//! rules that `docs/rules.md` tells; the ledger calls it under the delivery's claim, and writes the
//! course down with the incident in one transaction.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Abilities, Course, Delivery, DeliveryKey, Earlier, Note, Part, State, Step};
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
}

/// What a delivery comes to its incident with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approach {
    /// What the rule says.
    pub involvement: Involvement,
    /// The priority that the rule gives.
    pub priority: Priority,
    /// What can be done at the desk.
    pub can: Abilities,
    /// What there is to say, by whom, and when it happened.
    pub note: Note,
    /// The ticket that the desk has no more, where that is why the delivery comes again.
    pub gone: Option<TicketRef>,
}

/// What becomes of an [`Approach`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The delivery goes this way.
    Go(Part),
    /// Another delivery changes the ticket; this one comes again.
    Wait,
}

impl Incident {
    /// Decides, and notes that the delivery is on its way.
    pub fn decide(&mut self, approach: &Approach) -> Decision {
        if approach.gone.is_some() && approach.gone == self.ticket {
            let opened_at = self.opened_at;
            let holder = self.holder.take();
            *self = Self { holder, opened_at, ..Self::default() };
        }
        let by = &approach.note.by;
        let action = approach.involvement.action;
        let course = self.course(approach);
        // A comment that changes nothing goes past; all else has to know how it ends.
        let goes_past = action == Action::Comment && course.ticket().is_some();
        if self.holder.as_ref().is_some_and(|holder| holder != by) && !goes_past {
            return Decision::Wait;
        }
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
        let (incident, priority) = (approach.involvement.key.clone(), approach.priority);
        Decision::Go(Part { incident, action, at, priority, course })
    }

    fn course(&self, approach: &Approach) -> Course {
        let Approach { involvement, priority, can, note, .. } = approach;
        let (action, within) = (involvement.action, involvement.reopen_within);
        let Some(ticket) = self.ticket.clone() else { return self.without_ticket(approach) };
        match action {
            Action::Open if self.is_over(note.at, within, *can) => self.without_ticket(approach),
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

    fn without_ticket(&self, approach: &Approach) -> Course {
        let Approach { involvement, note, .. } = approach;
        if involvement.action != Action::Open {
            return Course::Remember { note: note.clone() };
        }
        let is_near = |known: &&Note| gap(known.at, note.at) <= involvement.reopen_within;
        let notes: Vec<Note> = self.remembered.iter().filter(is_near).cloned().collect();
        let resolve = notes.iter().any(|known| known.resolves && known.at >= note.at);
        let ticket = self.ticket.clone().filter(|_| self.untold > 0);
        let earlier = ticket.map(|ticket| Earlier { ticket, untold: self.untold });
        Course::Open { notes, resolve, earlier }
    }

    /// Whether an event that opens is about something new.
    fn is_over(&self, at: Timestamp, within: Duration, can: Abilities) -> bool {
        let latest = self.opened_at.max(self.resolved_at);
        if latest.is_some_and(|latest| gap(latest, at) > FORGOTTEN_AFTER) {
            return true;
        }
        // Where nothing can be added, nobody would see that it is open again.
        let is_late = |resolved| gap(resolved, at) > within || !can.comment;
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
                    Course::Open { .. } | Course::Remember { .. } => {}
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

/// The time between two instants; none where the second is not the later one.
fn gap(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
