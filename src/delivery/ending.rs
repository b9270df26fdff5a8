//! What a delivery has to do about its incident, and when all of that is done.

use jiff::Timestamp;

use super::{
    Advanced, AttemptOutcome, Course, Delivery, InvalidTransition, Outcome, Part, Progress, State,
    Step, Tally,
};
use crate::ticket::{Action, TicketRef};

impl Delivery {
    /// What was said on another ticket, one that is gone, has to be said again.
    pub(super) fn engage(mut self, part: Part) -> Result<Advanced, InvalidTransition> {
        if let Some(step) = self.doubtful_step() {
            return Err(InvalidTransition::InDoubt { step: step.clone() });
        }
        if self.outcome(&Step::Ticket).is_some() {
            return Err(InvalidTransition::AlreadyDone { step: Step::Ticket });
        }
        // As far as there was another ticket.
        if self.course().is_some_and(|before| before.ticket() != part.course.ticket()) {
            self.steps.retain(|record| !record.step.is_about_a_ticket());
        }
        self.incident = Some(part);
        Ok(Advanced { delivery: self, ended: None })
    }

    /// There is a last word to say of the flood that its ticket stands for.
    pub(super) fn conclude(
        mut self,
        at: Timestamp,
        tally: Tally,
    ) -> Result<Advanced, InvalidTransition> {
        let is_ticketed = matches!(self.state, State::Ticketed { .. });
        match self.incident.as_mut().map(|part| &mut part.course) {
            Some(Course::Lead { last_word, .. }) if is_ticketed => *last_word = Some(tally),
            _ => return Err(self.refuses("taken up for a last word")),
        }
        self.requeue(at);
        Ok(Advanced { delivery: self, ended: None })
    }

    pub(super) fn complete(self, at: Timestamp) -> Result<Advanced, InvalidTransition> {
        let (outcome, state) = self.completed(at)?;
        self.end(at, outcome, None, false, state)
    }

    /// How it ends when all is done.
    fn completed(&self, at: Timestamp) -> Result<(AttemptOutcome, State), InvalidTransition> {
        let Some(Part { action, course, .. }) = &self.incident else { return self.ticketed(at) };
        let ticket = match course {
            Course::Open { .. } | Course::Lead { .. } => return self.ticketed(at),
            Course::Remember { .. } => None,
            Course::Recover { ticket, .. } => ticket.clone(),
            Course::Join { ticket, tally: None, .. } => Some(ticket.clone()),
            _ if !self.has_spoken() => return Err(InvalidTransition::NotSaid),
            Course::Comment { ticket, .. }
            | Course::Reopen { ticket, .. }
            | Course::Resolve { ticket }
            | Course::Join { ticket, .. } => Some(ticket.clone()),
        };
        let resolves = matches!(course, Course::Resolve { .. } | Course::Recover { .. })
            || (ticket.is_none() && *action == Action::Resolve);
        Ok(if resolves {
            (AttemptOutcome::Resolved, State::Resolved { at, ticket })
        } else {
            (AttemptOutcome::Merged, State::Merged { at, ticket })
        })
    }

    fn ticketed(&self, at: Timestamp) -> Result<(AttemptOutcome, State), InvalidTransition> {
        match self.outcome(&Step::Ticket) {
            Some(Outcome::Ticket(ticket)) => {
                let state = State::Ticketed { at, ticket: ticket.clone() };
                Ok((AttemptOutcome::Ticketed, state))
            }
            _ => Err(InvalidTransition::NoTicket),
        }
    }

    /// An operator has seen what was in doubt. Where more is to be done, it goes back to work.
    pub(super) fn exists(self, at: Timestamp, ticket: TicketRef) -> Advanced {
        let (step, outcome) = match self.doubtful_step() {
            Some(comment @ Step::Comment(_)) => (comment.clone(), Outcome::Done),
            _ => (Step::Ticket, Outcome::Ticket(ticket.clone())),
        };
        let is_ticket = step == Step::Ticket;
        let mut advanced = self.note(step, Some(Progress::Done { at, outcome }));
        let delivery = &mut advanced.delivery;
        if is_ticket && delivery.has_nothing_to_follow() {
            delivery.state = State::Ticketed { at, ticket };
        } else {
            delivery.requeue(at);
        }
        advanced
    }

    /// Whether all is done with the ticket.
    pub(super) fn has_nothing_to_follow(&self) -> bool {
        match self.course() {
            None => true,
            Some(Course::Open { notes, resolve, .. }) => notes.is_empty() && !resolve,
            Some(Course::Lead { last_word, .. }) => last_word.is_none(),
            Some(_) => false,
        }
    }
}
