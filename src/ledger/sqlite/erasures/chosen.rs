//! Which events are the customer's.

use rusqlite::Transaction;

use crate::{
    event::{Event, Limits, SourceName, read_json},
    ledger::{
        Erasing, FieldMatch, LedgerError,
        sqlite::{edits::OF_EVENT, error::unreadable},
    },
};

/// Events that one call looks at.
const MOST_LOOKED_AT: usize = 1000;

/// Events that one transaction rewrites: others wait for the writer meanwhile.
const MOST_CHOSEN: usize = 25;

/// Some events of the customer.
pub(super) struct Chosen {
    pub(super) numbers: Vec<i64>,
    /// The last one that was looked at; `None`: there are no more.
    pub(super) next: Option<i64>,
}

/// Looks at events behind a place.
pub(super) fn choose(tx: &Transaction<'_>, erasing: &Erasing) -> Result<Chosen, LedgerError> {
    let mut statement = tx.prepare_cached(
        "SELECT number, source, id, body, erased_at IS NOT NULL FROM events WHERE number > ?1
         ORDER BY number LIMIT ?2",
    )?;
    let most = i64::try_from(MOST_LOOKED_AT).unwrap_or(i64::MAX);
    let mut rows = statement.query((erasing.after, most))?;
    let mut chosen = Chosen { numbers: Vec::new(), next: None };
    let (mut looked, mut last) = (0, erasing.after);
    while let Some(row) = rows.next()? {
        looked += 1;
        last = row.get(0)?;
        if !row.get::<_, bool>(4)? {
            let (source, id, body): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            let is_posted = says(&erasing.customer, &body, || posted(&source, &id, &body))?;
            if is_posted || is_edited_so(tx, last, &erasing.customer)? {
                chosen.numbers.push(last);
            }
        }
        if chosen.numbers.len() >= MOST_CHOSEN {
            chosen.next = Some(last);
            return Ok(chosen);
        }
    }
    chosen.next = (looked >= MOST_LOOKED_AT).then_some(last);
    Ok(chosen)
}

fn posted(source: &str, id: &str, body: &str) -> Result<serde_json::Value, LedgerError> {
    let name = || format!("event {id} of {source}");
    let source: SourceName = source.parse().map_err(unreadable(name))?;
    let event = Event::from_cloudevents(&source, body.as_bytes()).map_err(unreadable(name))?;
    Ok(event.data)
}

fn is_edited_so(
    tx: &Transaction<'_>,
    number: i64,
    customer: &[FieldMatch],
) -> Result<bool, LedgerError> {
    let edited: Vec<String> = tx
        .prepare_cached(OF_EVENT)?
        .query_map([number], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for data in edited {
        let parse = || {
            let name = || format!("an edit of event number {number}");
            read_json(data.as_bytes(), Limits::CARRIED).map_err(unreadable(name))
        };
        if says(customer, &data, parse)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a payload is of the customer; it is not parsed where its text cannot be.
fn says(
    customer: &[FieldMatch],
    text: &str,
    data: impl FnOnce() -> Result<serde_json::Value, LedgerError>,
) -> Result<bool, LedgerError> {
    let may = |wanted: &FieldMatch| wanted.hint().is_none_or(|hint| text.contains(hint));
    if !customer.iter().any(may) {
        return Ok(false);
    }
    let data = data()?;
    Ok(customer.iter().any(|wanted| wanted.holds(&data)))
}
