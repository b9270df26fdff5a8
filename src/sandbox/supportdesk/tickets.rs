//! Tickets: what a create takes, and what is kept.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{customers::Customer, fields::Fields, refusal::Refusal, settings::Settings};
use crate::sandbox::SandboxTicket;

/// The number before the first ticket's.
const BEFORE_FIRST_NUMBER: usize = 1000;

/// The documented priorities.
const PRIORITIES: [&str; 5] = ["LOW", "MEDIUM", "HIGH", "URGENT", "CRITICAL"];

/// A create's body after validation.
#[derive(Debug, Clone)]
pub(super) struct NewTicket {
    pub(super) customer_external_id: String,
    pub(super) subject: String,
    description: String,
    priority: String,
    metadata: Map<String, Value>,
}

impl NewTicket {
    /// Reads a body; `tags` are those that exist.
    pub(super) fn read(body: &Value, tags: &HashSet<String>) -> Result<Self, Refusal> {
        let mut fields = Fields::of(body)?;
        let ticket = Self {
            customer_external_id: fields.required("customerExternalId"),
            subject: fields.required("subject"),
            description: fields.required("description"),
            priority: fields.text("priority").unwrap_or_else(|| "MEDIUM".to_owned()),
            metadata: fields.object("metadata").unwrap_or_default(),
        };
        fields.text("category");
        if !PRIORITIES.contains(&ticket.priority.as_str()) {
            fields.fault("priority", "Valeurs admises : LOW, MEDIUM, HIGH, URGENT, CRITICAL.");
        }
        check_tags(&mut fields, tags);
        fields.finish()?;
        Ok(ticket)
    }
}

fn check_tags(fields: &mut Fields<'_>, known: &HashSet<String>) {
    let Some(value) = fields.value("tagIds") else { return };
    let Some(tags) = value.as_array() else {
        return fields.fault("tagIds", "Ce champ doit être une liste d'UUID.");
    };
    for tag in tags {
        match tag.as_str().filter(|tag| Uuid::try_parse(tag).is_ok()) {
            None => fields.fault("tagIds", "Chaque élément doit être un UUID."),
            Some(tag) if !known.contains(&tag.to_lowercase()) => {
                fields.fault("tagIds", "Ce tag n'existe pas.");
            }
            Some(_) => {}
        }
    }
}

/// The number that people use: `INV-1042`.
struct Number(usize);

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "INV-{}", BEFORE_FIRST_NUMBER + self.0)
    }
}

/// All tickets, the oldest first, found by their key without a scan.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    all: Vec<SandboxTicket>,
    by_key: HashMap<String, Vec<usize>>,
    month: Option<(i16, i8)>,
    this_month: u64,
}

impl Tickets {
    /// Opens a ticket, unless the plan's month is used up.
    pub(super) fn open(
        &mut self,
        new: NewTicket,
        customer: &Customer,
        id: String,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<&SandboxTicket, Refusal> {
        let date = now.to_zoned(TimeZone::UTC).date();
        let month = Some((date.year(), date.month()));
        if self.month != month {
            (self.month, self.this_month) = (month, 0);
        }
        if settings.plan_tickets.is_some_and(|allowed| self.this_month >= allowed) {
            return Err(Refusal::PlanLimitReached);
        }
        self.this_month += 1;
        let key = new.metadata.get("deskbell_key").and_then(Value::as_str).map(str::to_owned);
        let index = self.all.len();
        if let Some(key) = &key {
            self.by_key.entry(key.clone()).or_default().push(index);
        }
        self.all.push(SandboxTicket {
            order: index as u64 + 1,
            id,
            number: Some(Number(index + 1).to_string()),
            key,
            subject: new.subject,
            description: new.description,
            priority: Some(new.priority),
            status: if settings.agent_free { "IN_PROGRESS" } else { "OPEN" }.to_owned(),
            customer: Some(customer.external_id.clone()),
            properties: new.metadata,
            associations: Vec::new(),
            comments: Vec::new(),
            archived: false,
            created_at: now,
        });
        Ok(&self.all[index])
    }

    /// Shows what an event on the customer's time line says at the ticket that it names.
    pub(super) fn note(&mut self, ticket: &str, text: &str) {
        if let Some(ticket) = self.all.iter_mut().find(|known| known.id == ticket) {
            ticket.comments.push(text.to_owned());
        }
    }

    /// All tickets.
    pub(super) fn shown(&self) -> Vec<SandboxTicket> {
        self.all.clone()
    }

    /// The tickets with this key in their metadata.
    pub(super) fn shown_with(&self, key: &str) -> Vec<SandboxTicket> {
        let places = self.by_key.get(key).into_iter().flatten();
        places.filter_map(|&index| self.all.get(index)).cloned().collect()
    }
}
