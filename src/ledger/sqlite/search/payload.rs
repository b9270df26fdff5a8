//! What only the event itself can tell, as far as it is shown: otherwise, guesses would find what is
//! redacted.

use rusqlite::Transaction;

use crate::{
    event::{Event, Redactions},
    ledger::{
        FieldMatch, LedgerError, Search,
        sqlite::{
            edits,
            events::{self, Which},
            filter::as_in_json,
        },
    },
};

/// Whether an event, or the words of a delivery's failure, has what `search` says of the payload.
pub(in crate::ledger::sqlite) fn has(
    tx: &Transaction<'_>,
    search: &Search,
    number: i64,
    words: Option<&str>,
    redactions: &Redactions,
) -> Result<bool, LedgerError> {
    if search.fields.is_empty()
        && let (Some(text), Some(words)) = (&search.text, words)
        && contains(words, text)
    {
        return Ok(true);
    }
    if may_have(tx, search, number)?
        && let Some(record) = events::show(tx, Which::Number, [number], redactions)?.pop()
        && is_in(search, &record.envelope.event, words)
    {
        return Ok(true);
    }
    let edited = edits::events(tx, number, redactions)?;
    Ok(edited.iter().any(|event| is_in(search, event, words)))
}

fn is_in(search: &Search, event: &Event, words: Option<&str>) -> bool {
    let is_said = search.text.as_ref().is_none_or(|text| {
        words.is_some_and(|words| contains(words, text))
            || contains(&String::from_utf8_lossy(&event.to_cloudevents()), &as_in_json(text))
    });
    is_said && search.fields.iter().all(|field| field.holds(&event.data))
}

/// Whether the event is worth reading: its text is looked at as it is, which is quick.
fn may_have(tx: &Transaction<'_>, search: &Search, number: i64) -> Result<bool, LedgerError> {
    let hints: Vec<&str> = search.fields.iter().filter_map(FieldMatch::hint).collect();
    if hints.is_empty() {
        return Ok(true);
    }
    let mut statement = tx.prepare_cached("SELECT body FROM events WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(hints.iter().all(|hint| body.contains(hint)))
}

fn contains(whole: &str, text: &str) -> bool {
    whole.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
}
