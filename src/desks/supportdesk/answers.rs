//! What SupportDesk's answers mean.
//!
//! Errors are told apart by `code`: the messages are French and may change (page "Errors").

use std::{fmt::Write as _, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    delivery::Reason,
    desks::{
        Answer, DeskError,
        reply::{Reply, text},
    },
    ticket::TicketRef,
};

/// How long a spent plan is left alone: it lasts to the end of a month, unless somebody buys more.
const QUOTA_CHECK: Duration = Duration::from_hours(1);

/// The code of a customer whom the desk does not know.
pub(super) const CUSTOMER_NOT_FOUND: &str = "CUSTOMER_NOT_FOUND";

/// Reads the answer to the request for a ticket. The page does not say which 2xx it is.
pub(super) fn ticket(reply: &Reply) -> Result<TicketRef, DeskError> {
    let data = data(reply)?;
    let member = |name| data.and_then(|data| data.get(name)).and_then(text);
    let id = member("id").ok_or_else(|| reply.unreadable("`data.id` is missing"))?;
    Ok(TicketRef { id, number: member("ticketNumber"), url: None })
}

/// Reads the answer to the request for a customer.
pub(super) fn customer(reply: &Reply) -> Result<(), DeskError> {
    data(reply).map(drop)
}

/// Reads the answer to an entry on a time line.
pub(super) fn event(reply: &Reply) -> Result<(), DeskError> {
    data(reply).map(drop)
}

/// Reads what an answer holds in `data`.
pub(super) fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, DeskError> {
    let data = data(reply)?.ok_or_else(|| reply.unreadable("`data` is missing"))?;
    // The cause would quote the answer.
    T::deserialize(data).map_err(|_| reply.unreadable("`data` is of another shape"))
}

fn data(reply: &Reply) -> Result<Option<&Value>, DeskError> {
    if !reply.is_success() {
        return Err(error(reply));
    }
    match reply.json().and_then(|json| json.get("success")) {
        Some(Value::Bool(true)) => Ok(reply.json().and_then(|json| json.get("data"))),
        Some(Value::Bool(false)) => Err(error(reply)),
        _ => Err(reply.unreadable("`success` is missing")),
    }
}

fn error(reply: &Reply) -> DeskError {
    let code = reply.text("code");
    let answer = reply.answer(code.as_deref(), words(reply).as_deref(), None);
    let after = reply.retry_after;
    match code.as_deref() {
        Some(CUSTOMER_NOT_FOUND) => DeskError::UnknownCustomer(answer),
        Some("CUSTOMER_EMAIL_EXISTS") => DeskError::Refused(Reason::CustomerConflict, answer),
        Some("PLAN_LIMIT_REACHED") => DeskError::QuotaSpent(answer, after.or(Some(QUOTA_CHECK))),
        Some("TOO_MANY_REQUESTS") => DeskError::Throttled(answer, after),
        Some("INTERNAL_ERROR") => DeskError::Faulty(answer, after),
        Some("VALIDATION_ERROR" | "TICKET_NOT_FOUND") => {
            DeskError::Refused(Reason::Refused, answer)
        }
        Some(code) if code.starts_with("AUTH_") => DeskError::Account(answer),
        _ => by_status(reply, answer),
    }
}

/// What an error means whose code is not documented, or that has none.
fn by_status(reply: &Reply, answer: Answer) -> DeskError {
    let after = reply.retry_after;
    match reply.status {
        401 => DeskError::Account(answer),
        429 => DeskError::Throttled(answer, after),
        408 | 500.. => DeskError::Faulty(answer, after),
        // A page of a proxy or a firewall says nothing about the ticket or the key.
        _ if reply.json().is_none() => reply.unreadable("the body is not JSON"),
        403 => DeskError::Account(answer),
        400..500 => DeskError::Refused(Reason::Refused, answer),
        // Said to have failed with a status of success or of another place: nothing is known.
        _ => reply.unreadable("the status does not fit the body"),
    }
}

/// The message, with what is wrong with which field.
fn words(reply: &Reply) -> Option<String> {
    let mut words = reply.text("message").unwrap_or_default();
    let details = reply.json()?.get("details").and_then(Value::as_object);
    for (field, messages) in details.into_iter().flatten() {
        let messages: Vec<_> = match messages {
            Value::Array(messages) => messages.iter().filter_map(text).collect(),
            message => text(message).into_iter().collect(),
        };
        if !words.is_empty() {
            words.push_str("; ");
        }
        // Writing to a String cannot fail.
        let _ = write!(words, "{field}: {}", messages.join(", "));
    }
    Some(words)
}
