//! Tickets: what a create and a change take, and what is kept.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{customers::Customers, fields::Fields, lists, refusal::Refusal, settings::Settings};
use crate::sandbox::SandboxTicket;

/// The id of the first ticket: that of the vendor's example.
const FIRST: u64 = 1232;

/// The custom field in which the sandbox looks for delivery keys.
const KEY: &str = "deskbell_key";

/// The custom field in which the sandbox looks for priorities.
const PRIORITY: &str = "Priorytet";

/// Who wrote a message, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MessageKind {
    /// From the customer.
    Mail,
    /// To the customer: an e-mail.
    Reply,
    /// Among agents.
    Comment,
}

/// One message.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) kind: MessageKind,
    pub(super) text: String,
    pub(super) author: Option<String>,
    pub(super) at: Timestamp,
}

/// One ticket.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) subject: String,
    pub(super) from: Option<String>,
    pub(super) source: String,
    pub(super) user_login: Option<String>,
    pub(super) customer_id: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) status_id: String,
    pub(super) substatus_id: Option<String>,
    pub(super) category_id: Option<String>,
    pub(super) queue_id: String,
    pub(super) custom_fields: Map<String, Value>,
    pub(super) messages: Vec<Message>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
}

/// All tickets, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    all: Vec<Ticket>,
    by_key: HashMap<String, Vec<usize>>,
    messages: u64,
}

