//! What KF5's answers mean.
//!
//! Neither the statuses of errors nor their bodies are documented. So an error is told by its
//! status, its body need not be JSON, and its words are only shown.

use serde_json::Value;

use super::{Id, Ticket, reading::Record};
use crate::{
    delivery::Reason,
    desks::{
        DeskError,
        reply::{Reply, text},
    },
    ticket::TicketRef,
};

/// Members that may hold words for people, the likeliest first.
const WORDS: [&str; 6] = ["message", "msg", "error", "errors", "description", "detail"];

/// How deep words are looked for.
const DEPTH: usize = 3;

/// The body of an answer that says that all went well.
pub(super) fn success(reply: &Reply) -> Result<&Value, DeskError> {
    if !reply.is_success() {
        return Err(error(reply));
    }
    reply.json().ok_or_else(|| reply.unreadable("the body is not JSON"))
}

/// Reads an answer that is about one record.
pub(super) fn one<T: Record>(reply: &Reply, member: &str) -> Result<T, DeskError> {
    let record = success(reply)?.get(member).and_then(T::read);
    record.ok_or_else(|| reply.unreadable("the record or its `id` is missing"))
}

/// Reads an answer that lists records and has no pages.
pub(super) fn many<T: Record>(reply: &Reply, member: &str) -> Result<Vec<T>, DeskError> {
    let list = success(reply)?.get(member).and_then(Value::as_array);
    let records: Option<Vec<T>> = list.and_then(|list| list.iter().map(T::read).collect());
    records.ok_or_else(|| reply.unreadable("the list is missing"))
}

/// Reads the answer to the request for a ticket. Where its body cannot be read, the place that it
/// names tells the id as well.
pub(super) fn created(reply: &Reply) -> Result<TicketRef, DeskError> {
    let id = match one::<Ticket>(reply, "ticket") {
        Ok(ticket) => ticket.id,
        Err(error) => located(reply).ok_or(error)?,
    };
    Ok(reference(&id))
}

/// Reads an answer without anything to read.
pub(super) fn done(reply: &Reply) -> Result<(), DeskError> {
    if reply.is_success() { Ok(()) } else { Err(error(reply)) }
}

/// How a ticket is known from now on. Where people see it is not documented.
pub(super) fn reference(id: &Id) -> TicketRef {
    TicketRef { id: id.to_string(), number: None, url: None }
}

/// What an answer means that is not a success.
pub(super) fn error(reply: &Reply) -> DeskError {
    let json = reply.json();
    let code = json.and_then(|json| code(json, DEPTH));
    let answer =
        reply.answer(code.as_deref(), json.and_then(|json| words(json, DEPTH)).as_deref(), None);
    let after = reply.retry_after;
    match reply.status {
        // The key, or the role of the agent whose key it is.
        401 | 403 => DeskError::Account(answer),
        408 | 500.. => DeskError::Faulty(answer, after),
        429 => DeskError::Throttled(answer, after),
        // A page of a proxy or a firewall says nothing about the ticket.
        400..500 if reply.is_page() => reply.unreadable("the body is a page"),
        400..500 => DeskError::Refused(Reason::Refused, answer),
        _ => reply.unreadable("the status is not one of this API's"),
    }
}

/// The id in `Location: https://…/tickets/123.json`, which comes with 201.
fn located(reply: &Reply) -> Option<Id> {
    if reply.status != 201 {
        return None;
    }
    let (_, name) = reply.header("location")?.rsplit_once("/tickets/")?;
    name.strip_suffix(".json")?.parse().ok()
}

fn code(value: &Value, depth: usize) -> Option<String> {
    let direct = ["code", "err"].iter().find_map(|name| value.get(name).and_then(text));
    let inner = || value.get("error").and_then(|inner| code(inner, depth.checked_sub(1)?));
    direct.or_else(inner)
}

/// All words in an error, wherever they stand.
fn words(value: &Value, depth: usize) -> Option<String> {
    let deeper = |value: &Value| words(value, depth.checked_sub(1)?);
    match value {
        Value::Array(list) => joined(list.iter().filter_map(deeper)),
        Value::Object(members) => {
            let named = WORDS.iter().find_map(|name| members.get(*name).and_then(deeper));
            let field =
                |(name, value): (&String, &Value)| Some(format!("{name}: {}", deeper(value)?));
            // A table of fields has none of those names.
            if depth == DEPTH {
                named
            } else {
                named.or_else(|| joined(members.iter().filter_map(field)))
            }
        }
        value => text(value),
    }
}

fn joined(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then(|| words.join("; "))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;

    #[test]
    fn words_and_code_are_found_in_any_likely_shape() {
        for (body, expected, code) in [
            (json!({ "message": "参数错误", "code": 1001 }), "参数错误", Some("1001")),
            (json!({ "err": 1, "msg": "参数错误" }), "参数错误", Some("1")),
            (json!({ "error": { "code": "E7", "message": "no" } }), "no", Some("E7")),
            (json!({ "errors": ["a", { "message": "b" }] }), "a; b", None),
            (
                json!({ "errors": { "title": ["empty"], "type": "odd" } }),
                "title: empty; type: odd",
                None,
            ),
            (json!({ "ticket": { "id": 1 } }), "no message", None),
            (json!([]), "no message", None),
        ] {
            let reply = Reply::new(422, &HeaderMap::new(), &body.to_string());
            let failure = error(&reply).failure();
            assert_eq!(
                (failure.words.as_str(), failure.code.as_deref()),
                (expected, code),
                "{body}"
            );
        }
    }

    #[test]
    fn a_created_ticket_is_named_by_its_place_where_the_body_says_nothing() {
        let mut headers = HeaderMap::new();
        let place = "https://acme.kf5.com/apiv2/tickets/123.json";
        headers.insert("location", place.parse().unwrap());
        assert_eq!(created(&Reply::new(201, &headers, "")).unwrap().id, "123");
        assert!(created(&Reply::new(201, &HeaderMap::new(), "")).is_err());
        assert!(created(&Reply::new(302, &headers, "")).is_err());
        headers.insert("location", "https://acme.kf5.com/login".parse().unwrap());
        assert!(created(&Reply::new(201, &headers, "{}")).is_err());
    }
}
