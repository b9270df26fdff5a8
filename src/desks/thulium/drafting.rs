//! From a draft to Thulium's ticket.

use serde_json::{Map, Value};

use super::{
    Settings,
    bodies::{BodyType, Direction, NewTicket},
    ties,
};
use crate::{
    delivery::DeliveryKey,
    desks::{DeskError, text},
    ticket::{Priority, TicketDraft},
};

/// What Thulium requires of every ticket; said before anything is sent.
pub(super) fn check(draft: &TicketDraft) -> Result<(), DeskError> {
    for (name, text) in [("subject", &draft.subject), ("description", &draft.description)] {
        if text.trim().is_empty() {
            let words = format!("Thulium requires `{name}`, and it is empty");
            return Err(DeskError::Incomplete(words));
        }
    }
    ties::check(draft)
}

/// The ticket, in the customer's name: nobody gets an e-mail.
pub(super) fn new_ticket(
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
    customer_id: Option<String>,
    category_id: Option<String>,
) -> NewTicket {
    let email = draft.customer.as_ref().and_then(|customer| customer.email.as_deref());
    NewTicket {
        to: settings.mailbox.clone(),
        subject: draft.subject.clone(),
        from: email.map(str::trim).filter(|email| !email.is_empty()).map(str::to_owned),
        body: text::html(&draft.description, text::UNLIMITED),
        body_type: Some(BodyType::Html),
        direction: Some(Direction::InBehalfOf),
        customer_id,
        tags: tags(settings, &draft.tags, draft.priority),
        status_id: settings.status.clone(),
        category_id,
        ticket_queue_id: settings.queue.clone(),
        custom_fields: custom_fields(settings, key, draft),
        ..NewTicket::default()
    }
}

/// `tags` with the one that stands for `priority`, and without those for the others.
pub(super) fn tags(settings: &Settings, tags: &[String], priority: Priority) -> Vec<String> {
    let own = settings.priority_tags.get(&priority);
    let is_priority = |tag: &String| settings.priority_tags.values().any(|known| known == tag);
    let kept = tags.iter().filter(|tag| !tag.trim().is_empty() && !is_priority(tag));
    let mut all: Vec<String> = Vec::new();
    for tag in kept.chain(own) {
        if !all.contains(tag) {
            all.push(tag.clone());
        }
    }
    all
}

fn custom_fields(
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            fields.insert(name.to_owned(), value.into());
        }
    };
    for (name, field) in &settings.custom_fields {
        if let Some(value) = draft.metadata.get(name) {
            put(field, field_value(value));
        }
    }
    if let Some(field) = &settings.priority_field {
        put(field, draft.priority.to_string());
    }
    if let Some(field) = &settings.key_field {
        put(field, key.to_string());
    }
    fields
}

/// Values are texts: numbers by their digits as written, lists with commas. What is nothing is an
/// empty text, and is not sent.
fn field_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(field_value).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
