//! All tickets: making, changing, deleting and finding them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    comments::Uploads,
    input::Input,
    refusal::Refusal,
    settings::Account,
    ticket::Ticket,
    users::{ME, Users},
};

/// All tickets, the oldest first; deleted ones are kept for tests to see.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    all: Vec<Ticket>,
    comments: u64,
}

/// What a search asks for.
#[derive(Debug, Default)]
pub(super) struct Sought {
    pub(super) words: Option<String>,
    pub(super) statuses: Vec<String>,
    pub(super) field_value: Option<String>,
}

impl Tickets {
    /// All tickets, with the deleted ones.
    pub(super) fn all(&self) -> impl Iterator<Item = &Ticket> {
        self.all.iter()
    }

    /// All tickets that there are.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Ticket> {
        self.all.iter().filter(|ticket| !ticket.deleted)
    }

    /// The ticket with this id.
    pub(super) fn get(&self, id: u64) -> Result<&Ticket, Refusal> {
        self.standing().find(|ticket| ticket.id == id).ok_or(Refusal::NotFound)
    }

    /// Makes a ticket of the member `ticket`.
    pub(super) fn create(
        &mut self,
        body: &Value,
        (users, account): (&mut Users, &Account),
        uploads: &mut Uploads,
        now: Timestamp,
    ) -> Result<&Ticket, Refusal> {
        let mut input = Input::read(body, users, account)?;
        input.check_required(account)?;
        input.title.as_ref().ok_or(Refusal::Missing("标题"))?;
        let comment = input.comment.take().ok_or(Refusal::Missing("工单描述"))?;
        let new = Ticket {
            id: self.all.len() as u64 + 1,
            status: "new".to_owned(),
            created_at: now,
            updated_at: now,
            ..Ticket::default()
        };
        let mut ticket = input.apply(&new, self.is_problem(input.problem))?;
        ticket.requester = requester(body, users)?;
        stamp(&mut ticket, now);
        let comment = comment.take(self.comments + 1, ME, uploads, now)?;
        self.comments += 1;
        ticket.comments.push(comment);
        self.all.push(ticket);
        Ok(&self.all[self.all.len() - 1])
    }

    /// Changes a ticket by the member `ticket`; all of it, or nothing.
    pub(super) fn update(
        &mut self,
        id: u64,
        body: &Value,
        (users, account): (&Users, &Account),
        uploads: &mut Uploads,
        now: Timestamp,
    ) -> Result<&Ticket, Refusal> {
        let mut input = Input::read(body, users, account)?;
        let is_problem = self.is_problem(input.problem);
        let found = self.all.iter().position(|ticket| ticket.id == id && !ticket.deleted);
        let place = found.ok_or(Refusal::NotFound)?;
        if self.all[place].status == "closed" {
            return Err(Refusal::Closed);
        }
        let mut ticket = input.apply(&self.all[place], is_problem)?;
        if let Some(comment) = input.comment.take() {
            ticket.comments.push(comment.take(self.comments + 1, ME, uploads, now)?);
            self.comments += 1;
        }
        ticket.updated_at = now;
        stamp(&mut ticket, now);
        self.all[place] = ticket;
        Ok(&self.all[place])
    }

    /// Deletes a ticket.
    pub(super) fn delete(&mut self, id: u64) -> Result<(), Refusal> {
        let mut standing = self.all.iter_mut().filter(|ticket| !ticket.deleted);
        let ticket = standing.find(|ticket| ticket.id == id).ok_or(Refusal::NotFound)?;
        ticket.deleted = true;
        Ok(())
    }

    /// The tickets that search finds: those that it has learnt of by `now`.
    pub(super) fn search(&self, sought: &Sought, now: Timestamp, lag: Duration) -> Vec<&Ticket> {
        let is_known = |ticket: &&Ticket| ticket.created_at + lag <= now;
        self.standing().filter(is_known).filter(|ticket| sought.fits(ticket)).collect()
    }

    fn is_problem(&self, id: Option<u64>) -> bool {
        let ticket = id.and_then(|id| self.get(id).ok());
        ticket.is_some_and(|ticket| ticket.kind.as_deref() == Some("problem"))
    }
}

impl Sought {
    fn fits(&self, ticket: &Ticket) -> bool {
        let holds =
            |text: &str, words: &String| text.to_lowercase().contains(&words.to_lowercase());
        let field = |value: &String| {
            let texts = ticket.fields.iter().filter_map(|(_, value)| value.as_str());
            texts.into_iter().any(|text| holds(text, value))
        };
        self.words
            .as_ref()
            .is_none_or(|words| holds(&ticket.title, words) || holds(&ticket.description(), words))
            && (self.statuses.is_empty() || self.statuses.contains(&ticket.status))
            && self.field_value.as_ref().is_none_or(field)
    }
}

/// `requester_id` counts before `requester`; without either it is the agent who asks.
fn requester(body: &Value, users: &mut Users) -> Result<u64, Refusal> {
    match (&body["requester_id"], &body["requester"]) {
        (Value::Null, Value::Null) => Ok(ME),
        (Value::Null, requester) => users.requester(requester),
        (id, _) => {
            let id = id.as_u64().or_else(|| id.as_str()?.parse().ok());
            let id = id.filter(|&id| users.get(id).is_some());
            id.ok_or(Refusal::Invalid("发起人"))
        }
    }
}

/// When the ticket came to where it stands.
fn stamp(ticket: &mut Ticket, now: Timestamp) {
    if ticket.assignee.is_some() {
        ticket.assigned_at.get_or_insert(now);
    }
    match ticket.status.as_str() {
        "solved" => {
            ticket.resolved_at.get_or_insert(now);
        }
        "closed" => {
            ticket.closed_at.get_or_insert(now);
        }
        _ => ticket.resolved_at = None,
    }
}
