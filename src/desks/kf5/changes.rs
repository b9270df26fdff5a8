//! What a ticket is made of and changed by: the bodies of create and update.

use serde_json::{Map, Value, json};

use super::{Id, Kind, Level, Status, id::digits};

/// A ticket that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTicket {
    /// One line.
    pub title: String,
    /// The first comment, which is the description.
    pub comment: NewComment,
    /// Whose ticket it is; the calling agent's where nobody is named.
    pub requester: Option<Requester>,
    /// Everything else.
    pub change: Change,
}

/// Whose ticket it is. A user whom the account does not know is made together with the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requester {
    /// A user whom the account knows.
    Id(Id),
    /// An e-mail address or a telephone number.
    Address(String),
    /// An address with more about the user. With both addresses the e-mail address counts.
    Person {
        /// E-mail address.
        email: Option<String>,
        /// Telephone number.
        phone: Option<String>,
        /// Full name.
        name: Option<String>,
    },
}

/// What is changed of a ticket; what is `None` or empty stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// One line.
    pub title: Option<String>,
    /// A reply to add.
    pub comment: Option<NewComment>,
    /// The agent who is at it.
    pub assignee: Option<Id>,
    /// The group of agents.
    pub group: Option<Id>,
    /// What sort of ticket it is.
    pub kind: Option<Kind>,
    /// Where it stands.
    pub status: Option<Status>,
    /// How soon somebody should look.
    pub priority: Option<Level>,
    /// The problem that an incident is one of.
    pub problem: Option<Id>,
    /// Until when a task is due, `2016-01-01 00:00:00`.
    pub due_at: Option<String>,
    /// All tags, in the place of those before.
    pub tags: Option<Vec<String>>,
    /// All users who get copies, in the place of those before.
    pub collaborators: Option<Vec<Id>>,
    /// Custom fields: the name, as `field_123`, and the value.
    pub custom_fields: Vec<(String, Value)>,
    /// Members that stand nowhere above, as newer pages' `template_id`.
    pub more: Map<String, Value>,
}

/// A comment that is to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewComment {
    /// Plain text.
    pub content: Option<String>,
    /// HTML ("Ticket Comments"), which is shown in the place of the plain text.
    pub html: Option<String>,
    /// Whether the requester sees it, and is mailed it. KF5 does not say what it is where nothing
    /// is said.
    pub public: Option<bool>,
    /// The tokens of attachments that were uploaded before.
    pub uploads: Vec<String>,
    /// Members that stand nowhere above, or are to be written otherwise.
    pub more: Map<String, Value>,
}

impl NewComment {
    /// Plain text, for whom KF5's default says.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: Some(content.into()), ..Self::default() }
    }

    fn body(&self) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            body.extend(value.map(|value| (name.to_owned(), value)));
        };
        put("content", self.content.as_deref().map(Value::from));
        put("html_content", self.html.as_deref().map(Value::from));
        put("public", self.public.map(Value::from));
        put("uploads", (!self.uploads.is_empty()).then(|| json!(self.uploads)));
        body.extend(self.more.clone());
        Value::Object(body)
    }
}

impl NewTicket {
    /// The whole body of the request.
    pub(super) fn body(&self) -> Value {
        let mut ticket = Map::new();
        ticket.insert("title".to_owned(), self.title.as_str().into());
        ticket.insert("comment".to_owned(), self.comment.body());
        match &self.requester {
            Some(Requester::Id(id)) => {
                ticket.insert("requester_id".to_owned(), id.to_value());
            }
            Some(requester) => {
                ticket.insert("requester".to_owned(), requester.body());
            }
            None => {}
        }
        for (name, value) in self.change.members() {
            ticket.entry(name).or_insert(value);
        }
        json!({ "ticket": ticket })
    }
}

impl Requester {
    fn body(&self) -> Value {
        match self {
            Self::Id(id) => id.to_value(),
            Self::Address(address) => address.as_str().into(),
            Self::Person { email, phone, name } => {
                let mut body = Map::new();
                let mut put = |member: &str, value: Option<Value>| {
                    body.extend(value.map(|value| (member.to_owned(), value)));
                };
                put("email", email.as_deref().map(Value::from));
                put("phone", phone.as_deref().map(phone_number));
                put("name", name.as_deref().map(Value::from));
                Value::Object(body)
            }
        }
    }
}

/// A telephone number as the page writes it: digits alone as a number.
fn phone_number(phone: &str) -> Value {
    digits(phone).unwrap_or_else(|| phone.into())
}

impl Change {
    /// The whole body of the request.
    pub(super) fn body(&self) -> Value {
        json!({ "ticket": self.members() })
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        let ids = |ids: &Vec<Id>| ids.iter().map(Id::to_value).collect();
        put("title", self.title.as_deref().map(Value::from));
        put("comment", self.comment.as_ref().map(NewComment::body));
        put("type", self.kind.map(|kind| kind.as_str().into()));
        put("status", self.status.map(|status| status.as_str().into()));
        put("priority", self.priority.map(|level| level.as_str().into()));
        put("assignee_id", self.assignee.as_ref().map(Id::to_value));
        put("group_id", self.group.as_ref().map(Id::to_value));
        put("problem_id", self.problem.as_ref().map(Id::to_value));
        put("due_at", self.due_at.as_deref().map(Value::from));
        put("tags", self.tags.as_ref().map(|tags| json!(tags)));
        put("collaborator_ids", self.collaborators.as_ref().map(ids));
        let field = |(name, value): &(String, Value)| json!({ "name": name, "value": value });
        let fields = self.custom_fields.iter().map(field).collect();
        put("custom_fields", (!self.custom_fields.is_empty()).then_some(fields));
        members.extend(self.more.clone());
        members
    }
}
