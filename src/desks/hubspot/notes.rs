//! Comments: HubSpot's notes, each tied to its ticket in the request that makes it ("Notes").

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Settings, paths::objects, requests::record_id};
use crate::desks::{
    DeskError,
    call::{Call, segment},
    reply::{self, Reply},
    text,
};

/// The type of an unlabelled association from a note to a ticket ("Associate records").
const NOTE_TO_TICKET: u64 = 228;

/// The longest body of a note, in characters ("Notes").
const LONGEST_BODY: usize = 65_536;

/// Records that one call reads ("Batch read").
pub(super) const MOST_READ: usize = 100;

/// The request for a note on a ticket, whose text ends in `sign`.
pub(super) fn create(
    settings: &Settings,
    ticket: &str,
    at: Timestamp,
    text: &str,
    sign: &str,
) -> Call {
    let body = json!({
        "properties": {
            "hs_timestamp": format!("{at:.3}"),
            "hs_note_body": html(text, sign),
        },
        "associations": [{
            "to": { "id": record_id(ticket) },
            "types": [{
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": NOTE_TO_TICKET,
            }],
        }],
    });
    let path = objects(settings, "notes");
    Call::with_body(Method::POST, "/crm/{version}/objects/notes", path, body)
}

/// The question for a page of the notes of a ticket, behind `after`. The page names this path
/// whatever the version of the rest. `None` for an id that no ticket can have.
pub(super) fn list(ticket: &str, after: Option<&str>) -> Option<Call> {
    let mut path =
        format!("/crm/v4/objects/tickets/{}/associations/notes?limit=500", segment(ticket)?);
    if let Some(after) = after {
        path = format!("{path}&after={}", segment(after)?);
    }
    Some(Call::get("/crm/v4/objects/tickets/{id}/associations/notes", path))
}

/// The question for what the notes `ids` say.
pub(super) fn read(settings: &Settings, ids: &[String]) -> Call {
    let inputs: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    let body = json!({ "inputs": inputs, "properties": ["hs_note_body"] });
    let path = format!("{}/batch/read", objects(settings, "notes"));
    Call::with_body(Method::POST, "/crm/{version}/objects/notes/batch/read", path, body)
}

/// Reads a page of a ticket's notes: their ids, and where the next page begins.
pub(super) fn listed(reply: &Reply) -> Result<(Vec<String>, Option<String>), DeskError> {
    let results = super::answers::list(reply, "results")?;
    let id = |result: &Value| result.get("toObjectId").and_then(reply::text);
    let ids: Option<Vec<String>> = results.iter().map(id).collect();
    let ids = ids.ok_or_else(|| reply.unreadable("a result has no `toObjectId`"))?;
    let next =
        reply.json().and_then(|json| json.pointer("/paging/next/after")).and_then(reply::text);
    Ok((ids, next))
}

/// Reads what notes say. Those that are gone since are left out by HubSpot.
pub(super) fn bodies(reply: &Reply) -> Result<Vec<String>, DeskError> {
    let body = |note: &Value| note.pointer("/properties/hs_note_body").and_then(reply::text);
    Ok(super::answers::list(reply, "results")?.iter().filter_map(body).collect())
}

/// `text` as the HTML that HubSpot shows. What is too long loses its end, and keeps `sign`.
fn html(text: &str, sign: &str) -> String {
    let whole = text::html(text, text::UNLIMITED);
    if length(&whole) <= LONGEST_BODY {
        return whole;
    }
    let words = text.strip_suffix(sign).unwrap_or(text);
    let sign = text::html(sign, text::UNLIMITED);
    text::html(words, LONGEST_BODY.saturating_sub(length(&sign))) + &sign
}

/// As JavaScript counts characters: never less than there are.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_shows_what_the_rule_says_and_no_markup_of_an_event() {
        let expected = "<p>a <strong>b</strong> &lt;i&gt; &amp; c</p>\n<p>[x]</p>\n";
        assert_eq!(html("a **b** <i> & c\n\n[x]", "[x]"), expected);
    }

    #[test]
    fn a_note_that_is_too_long_keeps_its_mark() {
        let text = format!("{}\n\n[deskbell 1]", "a < ".repeat(LONGEST_BODY));
        let html = html(&text, "[deskbell 1]");
        assert!(html.chars().count() <= LONGEST_BODY);
        assert!(html.starts_with("<p>a &lt; a &lt;") && html.contains("cut: the text is longer"));
        assert!(html.ends_with("<p>[deskbell 1]</p>\n"));
    }
}
