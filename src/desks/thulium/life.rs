//! What happens to a ticket after it was opened: comments, a higher priority, other states.

use super::{
    bodies::{BodyType, CustomerResponse, TicketChange},
    desk::{Thulium, beforehand},
    drafting,
    records::Message,
};
use crate::{
    delivery::{Mark, Outcome},
    desks::{Answer, DeskError, Found, Task, text},
    ticket::TicketRef,
};

impl Thulium {
    /// Adds the comment as the customer's message, which e-mails nobody, or as the configuration
    /// says among agents.
    pub(super) async fn comment(&self, mark: &Mark, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let (id, comment) = (&ticket(task)?.id, task.comment(mark));
        if let Some(field) = &self.settings.comment_field {
            let text = text::plain(&comment, text::UNLIMITED);
            self.account.comment(id, field, &text).await?;
        } else {
            let body = text::html(&comment, text::UNLIMITED);
            let response = CustomerResponse { body, body_type: Some(BodyType::Html), date: None };
            self.account.respond_as_customer(id, &response).await?;
        }
        Ok(Outcome::Done)
    }

    /// Sets the priority's custom field, and exchanges its tag. Thulium takes all tags or none: one
    /// that an agent adds between the question and the change is lost.
    pub(super) async fn raise(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let (id, priority) = (&ticket(task)?.id, task.draft.priority);
        let mut change = TicketChange::default();
        if let Some(field) = &self.settings.priority_field {
            change.custom_fields.insert(field.clone(), priority.as_str().into());
        }
        if !self.settings.priority_tags.is_empty() {
            let known = self.account.ticket(id).await.map_err(beforehand)?.ok_or_else(gone)?;
            change.tags = Some(drafting::tags(&self.settings, &known.tags, priority));
        }
        self.change(id, &change).await
    }

    /// Puts the ticket back into the state of new ones.
    pub(super) async fn reopen(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        self.put_into(task, self.settings.status.as_ref(), "status").await
    }

    /// Puts the ticket into the state of resolved ones.
    pub(super) async fn close(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        self.put_into(task, self.settings.resolved_status.as_ref(), "resolved_status").await
    }

    async fn put_into(
        &self,
        task: &Task<'_>,
        status: Option<&String>,
        key: &str,
    ) -> Result<Outcome, DeskError> {
        let status_id = status.cloned();
        if status_id.is_none() {
            return Err(DeskError::Incomplete(format!("the desk's `{key}` is not configured")));
        }
        let change = TicketChange { status_id, ..TicketChange::default() };
        self.change(&ticket(task)?.id, &change).await
    }

    async fn change(&self, id: &str, change: &TicketChange) -> Result<Outcome, DeskError> {
        self.account.update_ticket(id, change).await.map(|()| Outcome::Done)
    }

    /// Whether a message with this mark stands at the ticket, which is read by its id.
    pub(super) async fn find_comment(
        &self,
        mark: &Mark,
        ticket: &TicketRef,
    ) -> Result<Found, DeskError> {
        let sign = mark.sign();
        let is_it = |message: &Message| message.says(&sign);
        Ok(match self.account.ticket(&ticket.id).await? {
            Some(ticket) if ticket.messages.iter().any(is_it) => Found::Comment,
            Some(_) | None => Found::Absent,
        })
    }
}

fn ticket<'a>(task: &Task<'a>) -> Result<&'a TicketRef, DeskError> {
    task.ticket.ok_or_else(|| DeskError::Incomplete("the step names no ticket".to_owned()))
}

fn gone() -> DeskError {
    let words = "there is no such ticket".to_owned();
    DeskError::TicketGone(Answer { status: 404, code: None, words, correlation_id: None })
}
