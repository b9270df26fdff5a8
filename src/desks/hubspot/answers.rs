//! What HubSpot's answers mean.

use std::time::Duration;

use serde::Deserialize as _;
use serde_json::Value;

use super::{api::Batch, envelope::Envelope, limits, look_ups::Here};
use crate::{
    delivery::Reason,
    desks::{
        Answer, DeskError,
        reply::{Reply, text},
    },
    ticket::TicketRef,
};

/// How long a record stays locked ("Error handling", 423).
const LOCK: Duration = Duration::from_secs(2);

/// One option of an enumerated property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PropertyOption {
    /// The internal value, which is sent.
    pub(super) value: String,
    /// What people see.
    pub(super) label: String,
}

/// One type of association from a ticket to another kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AssociationLabel {
    /// `USER_DEFINED`
    pub(super) category: String,
    /// The type's number.
    pub(super) type_id: u64,
    /// What people see.
    pub(super) label: String,
}

/// Reads a ticket: the answer to the request for one, or to the question for one.
pub(super) fn ticket(reply: &Reply) -> Result<TicketRef, DeskError> {
    Ok(TicketRef { id: id(reply)?, number: None, url: reply.text("url") })
}

/// Reads what came of a batch; an answer of another shape tells nothing of it.
pub(super) fn batch(reply: &Reply) -> Option<Batch> {
    Batch::deserialize(reply.json()?).ok()
}

/// Reads the answer to the question for a record by its own resource: the record, if it exists.
pub(super) fn record(reply: &Reply) -> Result<Option<Here>, DeskError> {
    match reply.status {
        404 if is_object(reply) => Ok(None),
        _ => Ok(Some(Here { id: id(reply)?, url: reply.text("url") })),
    }
}

/// Reads the answer to a search: the first record, if there is any.
pub(super) fn searched(reply: &Reply) -> Result<Option<Here>, DeskError> {
    match list(reply, "results")?.first() {
        None => Ok(None),
        Some(record) => {
            let member = |name| record.get(name).and_then(text);
            let id = member("id").ok_or_else(|| reply.unreadable("a result has no `id`"))?;
            Ok(Some(Here { id, url: member("url") }))
        }
    }
}

/// Reads the answer to the question for several records, one by one or by search.
pub(super) fn read(reply: &Reply) -> Result<Batch, DeskError> {
    list(reply, "results")?;
    batch(reply).ok_or_else(|| reply.unreadable("the results are of another shape"))
}

/// Whether there are more results than the page of a search shows.
pub(super) fn has_more(reply: &Reply) -> bool {
    reply.json().is_some_and(|json| json.pointer("/paging/next/after").is_some())
}

/// Reads the answer to the request for a record: its id, also where it exists already
/// (`Contact already exists. Existing ID: 12345`).
pub(super) fn created_record(reply: &Reply) -> Result<String, DeskError> {
    let existing = (reply.status == 409).then(|| existing_id(reply)).flatten();
    existing.map_or_else(|| id(reply), Ok)
}

/// Reads the answer to a change of a ticket.
pub(super) fn changed(reply: &Reply) -> Result<(), DeskError> {
    match reply.status {
        404 if is_object(reply) => Err(DeskError::TicketGone(Envelope::of(reply).answer(reply))),
        _ => id(reply).map(drop),
    }
}

/// Reads the answer to a tie. One to what is not there is refused.
pub(super) fn tied(reply: &Reply) -> Result<(), DeskError> {
    match reply.status {
        404 if is_object(reply) => {
            Err(DeskError::Refused(Reason::Refused, Envelope::of(reply).answer(reply)))
        }
        _ if reply.is_success() => Ok(()),
        _ => Err(error(reply)),
    }
}

/// Whether the record that was asked for is not there.
pub(super) fn is_absent(reply: &Reply) -> bool {
    reply.status == 404 && is_object(reply)
}

/// Reads a property's options; `None` where the property does not exist or the key may not read it.
pub(super) fn options(reply: &Reply) -> Result<Option<Vec<PropertyOption>>, DeskError> {
    if matches!(reply.status, 403 | 404) {
        return Ok(None);
    }
    let option = |option: &Value| {
        let value = text(option.get("value")?)?;
        let label = option.get("label").and_then(text).unwrap_or_else(|| value.clone());
        Some(PropertyOption { value, label })
    };
    Ok(Some(list(reply, "options")?.iter().filter_map(option).collect()))
}

/// Reads the labelled types of association.
pub(super) fn labels(reply: &Reply) -> Result<Vec<AssociationLabel>, DeskError> {
    let label = |entry: &Value| {
        Some(AssociationLabel {
            category: text(entry.get("category")?)?,
            type_id: text(entry.get("typeId")?)?.parse().ok()?,
            label: text(entry.get("label")?)?,
        })
    };
    Ok(list(reply, "results")?.iter().filter_map(label).collect())
}

/// What an answer means that is not a success ("Error handling", "API usage guidelines").
pub(super) fn error(reply: &Reply) -> DeskError {
    let envelope = Envelope::of(reply);
    let answer = envelope.answer(reply);
    let after = reply.retry_after;
    match reply.status {
        401 => DeskError::Account(answer),
        408 | 500.. => DeskError::Faulty(answer, after),
        423 => DeskError::Locked(answer, Some(after.unwrap_or_default().max(LOCK))),
        429 => throttled(envelope.policy.as_deref(), answer, reply),
        477 => DeskError::Throttled(answer, after),
        // A page of a proxy or a firewall says nothing about the ticket or the key.
        _ if !is_object(reply) => reply.unreadable("the body is not a JSON object"),
        403 => DeskError::Account(answer),
        400..500 => DeskError::Refused(Reason::Refused, answer),
        _ => reply.unreadable("the status is not one of this API's"),
    }
}

/// The documented limits name themselves; HubSpot's own clients wait a window's length.
fn throttled(policy: Option<&str>, answer: Answer, reply: &Reply) -> DeskError {
    let after = reply.retry_after;
    let or = |seconds| after.or(Some(Duration::from_secs(seconds)));
    match policy {
        Some("DAILY") => {
            DeskError::QuotaSpent(answer, after.or_else(|| Some(limits::day_spent(reply))))
        }
        Some("TEN_SECONDLY_ROLLING") => DeskError::Throttled(answer, or(10)),
        Some("SECONDLY") => DeskError::Throttled(answer, or(1)),
        _ => DeskError::Throttled(answer, after),
    }
}

fn id(reply: &Reply) -> Result<String, DeskError> {
    if reply.is_success() {
        reply.text("id").ok_or_else(|| reply.unreadable("`id` is missing"))
    } else {
        Err(error(reply))
    }
}

pub(super) fn list<'a>(reply: &'a Reply, name: &str) -> Result<&'a [Value], DeskError> {
    if !reply.is_success() {
        return Err(error(reply));
    }
    let list = reply.json().and_then(|json| json.get(name)).and_then(Value::as_array);
    list.map(Vec::as_slice).ok_or_else(|| reply.unreadable("the list is missing"))
}

fn existing_id(reply: &Reply) -> Option<String> {
    let message = reply.text("message")?;
    let (_, rest) = message.split_once("Existing ID:")?;
    let id: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

fn is_object(reply: &Reply) -> bool {
    reply.json().is_some_and(Value::is_object)
}