impl Tickets {
    /// Opens the ticket of `fields`.
    pub(super) fn open(
        &mut self,
        mut fields: Fields,
        customers: &Customers,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<&Ticket, Refusal> {
        fields.required("to");
        fields.known("to", |to| settings.mailboxes.contains(to));
        let (subject, body) = (fields.required("subject"), fields.required("body"));
        fields.choice("body_type", &["HTML", "PLAIN"]);
        let source = fields.choice("source", &["email", "phone", "sms", "chat", "www"]);
        let direction = fields.choice("direction", &["in_behalf_of", "out"]);
        let (from, comment) = (fields.text("from"), fields.text("comment"));
        for list in ["cc", "attachments"] {
            fields.texts(list);
        }
        let mut ticket = Ticket {
            id: FIRST + self.all.len() as u64,
            subject,
            from,
            source: source.unwrap_or_else(|| "email".to_owned()),
            customer_id: fields.known("customer_id", |id| customers.knows(id)),
            user_login: None,
            tags: Vec::new(),
            status_id: lists::NEW.to_owned(),
            substatus_id: None,
            category_id: None,
            queue_id: lists::QUEUE.to_owned(),
            custom_fields: Map::new(),
            messages: Vec::new(),
            created_at: now,
            updated_at: now,
            closed_at: None,
        };
        ticket.change(&mut fields, settings, now);
        fields.finish()?;
        let is_out = direction.as_deref() == Some("out");
        let kind = if is_out { MessageKind::Reply } else { MessageKind::Mail };
        ticket.messages.push(self.message(kind, body, None, now));
        if let Some(comment) = comment {
            ticket.messages.push(self.message(MessageKind::Comment, comment, None, now));
        }
        let index = self.all.len();
        if let Some(key) = ticket.key() {
            self.by_key.entry(key.to_owned()).or_default().push(index);
        }
        self.all.push(ticket);
        Ok(&self.all[index])
    }

    /// Changes a ticket.
    pub(super) fn change(
        &mut self,
        id: &str,
        mut fields: Fields,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let ticket = self.find_mut(id)?;
        let mut changed = ticket.clone();
        changed.change(&mut fields, settings, now);
        fields.finish()?;
        *ticket = changed;
        Ok(())
    }

    /// Adds a message, whose text is the member `member`.
    pub(super) fn say(
        &mut self,
        id: &str,
        kind: MessageKind,
        member: &str,
        mut fields: Fields,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.find_mut(id)?;
        let text = fields.required(member);
        fields.choice("body_type", &["HTML", "PLAIN"]);
        if kind == MessageKind::Reply {
            fields.required("user_login");
        }
        let author = fields.known("user_login", lists::is_agent);
        fields.finish()?;
        let message = self.message(kind, text, author, now);
        let ticket = self.find_mut(id)?;
        ticket.messages.push(message);
        ticket.updated_at = now;
        Ok(())
    }

    /// The ticket with this id.
    pub(super) fn find(&self, id: &str) -> Result<&Ticket, Refusal> {
        self.all.iter().find(|ticket| ticket.id.to_string() == id).ok_or(Refusal::NotFound)
    }

    /// All tickets.
    pub(super) fn all(&self) -> &[Ticket] {
        &self.all
    }

    /// The tickets with this key.
    pub(super) fn with_key(&self, key: &str) -> impl Iterator<Item = &Ticket> {
        self.by_key.get(key).into_iter().flatten().filter_map(|&index| self.all.get(index))
    }

    fn find_mut(&mut self, id: &str) -> Result<&mut Ticket, Refusal> {
        self.all.iter_mut().find(|ticket| ticket.id.to_string() == id).ok_or(Refusal::NotFound)
    }

    fn message(
        &mut self,
        kind: MessageKind,
        text: String,
        author: Option<String>,
        at: Timestamp,
    ) -> Message {
        self.messages += 1;
        Message { id: 431 + self.messages, kind, text, author, at }
    }
}

impl Ticket {
    /// What a create and a change have in common.
    fn change(&mut self, fields: &mut Fields, settings: &Settings, now: Timestamp) {
        self.user_login = fields.known("user_login", lists::is_agent).or(self.user_login.take());
        self.category_id =
            fields.known("category_id", lists::is_category).or(self.category_id.take());
        if let Some(queue) = fields.known("ticket_queue_id", lists::is_queue) {
            self.queue_id = queue;
        }
        self.tags = fields.texts("tags").unwrap_or_else(|| std::mem::take(&mut self.tags));
        let is_status = |id: &str| lists::is_status(id, &settings.missing_statuses);
        if let Some(status) = fields.known("status_id", is_status) {
            self.closed_at = (status == lists::CLOSED).then_some(self.closed_at.unwrap_or(now));
            (self.status_id, self.substatus_id) = (status, None);
        }
        self.substatus_id =
            fields.known("substatus_id", lists::is_substatus).or(self.substatus_id.take());
        for (name, value) in fields.object("custom_fields") {
            if !settings.custom_fields.contains(&name) {
                fields.fault(format!("There is no custom field [{name}]."));
            }
            self.custom_fields.insert(name, value);
        }
        self.updated_at = now;
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.custom_fields.get(name).and_then(Value::as_str)
    }

    fn key(&self) -> Option<&str> {
        self.field(KEY)
    }

    /// How many e-mails the customer got of it.
    fn emails(&self) -> usize {
        self.messages.iter().filter(|message| message.kind == MessageKind::Reply).count()
    }

    /// The ticket in the sandbox's words. Its properties are the custom fields, the tags, and how
    /// many e-mails the customer got, where there were any.
    pub(super) fn shown(&self, customers: &Customers) -> SandboxTicket {
        let mut properties = self.custom_fields.clone();
        properties.insert("tags".to_owned(), self.tags.clone().into());
        if self.emails() > 0 {
            properties.insert("emails".to_owned(), self.emails().into());
        }
        SandboxTicket {
            order: self.id - FIRST + 1,
            id: self.id.to_string(),
            number: None,
            key: self.key().map(str::to_owned),
            subject: self.subject.clone(),
            description: self.messages.first().map(|it| it.text.clone()).unwrap_or_default(),
            priority: self.field(PRIORITY).map(str::to_owned),
            status: self.status_id.clone(),
            customer: self.customer_id.as_deref().and_then(|id| customers.external_id(id)),
            properties,
            associations: Vec::new(),
            comments: self.messages.iter().skip(1).map(|it| it.text.clone()).collect(),
            archived: false,
            created_at: self.created_at,
        }
    }
}
