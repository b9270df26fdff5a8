//! One ticket: what is kept of it, and how it is shown.

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use serde_json::{Map, Value, json};

use super::{comments::Comment, users::Users};
use crate::sandbox::{SandboxAssociation, SandboxTicket};

/// A ticket.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) title: String,
    pub(super) kind: Option<String>,
    pub(super) status: String,
    pub(super) priority: Option<String>,
    pub(super) requester: u64,
    pub(super) assignee: Option<u64>,
    pub(super) group: Option<u64>,
    pub(super) problem: Option<u64>,
    pub(super) due: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) assigned_at: Option<Timestamp>,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) collaborators: Vec<u64>,
    pub(super) tags: Vec<String>,
    pub(super) fields: Vec<(String, Value)>,
    pub(super) comments: Vec<Comment>,
    pub(super) deleted: bool,
}

impl Ticket {
    /// The ticket as calls answer it.
    pub(super) fn shown(&self, ids_as_text: bool) -> Value {
        let id = |number: u64| id(number, ids_as_text);
        let field = |(name, value): &(String, Value)| json!({ "name": name, "value": value });
        json!({
            "id": id(self.id),
            "url": format!("https://sandbox.kf5.com/apiv2/tickets/{}.json", self.id),
            "title": self.title,
            "description": self.description(),
            "type": self.kind,
            "status": self.status,
            "priority": self.priority,
            "recipient": null,
            "requester_id": id(self.requester),
            "assignee_id": self.assignee.map(id),
            "organization_id": null,
            "group_id": self.group.map(id),
            "problem_id": self.problem.map(id),
            "due_date": self.due,
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
            "assigneed_at": self.assigned_at.map(time),
            "resolved_at": self.resolved_at.map(time),
            "closed_at": self.closed_at.map(time),
            "source": "api",
            "collaborator_ids": self.collaborators.iter().map(|&user| id(user)).collect::<Vec<_>>(),
            "tags": self.tags,
            "custom_fields": self.fields.iter().map(field).collect::<Vec<_>>(),
            "satisfaction_rating": null,
        })
    }

    /// The ticket as every sandbox shows it.
    pub(super) fn for_tests(&self, users: &Users) -> SandboxTicket {
        let problem = self.problem.map(|problem| SandboxAssociation {
            object: "problems",
            id: problem.to_string(),
            type_id: 0,
        });
        SandboxTicket {
            order: self.id,
            id: self.id.to_string(),
            number: None,
            key: self.key(),
            subject: self.title.clone(),
            description: self.description(),
            priority: self.priority.clone(),
            status: self.status.clone(),
            customer: users.get(self.requester).and_then(super::users::User::address),
            properties: self.fields.iter().cloned().collect::<Map<_, _>>(),
            associations: problem.into_iter().collect(),
            comments: self.comments.iter().skip(1).map(|it| it.content.clone()).collect(),
            archived: self.deleted,
            created_at: self.created_at,
        }
    }

    /// The delivery key, which may stand in any field and is known by its form.
    pub(super) fn key(&self) -> Option<String> {
        let is_key = |text: &&str| {
            text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let texts = self.fields.iter().filter_map(|(_, value)| value.as_str());
        texts.into_iter().find(is_key).map(str::to_owned)
    }

    /// The text of the first comment.
    pub(super) fn description(&self) -> String {
        self.comments.first().map(|comment| comment.content.clone()).unwrap_or_default()
    }
}

/// An id, as a number or as a text.
pub(super) fn id(id: u64, as_text: bool) -> Value {
    if as_text { id.to_string().into() } else { id.into() }
}

/// A time as KF5 writes it: China's, without saying so.
pub(super) fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
