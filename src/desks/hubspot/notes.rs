//! Comments: HubSpot's notes, each tied to its ticket in the request that makes it ("Notes").

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Settings, paths::objects, requests::record_id};
use crate::desks::{
    DeskError,
    call::{Call, segment},
    reply::{Reply, text},
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
    let id = |result: &Value| result.get("toObjectId").and_then(text);
    let ids: Option<Vec<String>> = results.iter().map(id).collect();
    let ids = ids.ok_or_else(|| reply.unreadable("a result has no `toObjectId`"))?;
    let next = reply.json().and_then(|json| json.pointer("/paging/next/after")).and_then(text);
    Ok((ids, next))
}

/// Reads what notes say. Those that are gone since are left out by HubSpot.
pub(super) fn bodies(reply: &Reply) -> Result<Vec<String>, DeskError> {
    let body = |note: &Value| note.pointer("/properties/hs_note_body").and_then(text);
    Ok(super::answers::list(reply, "results")?.iter().filter_map(body).collect())
}

/// `text` as the HTML that HubSpot shows. What is too long loses its end, and keeps `sign`.
fn html(text: &str, sign: &str) -> String {
    let whole = escaped(text);
    if whole.chars().count() <= LONGEST_BODY {
        return whole;
    }
    let end = format!("…<br><br>{}", escaped(sign));
    let room = LONGEST_BODY - end.chars().count();
    let mut cut = String::new();
    let mut length = 0;
    for char in text.chars() {
        let piece = escaped(char.encode_utf8(&mut [0; 4]));
        length += piece.chars().count();
        if length > room {
            break;
        }
        cut.push_str(&piece);
    }
    cut + &end
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_event_says_is_no_markup_in_a_note() {
        assert_eq!(html("a <b> & c\n\n[x]", "[x]"), "a &lt;b&gt; &amp; c<br><br>[x]");
    }

    #[test]
    fn a_note_that_is_too_long_keeps_its_mark() {
        let text = format!("{}\n\n[deskbell 1]", "<".repeat(LONGEST_BODY));
        let html = html(&text, "[deskbell 1]");
        assert!(html.chars().count() <= LONGEST_BODY);
        assert!(html.starts_with("&lt;&lt;") && html.ends_with("…<br><br>[deskbell 1]"));
    }
}
