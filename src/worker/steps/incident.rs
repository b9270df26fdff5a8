//! The part that a delivery plays in its incident: decided once, and then taken like any step.

use std::{borrow::Cow, time::Duration};

use jiff::Timestamp;

use super::{Run, SOON, flood};
use crate::{
    delivery::{
        Approach, Course, Delivery, Earlier, Failure, Mark, Note, Reason, State, Step, time_between,
    },
    ledger::{Engaged, Engagement, LedgerError},
    ticket::{Action, TicketDraft, TicketRef},
    worker::{attempt::Ending, desk_loop::Station},
};

/// The longest that a delivery waits for another one before it looks again.
const LONGEST_TURN: Duration = Duration::from_mins(10);

impl Run<'_> {
    /// Whether nothing is left to do.
    pub(super) fn is_through(&self) -> bool {
        self.steps().iter().all(|step| self.is_done(step))
    }

    /// The steps from the delivery's ticket on.
    fn steps(&self) -> Vec<Step> {
        let can = self.station.post.desk.abilities();
        match self.delivery.course() {
            Some(course) => course.steps(&self.delivery.key, can),
            None => vec![Step::Ticket],
        }
    }

    /// The steps of the delivery, in order.
    pub(super) fn plan(&self, draft: &TicketDraft) -> Vec<Step> {
        let mut steps = self.steps();
        // For what is tied to nothing the desk need not be asked.
        steps.retain(|step| *step != Step::Tie || !draft.associations.is_empty());
        if !steps.iter().any(|step| matches!(step, Step::Ticket | Step::Tie)) {
            return steps;
        }
        let mut plan = self.station.post.desk.plan(draft);
        plan.retain(|step| *step != Step::Ticket);
        plan.append(&mut steps);
        plan
    }

    /// Has the part decided that the delivery plays; `Some` where it has to wait.
    pub(super) async fn engage(
        &mut self,
        draft: &TicketDraft,
        gone: Option<TicketRef>,
    ) -> Result<Option<Ending>, LedgerError> {
        let is_decided = self.delivery.incident.is_some() || !draft.has_to_be_decided();
        if is_decided && gone.is_none() {
            return Ok(None);
        }
        let Station { worker, post, .. } = self.station;
        let key = self.delivery.key.clone();
        if !self.unwritten.is_empty() {
            let transitions = std::mem::take(&mut self.unwritten);
            self.delivery = worker.ledger.advance(&key, transitions).await?;
        }
        let note = Note {
            by: key.clone(),
            at: self.envelope.happened_at(),
            resolves: draft.incident.as_ref().is_some_and(|it| it.action == Action::Resolve),
            subject: draft.subject.clone(),
            text: draft.description.clone(),
        };
        let approach = Approach {
            involvement: draft.incident.clone(),
            brake: draft.brake.clone(),
            priority: draft.priority,
            can: post.desk.abilities(),
            note,
            received_at: self.envelope.received_at,
            gone,
        };
        let engagement =
            Engagement { claim: self.delivery.claims, at: worker.clock.now(), approach };
        match worker.ledger.engage(&key, engagement).await? {
            Engaged::Delivery(delivery) => {
                self.delivery = *delivery;
                flood::tell(&self.delivery);
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
        let is_in_flood = matches!(self.delivery.course(), Some(Course::Join { .. }));
        if draft.incident.is_none() && !is_in_flood {
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
            ) => time_between(now, *due),
            Some(State::Uncertain { look_again: None, .. }) => LONGEST_TURN,
            Some(_) | None => SOON,
        };
        self.wait(busy(holder), wait.clamp(SOON, LONGEST_TURN))
    }

    /// What the desk is told in `step`, and of when.
    pub(super) fn words<'d>(
        &self,
        step: &Step,
        draft: &'d TicketDraft,
    ) -> (Cow<'d, TicketDraft>, Timestamp) {
        let own = (Cow::Borrowed(draft), self.envelope.happened_at());
        let Some(course) = self.delivery.course() else { return own };
        let Course::Open { notes, earlier, .. } = course else {
            let said = flood::words(course, step, &self.delivery, draft);
            return said.map_or(own, |said| (Cow::Owned(said), self.station.worker.clock.now()));
        };
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

/// Why a delivery waits for `holder`, and what an operator can do about it.
fn busy(holder: Option<&Delivery>) -> Failure {
    let leads = holder
        .and_then(Delivery::course)
        .is_some_and(|course| matches!(course, Course::Lead { .. } | Course::Join { .. }));
    let (reason, what) = if leads {
        (Reason::FloodBusy, "the ticket that stands for a flood of such events")
    } else {
        (Reason::IncidentBusy, "the ticket of its incident")
    };
    let words = match holder {
        Some(Delivery { key, state: State::Uncertain { look_again: None, .. }, .. }) => format!(
            "it is not known whether the desk has {what}: settle delivery {key}, as with `deskbell \
             dead settle {key} --absent`"
        ),
        Some(Delivery { key, .. }) => format!("delivery {key} is at {what}"),
        None => format!("another delivery is at {what}"),
    };
    Failure::of(reason, words)
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
