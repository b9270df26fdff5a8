//! What only the event itself can tell, as far as it is shown: otherwise, guesses would find what is
//! redacted.

use rusqlite::Transaction;

use super::Seen;
use crate::{
    event::{Event, Redactions},
    ledger::{
        FieldMatch, LedgerError, Search,
        sqlite::{
            edits,
            events::{self, Which},
        },
    },
};

/// What came of the look at a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ledger::sqlite) enum Look {
    /// Its text lacks what is searched for: it was not read.
    Glanced,
    /// It was read, and does not have it.
    Read,
    /// It has it.
    Has,
}

impl Look {
    /// What became of a row that does not have it.
    pub(super) fn missed<T>(self) -> Option<Seen<T>> {
        match self {
            Self::Glanced => Some(Seen::Glanced),
            Self::Read => Some(Seen::Opened),
            Self::Has => None,
        }
    }
}

/// Whether an event, or the words of a delivery's failure, has what `search` says of the payload, be
/// that nothing.
pub(in crate::ledger::sqlite) fn look(
    tx: &Transaction<'_>,
    search: &Search,
    number: i64,
    words: Option<&str>,
    redactions: &Redactions,
) -> Result<Look, LedgerError> {
    if !search.is_of_payload() {
        return Ok(Look::Has);
    }
    if search.fields.is_empty()
        && let (Some(text), Some(words)) = (&search.text, words)
        && contains(words, text)
    {
        return Ok(Look::Has);
    }
    let may_have = may_have(tx, search, number, words)?;
    if may_have
        && let Some(record) = events::show(tx, Which::Number, [number], redactions)?.pop()
        && is_in(search, &record.envelope.event, words)
    {
        return Ok(Look::Has);
    }
    let edited = edits::events(tx, number, redactions)?;
    Ok(if edited.iter().any(|event| is_in(search, event, words)) {
        Look::Has
    } else if may_have || !edited.is_empty() {
        Look::Read
    } else {
        Look::Glanced
    })
}

fn is_in(search: &Search, event: &Event, words: Option<&str>) -> bool {
    let is_said = search.text.as_ref().is_none_or(|text| {
        words.is_some_and(|words| contains(words, text))
            || contains(&String::from_utf8_lossy(&event.to_cloudevents()), &as_in_json(text))
    });
    is_said && search.fields.iter().all(|field| field.holds(&event.data))
}

/// Whether the event is worth reading: its text is looked at as it is, which is quick.
fn may_have(
    tx: &Transaction<'_>,
    search: &Search,
    number: i64,
    words: Option<&str>,
) -> Result<bool, LedgerError> {
    let mut statement = tx.prepare_cached("SELECT body FROM events WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    let is_said = search.text.as_ref().is_none_or(|text| {
        words.is_some_and(|words| contains(words, text)) || contains(body, &as_in_json(text))
    });
    Ok(is_said && search.fields.iter().filter_map(FieldMatch::hint).all(|it| body.contains(it)))
}

fn contains(whole: &str, text: &str) -> bool {
    whole.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
}

/// The text as it stands inside a JSON string.
fn as_in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_searched_text_is_looked_for_as_json_writes_it() {
        assert_eq!(as_in_json("a \"b\"\n"), r#"a \"b\"\n"#);
    }
}
