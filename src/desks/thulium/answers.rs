//! What Thulium's answers mean. There is no public list of its error codes: the status decides.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::records::{Entry, Page};
use crate::{
    delivery::Reason,
    desks::{
        Answer, DeskError,
        reply::{Reply, text},
    },
};

/// Reads the answer to the request for a ticket or a customer: the new id, which is one of `names`.
pub(super) fn created(reply: &Reply, names: &[&str]) -> Result<String, DeskError> {
    succeeded(reply)?;
    let id = names.iter().find_map(|name| reply.text(name));
    id.ok_or_else(|| reply.unreadable("the new id is missing"))
}

/// Reads the answer to a change of a ticket, which says nothing but that it was done: an empty body,
/// `[]`, or the ticket.
pub(super) fn changed(reply: &Reply) -> Result<(), DeskError> {
    if reply.status == 404 && is_object(reply) {
        return Err(DeskError::TicketGone(answer(reply)));
    }
    succeeded(reply)?;
    if reply.is_empty() || reply.json().is_some() {
        Ok(())
    } else {
        Err(reply.unreadable("the body is not JSON"))
    }
}

/// Reads one record; `None` where there is no such record.
pub(super) fn record<T: DeserializeOwned>(reply: &Reply) -> Result<Option<T>, DeskError> {
    if reply.status == 404 && is_object(reply) {
        return Ok(None);
    }
    succeeded(reply)?;
    let record = reply.json().filter(|json| json.is_object()).cloned();
    let record = record.and_then(|record| serde_json::from_value(record).ok());
    record.map(Some).ok_or_else(|| reply.unreadable("the record has no id, or another shape"))
}

/// Reads one page: `{count, result}`, or a list alone.
pub(super) fn page<T: DeserializeOwned>(reply: &Reply) -> Result<Page<T>, DeskError> {
    let list = list(reply)?;
    let count = reply.text("count").and_then(|count| count.parse().ok());
    let read = || list.iter().map(|item| serde_json::from_value(item.clone())).collect();
    let result: Result<Vec<T>, _> = read();
    let result = result.map_err(|_| reply.unreadable("an item has no id, or another shape"))?;
    Ok(Page { count, result })
}

/// Reads a list of statuses, queues, categories or agents.
pub(super) fn entries(reply: &Reply) -> Result<Vec<Entry>, DeskError> {
    Ok(list(reply)?.iter().filter_map(Entry::of).collect())
}

/// Reads one agent; `None` where there is no such agent.
pub(super) fn entry(reply: &Reply) -> Result<Option<Entry>, DeskError> {
    if reply.status == 404 && is_object(reply) {
        return Ok(None);
    }
    succeeded(reply)?;
    let entry = reply.json().and_then(Entry::of);
    entry.map(Some).ok_or_else(|| reply.unreadable("the record has no id"))
}

fn list(reply: &Reply) -> Result<&[Value], DeskError> {
    succeeded(reply)?;
    let json = reply.json();
    let list = json.and_then(|json| json.get("result").unwrap_or(json).as_array());
    list.map(Vec::as_slice).ok_or_else(|| reply.unreadable("the list is missing"))
}

fn succeeded(reply: &Reply) -> Result<(), DeskError> {
    let has_errors = !errors(reply).is_empty();
    match reply.is_success() {
        true if has_errors => Err(reply.unreadable("a status of success stands over errors")),
        true => Ok(()),
        false => Err(error(reply)),
    }
}

fn errors(reply: &Reply) -> &[Value] {
    let errors = reply.json().and_then(|json| json.get("errors")).and_then(Value::as_array);
    errors.map(Vec::as_slice).unwrap_or_default()
}

/// What an answer means that is not a success.
fn error(reply: &Reply) -> DeskError {
    let answer = answer(reply);
    let after = reply.retry_after;
    match reply.status {
        401 => DeskError::Account(answer),
        408 | 500.. => DeskError::Faulty(answer, after),
        429 => DeskError::Throttled(answer, after),
        // A page of a proxy or a firewall says nothing about the ticket or the key.
        _ if !is_object(reply) => reply.unreadable("the body is not a JSON object"),
        403 => DeskError::Account(answer),
        400..500 => DeskError::Refused(Reason::Refused, answer),
        _ => reply.unreadable("the status is not one of this API's"),
    }
}

/// The answer in Thulium's words.
fn answer(reply: &Reply) -> Answer {
    let errors = errors(reply);
    let words: Vec<_> = errors.iter().filter_map(|error| text(error.get("message")?)).collect();
    let code = errors.iter().find_map(|error| text(error.get("code")?));
    let request_id = reply.text("request_id");
    reply.answer(code.as_deref(), Some(&words.join("; ")), request_id.as_deref())
}

fn is_object(reply: &Reply) -> bool {
    reply.json().is_some_and(Value::is_object)
}
