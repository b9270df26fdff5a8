//! What happens to a ticket after it was made: comments, a higher priority, other stages.

use super::{
    desk::HubSpot,
    notes,
    opening::beforehand,
    requests::{self, PRIORITY},
};
use crate::{
    delivery::{Mark, Outcome, Step},
    desks::{DeskError, Found, Task},
    ticket::TicketRef,
};

impl HubSpot {
    /// Adds a note to the ticket.
    pub(super) async fn comment(&self, mark: &Mark, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let ticket = ticket(task)?;
        let step = Step::Comment(mark.clone());
        let (text, sign) = (task.comment(mark), mark.sign());
        let call = notes::create(&self.settings, &ticket.id, task.at, &text, &sign);
        match self.client.create_note(&step, &call).await {
            Ok(()) => Ok(Outcome::Done),
            // In which words HubSpot refuses a tie to a ticket that is gone is not documented.
            Err(DeskError::Refused(reason, answer)) => {
                match self.client.is_there(task.draft.priority, "tickets", &ticket.id).await {
                    Ok(false) => Err(DeskError::TicketGone(answer)),
                    Ok(true) | Err(DeskError::Refused(..) | DeskError::Account(_)) => {
                        Err(DeskError::Refused(reason, answer))
                    }
                    Err(error) => Err(beforehand(error)),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Sets the priority to the draft's, as far as the account has it.
    pub(super) async fn raise(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let priority = self.priority(task.draft.priority).await.map_err(beforehand)?;
        self.change(&Step::Raise, task, &[(PRIORITY, priority)]).await
    }

    /// Puts the ticket back where new ones stand.
    pub(super) async fn reopen(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        self.put_into(&Step::Reopen, task, &self.settings.stage).await
    }

    /// Puts the ticket where resolved ones stand.
    pub(super) async fn close(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let stage = self.settings.resolved_stage.as_deref().ok_or_else(|| {
            DeskError::Incomplete("the account's `resolved_stage` is not configured".to_owned())
        })?;
        self.put_into(&Step::Resolve, task, stage).await
    }

    /// The pipeline goes with the stage: an agent may have moved the ticket to another one, which has
    /// no such stage.
    async fn put_into(
        &self,
        step: &Step,
        task: &Task<'_>,
        stage: &str,
    ) -> Result<Outcome, DeskError> {
        let pipeline = ("hs_pipeline", self.settings.pipeline.as_str());
        self.change(step, task, &[pipeline, ("hs_pipeline_stage", stage)]).await
    }

    async fn change(
        &self,
        step: &Step,
        task: &Task<'_>,
        properties: &[(&str, &str)],
    ) -> Result<Outcome, DeskError> {
        let call = requests::change_ticket(&self.settings, &ticket(task)?.id, properties)
            .ok_or_else(no_id)?;
        self.client.change_ticket(step, &call).await?;
        Ok(Outcome::Done)
    }

    /// Whether a note with this mark stands at the ticket: all of them are read, not searched.
    pub(super) async fn find_comment(
        &self,
        mark: &Mark,
        ticket: &TicketRef,
    ) -> Result<Found, DeskError> {
        let mut after = None;
        loop {
            let call = notes::list(&ticket.id, after.as_deref()).ok_or_else(no_id)?;
            let Some((ids, next)) = self.client.list_notes(&call).await? else {
                return Ok(Found::Absent);
            };
            for ids in ids.chunks(notes::MOST_READ) {
                let call = notes::read(&self.settings, ids);
                if self.client.read_notes(&call).await?.iter().any(|body| mark.is_in(body)) {
                    return Ok(Found::Comment);
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(Found::Absent),
            }
        }
    }
}

pub(super) fn ticket<'a>(task: &Task<'a>) -> Result<&'a TicketRef, DeskError> {
    task.ticket.ok_or_else(|| DeskError::Incomplete("the step names no ticket".to_owned()))
}

pub(super) fn no_id() -> DeskError {
    DeskError::Incomplete("the ticket's id is none".to_owned())
}
