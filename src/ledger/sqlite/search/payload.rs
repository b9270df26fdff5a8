//! What only the event itself can tell, as far as it is shown: otherwise, guesses would find what is
//! redacted.

use rusqlite::Transaction;

use crate::{
    event::Redactions,
    ledger::{
        EventRecord, FieldMatch, LedgerError, Search,
        sqlite::{
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
    if !may_have(tx, search, number)? {
        return Ok(false);
    }
    let Some(record) = events::show(tx, Which::Number, [number], redactions)?.pop() else {
        return Ok(false);
    };
    Ok(is_in(search, &record, words))
}

fn is_in(search: &Search, record: &EventRecord, words: Option<&str>) -> bool {
    let event = &record.envelope.event;
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
