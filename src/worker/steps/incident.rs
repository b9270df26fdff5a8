//! The part that a delivery plays in its incident: decided once, and then taken like any step.

use std::{borrow::Cow, time::Duration};

use jiff::Timestamp;

use super::{Run, SOON};
use crate::{
    delivery::{Approach, Course, Delivery, Earlier, Failure, Mark, Note, Reason, State, Step},
    ledger::{Engaged, Engagement, LedgerError},
    ticket::{Action, TicketDraft, TicketRef},
    worker::{attempt::Ending, desk_loop::Station},
};

/// The longest that a delivery waits for another one before it looks again.
const LONGEST_TURN: Duration = Duration::from_mins(10);

impl Run<'_> {
    /// Whether nothing is left to do.
    pub(super) fn is_through(&self) -> bool {
        let Some(part) = &self.delivery.incident else { return self.is_done(&Step::Ticket) };
        let can = self.station.post.desk.abilities();
        let is_open = matches!(part.course, Course::Open { .. });
        let steps = part.course.steps(&self.delivery.key, can);
        (!is_open || self.is_done(&Step::Ticket)) && steps.iter().all(|step| self.is_done(step))
    }

    /// The steps of the delivery, in order.
    pub(super) fn plan(&self, draft: &TicketDraft) -> Vec<Step> {
        let desk = &self.station.post.desk;
        let Some(course) = self.delivery.course() else { return desk.plan(draft) };
        let steps = course.steps(&self.delivery.key, desk.abilities());
        match course {
            Course::Open { .. } => desk.plan(draft).into_iter().chain(steps).collect(),
            _ => steps,
        }
    }

    /// Has the part decided that the delivery plays; `Some` where it has to wait.
    pub(super) async fn engage(
        &mut self,
        draft: &TicketDraft,
        gone: Option<TicketRef>,
    ) -> Result<Option<Ending>, LedgerError> {
        let is_decided = self.delivery.incident.is_some() && gone.is_none();
        let (Some(involvement), false) = (&draft.incident, is_decided) else { return Ok(None) };
        let Station { worker, post, .. } = self.station;
        let key = self.delivery.key.clone();
        if !self.unwritten.is_empty() {
            let transitions = std::mem::take(&mut self.unwritten);
            self.delivery = worker.ledger.advance(&key, transitions).await?;
        }
        let note = Note {
            by: key.clone(),
            at: self.envelope.happened_at(),
            resolves: involvement.action == Action::Resolve,
            subject: draft.subject.clone(),
            text: draft.description.clone(),
        };
        let approach = Approach {
            involvement: involvement.clone(),
            priority: draft.priority,
            can: post.desk.abilities(),
            note,
            gone,
        };
        let engagement =
            Engagement { claim: self.delivery.claims, at: worker.clock.now(), approach };
        match worker.ledger.engage(&key, engagement).await? {
            Engaged::Delivery(delivery) => {
                self.delivery = *delivery;
                Ok(None)
            }
            Engaged::Wait(holder) => Ok(Some(self.wait_for(holder.as_deref()))),
        }
    }

    /// The ticket that a step is about is gone. What to do without it is decided at once and done in
    /// another attempt; to a ticket of the delivery's own there is nothing to add any more.
    pub(super) async fn without_ticket(
        &mut self,
        draft: &TicketDraft,
        failure: Failure,
    ) -> Result<Ending, LedgerError> {
        let Some(gone) = self.delivery.course().and_then(Course::ticket).cloned() else {
            return Ok(Ending::Complete);
        };
        if draft.incident.is_none() {
            return Ok(self.bury(failure));
        }
        let waits = self.engage(draft, Some(gone)).await?;
        Ok(waits.unwrap_or_else(|| self.wait(failure, SOON)))
    }

    /// Waits until the other one is through, or will be tried again.
    fn wait_for(&self, holder: Option<&Delivery>) -> Ending {
        let now = self.station.worker.clock.now();
        let wait = match holder.map(|holder| &holder.state) {
            Some(
                State::Retrying { not_before: due, .. }
                | State::Uncertain { look_again: Some(due), .. },
            ) => Duration::try_from(due.duration_since(now)).unwrap_or_default(),
            Some(State::Uncertain { look_again: None, .. }) => LONGEST_TURN,
            Some(_) | None => SOON,
        };
        let words = "another event of its incident is on its way to the desk";
        self.wait(Failure::of(Reason::IncidentBusy, words), wait.clamp(SOON, LONGEST_TURN))
    }

    /// What the desk is told in `step`, and of when.
    pub(super) fn words<'d>(
        &self,
        step: &Step,
        draft: &'d TicketDraft,
    ) -> (Cow<'d, TicketDraft>, Timestamp) {
        let own = (Cow::Borrowed(draft), self.envelope.happened_at());
        let Some(Course::Open { notes, earlier, .. }) = self.delivery.course() else { return own };
        match (step, earlier) {
            (Step::Comment(mark) | Step::TimeLine(mark), _) => {
                let note = notes.iter().find(|note| Mark::of(&note.by) == *mark);
                note.map_or(own, |note| (Cow::Owned(of_note(note, draft)), note.at))
            }
            (Step::Ticket, Some(earlier)) => (Cow::Owned(with_earlier(earlier, draft)), own.1),
            _ => own,
        }
    }
}

/// What was remembered, about the customer of the ticket that it waited for.
fn of_note(note: &Note, draft: &TicketDraft) -> TicketDraft {
    TicketDraft {
        priority: draft.priority,
        subject: note.subject.clone(),
        description: note.text.clone(),
        customer: draft.customer.clone(),
        ..TicketDraft::default()
    }
}

/// The draft with a word about what the ticket before does not tell.
fn with_earlier(earlier: &Earlier, draft: &TicketDraft) -> TicketDraft {
    let Earlier { ticket, untold } = earlier;
    let name = ticket.number.as_ref().unwrap_or(&ticket.id);
    let mut draft = draft.clone();
    let events = if *untold == 1 { "event" } else { "events" };
    let line = format!("{untold} {events} since ticket {name} stand on the customer's time line.");
    draft.description = format!("{}\n\n{line}", draft.description);
    draft.metadata.insert("deskbell_earlier_ticket".to_owned(), name.as_str().into());
    draft.metadata.insert("deskbell_earlier_events".to_owned(), (*untold).into());
    draft
}
