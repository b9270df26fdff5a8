//! What happens to a ticket after it was made: comments, a higher priority, other statuses.
//!
//! A ticket that is deleted is gone, and so is one that is closed: whether KF5 takes a change of it
//! is not documented. So it is asked, and only where it is refused the ticket counts as gone.

use std::pin::pin;

use futures_util::TryStreamExt;

use super::{Change, Id, Kf5, Status, Ticket, draft::note};
use crate::{
    delivery::{Mark, Outcome, Step},
    desks::{Answer, DeskError, Found, Task},
    ticket::TicketRef,
};

impl Kf5 {
    /// Adds a comment for agents.
    pub(super) async fn comment(&self, mark: &Mark, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let change = Change { comment: Some(note(&task.comment(mark))), ..Change::default() };
        self.change(&Step::Comment(mark.clone()), &ticket(task)?, &change).await
    }

    /// Sets the priority to the draft's.
    pub(super) async fn raise(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let priority = Some(task.draft.priority.into());
        let change = Change { priority, ..Change::default() };
        self.change(&Step::Raise, &ticket(task)?, &change).await
    }

    /// Puts the ticket back to where agents work at it.
    pub(super) async fn reopen(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let status = self.settings.status.or(Some(Status::Open));
        let change = Change { status, ..Change::default() };
        self.change(&Step::Reopen, &ticket(task)?, &change).await
    }

    /// Puts the ticket where resolved ones stand, unless it stands there or is closed. One that is
    /// nobody's becomes the configured agent's: KF5 takes no solved ticket without an assignee.
    pub(super) async fn resolve(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let id = ticket(task)?;
        let Some(found) = self.client.show(&id).await.map_err(beforehand)? else {
            return Err(DeskError::TicketGone(gone()));
        };
        let status = self.settings.resolved_status;
        if is_closed(&found) || found.status.as_deref() == Some(status.as_str()) {
            return Ok(Outcome::Done);
        }
        let assignee = self.settings.assignee.clone().filter(|_| found.assignee_id.is_none());
        let change = Change { status: Some(status), assignee, ..Change::default() };
        self.change(&Step::Resolve, &id, &change).await
    }

    /// Whether a comment with this mark stands at the ticket: all of them are read, not searched.
    pub(super) async fn find_comment(
        &self,
        mark: &Mark,
        ticket: &TicketRef,
    ) -> Result<Found, DeskError> {
        let mut comments = pin!(self.client.comments(&id(ticket)?));
        loop {
            match comments.try_next().await {
                Ok(Some(comment)) => {
                    let texts = [comment.content, comment.html_content];
                    if texts.iter().flatten().any(|text| mark.is_in(text)) {
                        return Ok(Found::Comment);
                    }
                }
                Ok(None) => return Ok(Found::Absent),
                Err(DeskError::Refused(_, answer)) if answer.status == 404 => {
                    return Ok(Found::Absent);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn change(&self, step: &Step, id: &Id, change: &Change) -> Result<Outcome, DeskError> {
        match self.client.update_for(&step.to_string(), id, change).await {
            Ok(_) => Ok(Outcome::Done),
            Err(DeskError::Refused(_, answer)) if answer.status == 404 => {
                Err(DeskError::TicketGone(answer))
            }
            Err(DeskError::Refused(reason, answer)) => match self.client.show(id).await {
                Ok(found) if found.as_ref().is_none_or(is_closed) => {
                    Err(DeskError::TicketGone(answer))
                }
                Ok(_) | Err(DeskError::Refused(..) | DeskError::Account(_)) => {
                    Err(DeskError::Refused(reason, answer))
                }
                Err(error) => Err(beforehand(error)),
            },
            Err(error) => Err(error),
        }
    }
}

fn is_closed(ticket: &Ticket) -> bool {
    ticket.status.as_deref() == Some(Status::Closed.as_str())
}

fn ticket(task: &Task<'_>) -> Result<Id, DeskError> {
    let none = || DeskError::Incomplete("the step names no ticket".to_owned());
    id(task.ticket.ok_or_else(none)?)
}

fn id(ticket: &TicketRef) -> Result<Id, DeskError> {
    ticket.id.parse().map_err(|_| DeskError::Incomplete("the ticket's id is none".to_owned()))
}

fn gone() -> Answer {
    let words = "there is no such ticket".to_owned();
    Answer { status: 404, code: None, words, correlation_id: None }
}

/// What went wrong with a question is no doubt about what was asked for.
pub(super) fn beforehand(error: DeskError) -> DeskError {
    DeskError::Beforehand(Box::new(error))
}
