//! What KF5 answers about: tickets, comments, users, fields, attachments.
//!
//! Nothing but the id has to be there, and a member of another kind is as one that is missing: a
//! desk that adds or changes a member stops nothing.

use serde::Serialize;
use serde_json::Value;

use super::Id;
use crate::desks::reply::text;

/// A ticket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ticket {
    /// The desk's id of it.
    pub id: Id,
    /// Its resource.
    pub url: Option<String>,
    /// One line.
    pub title: Option<String>,
    /// The text of the first comment.
    pub description: Option<String>,
    /// `problem`, `incident`, `question` or `task`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `new`, `open`, `pending`, `solved` or `closed`.
    pub status: Option<String>,
    /// `low`, `medium`, `high` or `urgent`.
    pub priority: Option<String>,
    /// The address that a mailed ticket came to.
    pub recipient: Option<String>,
    /// Whose it is.
    pub requester_id: Option<Id>,
    /// The agent who is at it.
    pub assignee_id: Option<Id>,
    /// The requester's organisation.
    pub organization_id: Option<Id>,
    /// The group of agents.
    pub group_id: Option<Id>,
    /// The problem that an incident is one of.
    pub problem_id: Option<Id>,
    /// Until when a task is due. All times are as KF5 writes them, without a zone.
    pub due_date: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was changed.
    pub updated_at: Option<String>,
    /// When an agent first took it.
    pub assigneed_at: Option<String>,
    /// When it was solved.
    pub resolved_at: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// How it came: `web`, `email`, `api`, …
    pub source: Option<String>,
    /// Users who get copies.
    pub collaborator_ids: Vec<Id>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its custom fields.
    pub custom_fields: Vec<CustomField>,
    /// What the requester thinks of it.
    pub satisfaction_rating: Option<Value>,
}

/// The value of one custom field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomField {
    /// `field_123`
    pub name: String,
    /// Mostly a text.
    pub value: Value,
}

/// A comment of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// The desk's id of it.
    pub id: Id,
    /// Who wrote it.
    pub author_id: Option<Id>,
    /// Plain text.
    pub content: Option<String>,
    /// HTML.
    pub html_content: Option<String>,
    /// Whether the requester sees it.
    pub public: Option<bool>,
    /// When it was written.
    pub created_at: Option<String>,
}

/// An agent or a requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// The desk's id.
    pub id: Id,
    /// Full name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// `end_user`, `agent` or `admin`.
    pub role: Option<String>,
}

/// A group of agents ("Groups").
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The desk's id of it.
    pub id: Id,
    /// What people see.
    pub name: Option<String>,
}

/// A custom field that tickets may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketField {
    /// The desk's id of it.
    pub id: Id,
    /// As tickets name it: `field_4`.
    pub name: Option<String>,
    /// What may stand in it.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// As agents see it.
    pub title: Option<String>,
    /// Whether a ticket needs it.
    pub required: Option<bool>,
    /// What a value has to match.
    pub pattern: Option<String>,
    /// The values to choose from.
    pub options: Vec<String>,
}

/// A file that was uploaded, and belongs to no comment yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The desk's id of it.
    pub id: Option<Id>,
    /// What a comment names it by, once.
    pub token: String,
    /// The file's name.
    pub name: Option<String>,
    /// Where its content is.
    pub content_url: Option<String>,
}

/// What came of a change of many tickets for one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Which ticket.
    pub id: Id,
    /// Whether it was changed.
    pub success: bool,
    /// Why it was not, in the desk's words.
    pub errors: Option<String>,
}

impl Ticket {
    /// The text in a custom field.
    pub fn field(&self, name: &str) -> Option<String> {
        let field = self.custom_fields.iter().find(|field| field.name == name)?;
        text(&field.value)
    }
}
