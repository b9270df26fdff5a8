//! Reads records out of answers, leniently: see [`records`](super::records).

use serde_json::Value;

use super::{Attachment, Changed, Comment, CustomField, Group, Id, Ticket, TicketField, User};
use crate::desks::reply::text;

/// Something that an answer lists.
pub(super) trait Record: Sized {
    /// Reads it; `None` where the value is none.
    fn read(value: &Value) -> Option<Self>;
}

impl Record for Ticket {
    fn read(value: &Value) -> Option<Self> {
        let say = |name: &str| member(value, name);
        let id = |name: &str| value.get(name).and_then(Id::read);
        Some(Self {
            id: id("id")?,
            url: say("url"),
            // Two examples of the page call it otherwise.
            title: say("title").or_else(|| say("subject")),
            description: say("description"),
            kind: say("type"),
            status: say("status"),
            priority: say("priority"),
            recipient: say("recipient"),
            requester_id: id("requester_id"),
            assignee_id: id("assignee_id").filter(is_somebody),
            organization_id: id("organization_id").filter(is_somebody),
            group_id: id("group_id").filter(is_somebody),
            problem_id: id("problem_id").filter(is_somebody),
            due_date: say("due_date"),
            created_at: say("created_at"),
            updated_at: say("updated_at"),
            assigneed_at: say("assigneed_at"),
            resolved_at: say("resolved_at"),
            closed_at: say("closed_at"),
            source: say("source"),
            collaborator_ids: items(value, "collaborator_ids").filter_map(Id::read).collect(),
            tags: items(value, "tags").filter_map(text).collect(),
            custom_fields: items(value, "custom_fields").filter_map(CustomField::read).collect(),
            satisfaction_rating: value
                .get("satisfaction_rating")
                .filter(|it| !it.is_null())
                .cloned(),
        })
    }
}

impl CustomField {
    fn read(value: &Value) -> Option<Self> {
        let name = member(value, "name")?;
        Some(Self { name, value: value.get("value").cloned().unwrap_or_default() })
    }
}

impl Record for Comment {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").and_then(Id::read)?,
            author_id: value.get("author_id").and_then(Id::read),
            content: member(value, "content"),
            html_content: member(value, "html_content"),
            public: truth(value, "public"),
            created_at: member(value, "created_at"),
        })
    }
}

impl Record for User {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").and_then(Id::read)?,
            name: member(value, "name"),
            email: member(value, "email"),
            phone: member(value, "phone"),
            role: member(value, "role"),
        })
    }
}

impl Record for Group {
    fn read(value: &Value) -> Option<Self> {
        Some(Self { id: value.get("id").and_then(Id::read)?, name: member(value, "name") })
    }
}

impl Record for TicketField {
    fn read(value: &Value) -> Option<Self> {
        let option = |option: &Value| member(option, "value").or_else(|| text(option));
        Some(Self {
            id: value.get("id").and_then(Id::read)?,
            name: member(value, "name"),
            kind: member(value, "type"),
            title: member(value, "agent_title").or_else(|| member(value, "title")),
            required: truth(value, "agent_required"),
            pattern: member(value, "regexp_for_validation"),
            options: items(value, "custom_field_options").filter_map(option).collect(),
        })
    }
}

impl Record for Attachment {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").and_then(Id::read),
            token: member(value, "token")?,
            name: member(value, "name"),
            content_url: member(value, "content_url"),
        })
    }
}

impl Record for Changed {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").and_then(Id::read)?,
            success: truth(value, "success")?,
            errors: member(value, "errors"),
        })
    }
}

/// A missing user or group is null in the page's example; 0 is no id of any.
fn is_somebody(id: &Id) -> bool {
    id.as_str() != "0"
}

fn member(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(text)
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// True and false; the page writes them as texts once.
fn truth(value: &Value, name: &str) -> Option<bool> {
    match value.get(name)? {
        Value::Bool(truth) => Some(*truth),
        other => match text(other)?.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
    }
}
