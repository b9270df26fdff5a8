//! What SupportDesk is asked, as requests that are not sent yet.

use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{CustomerChange, NewEvent, NewTicket};
use crate::{
    delivery::{DeliveryKey, Mark},
    desks::{
        DeskError, Task,
        call::{Call, segment},
        text,
    },
    ticket::{Customer, TicketDraft},
};

/// The metadata name under which the delivery key stands in a ticket.
const KEY: &str = "deskbell_key";

/// The type of our entries on time lines.
const EVENT: &str = "deskbell.comment";

/// The request for the ticket; an error where the draft lacks what SupportDesk requires.
pub(super) fn create_ticket(key: &DeliveryKey, draft: &TicketDraft) -> Result<Call, DeskError> {
    let customer = external_id(draft)?;
    for (name, text) in [("subject", &draft.subject), ("description", &draft.description)] {
        if text.trim().is_empty() {
            return Err(incomplete(format!("SupportDesk requires `{name}`, and it is empty")));
        }
    }
    let mut metadata = draft.metadata.clone();
    metadata.insert(KEY.to_owned(), key.as_str().into());
    Ok(new_ticket(&NewTicket {
        customer_external_id: customer.to_owned(),
        subject: draft.subject.clone(),
        description: draft.description.clone(),
        priority: Some(draft.priority),
        category: draft.category.clone().filter(|category| !category.is_empty()),
        metadata: Some(metadata),
        tag_ids: tag_ids(&draft.tags),
    }))
}

/// The request for a ticket.
pub(super) fn new_ticket(ticket: &NewTicket) -> Call {
    let path = "/tickets/api-create";
    Call::with_body(Method::POST, path, path.to_owned(), json!(ticket))
}

/// The request that makes the customer, or brings it up to date. `None` where the rule does not
/// give the name and the e-mail address that SupportDesk requires of a new customer.
pub(super) fn upsert_customer(draft: &TicketDraft) -> Result<Option<Call>, DeskError> {
    let external_id = external_id(draft)?;
    let Some(Customer { name: Some(name), email: Some(email), phone, .. }) = &draft.customer else {
        return Ok(None);
    };
    if name.trim().is_empty() || email.trim().is_empty() {
        return Ok(None);
    }
    let change = CustomerChange {
        email: Some(email.clone()),
        name: Some(name.clone()),
        phone: phone.clone().filter(|phone| !phone.is_empty()),
        ..CustomerChange::default()
    };
    customer(external_id, &change).map(Some)
}

/// The request that makes or changes a customer.
pub(super) fn customer(external_id: &str, change: &CustomerChange) -> Result<Call, DeskError> {
    let path = format!("/customers/{}", path_segment(external_id)?);
    Ok(Call::with_body(Method::PATCH, "/customers/{externalId}", path, json!(change)))
}

/// The request that adds to a customer's time line.
pub(super) fn event(event: &NewEvent) -> Call {
    let path = "/customer-events";
    Call::with_body(Method::POST, path, path.to_owned(), json!(event))
}

/// The question whose key it is.
pub(super) fn whoami() -> Call {
    let path = "/auth/whoami";
    Call::get(path, path.to_owned())
}

/// The entry on the customer's time line that stands in for a comment. What is in it is shown as it
/// is sent: the text is plain, and what is not known is left out.
pub(super) fn add_event(mark: &Mark, task: &Task<'_>) -> Result<Call, DeskError> {
    let TicketDraft { subject, description, priority, .. } = task.draft;
    let text = text::plain(description, text::UNLIMITED);
    let ticket = task.ticket;
    let payload: Map<String, Value> = [
        ("subject", Some(subject.trim())),
        ("text", Some(text.as_str())),
        ("priority", Some(priority.as_str())),
        ("ticketNumber", ticket.and_then(|ticket| ticket.number.as_deref())),
        ("ticketId", ticket.map(|ticket| ticket.id.as_str())),
        ("deskbell_mark", Some(mark.as_str())),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.filter(|it| !it.is_empty()).map(|it| (name, it)))
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect();
    let body = json!({
        "customerExternalId": external_id(task.draft)?,
        "type": EVENT,
        "payload": payload,
        "occurredAt": format!("{:.3}", task.at),
    });
    let path = "/customer-events";
    Ok(Call::with_body(Method::POST, path, path.to_owned(), body))
}

fn external_id(draft: &TicketDraft) -> Result<&str, DeskError> {
    draft
        .customer
        .as_ref()
        .and_then(|customer| customer.external_id.as_deref())
        .filter(|id| !id.trim().is_empty())
        .ok_or_else(|| incomplete("SupportDesk requires `customer.external_id`".to_owned()))
}

fn path_segment(id: &str) -> Result<String, DeskError> {
    segment(id)
        .ok_or_else(|| incomplete("`customer.external_id` cannot stand in a path".to_owned()))
}

/// The tags that are ids. SupportDesk knows tags by their ids alone; a rule's tags go to all its
/// desks, and those with a name are for others.
pub(super) fn tag_ids(tags: &[String]) -> Vec<String> {
    let is_id = |tag: &&String| tag.len() == 36 && Uuid::try_parse(tag).is_ok();
    tags.iter().filter(is_id).cloned().collect()
}

fn incomplete(words: String) -> DeskError {
    DeskError::Incomplete(words)
}
