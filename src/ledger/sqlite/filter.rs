//! A filter as a query.

use rusqlite::{ToSql, Transaction, types::Value};

use super::{
    deliveries, edits,
    events::{self, Which},
};
use crate::{
    delivery::{Delivery, EventRef},
    event::{Event, Redactions},
    ledger::{Filter, LedgerError},
    sqlite::to_nanos,
};

/// Reads the deliveries that pass `filter`, the last changed first.
pub(super) fn deliveries(
    tx: &Transaction<'_>,
    filter: &Filter,
    redactions: &Redactions,
) -> Result<Vec<Delivery>, LedgerError> {
    let (query, parameters) = query(filter);
    let parameters: Vec<&dyn ToSql> =
        parameters.iter().map(|parameter| parameter as &dyn ToSql).collect();
    let Some(text) = &filter.text else { return deliveries::query(tx, &query, &parameters) };
    let most = filter.most.unwrap_or(usize::MAX);
    let mut statement = tx.prepare_cached(&query)?;
    let mut rows = statement.query(&*parameters)?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let (key, doc): (String, String) = (row.get(0)?, row.get(1)?);
        let delivery = deliveries::parse(&key, &doc)?;
        if is_shown(tx, text, &delivery, redactions)? {
            found.push(delivery);
        }
    }
    Ok(found)
}

/// Whether the text that was found is one that may be seen: otherwise, guesses would find what is
/// redacted.
fn is_shown(
    tx: &Transaction<'_>,
    text: &str,
    delivery: &Delivery,
    redactions: &Redactions,
) -> Result<bool, LedgerError> {
    let EventRef { source, id, .. } = &delivery.event;
    let says = |words: &str, text: &str| {
        // As LIKE compares.
        words.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
    };
    if redactions.hidden_of(source).is_empty()
        || delivery.failure().is_some_and(|failure| says(&failure.words, text))
    {
        return Ok(true);
    }
    let is_in =
        |event: &Event| says(&String::from_utf8_lossy(&event.to_cloudevents()), &as_in_json(text));
    let shown = events::show(tx, Which::Named, [id.as_str(), source.as_str()], redactions)?;
    if shown.iter().any(|record| is_in(&record.envelope.event)) {
        return Ok(true);
    }
    let number = "SELECT event FROM deliveries WHERE key = ?1";
    let number: i64 =
        tx.prepare_cached(number)?.query_row([delivery.key.as_str()], |row| row.get(0))?;
    Ok(edits::events(tx, number, redactions)?.iter().any(|event| is_in(event)))
}

/// The query with its parameters, in the order of their places.
pub(super) fn query(filter: &Filter) -> (String, Vec<Value>) {
    let mut conditions = Vec::new();
    let mut parameters = Vec::new();
    for (condition, value) in [
        ("state = ?", filter.state.clone()),
        ("desk = ?", filter.desk.clone().map(String::from)),
        ("source = ?", filter.source.clone().map(String::from)),
        ("event_type = ?", filter.event_type.clone().map(String::from)),
        ("reason = ?", filter.reason.map(|reason| reason.as_str().to_owned())),
    ] {
        if let Some(value) = value {
            conditions.push(condition);
            parameters.push(Value::Text(value));
        }
    }
    if let Some(since) = filter.since {
        conditions.push("updated_at >= ?");
        parameters.push(Value::Integer(to_nanos(since)));
    }
    if let Some(text) = &filter.text {
        conditions.push(
            r"(words LIKE ? ESCAPE '\' OR EXISTS (
                SELECT 1 FROM events WHERE number = event AND body LIKE ? ESCAPE '\')
            OR EXISTS (SELECT 1 FROM edits
                WHERE edits.event = deliveries.event AND data LIKE ? ESCAPE '\'))",
        );
        parameters.push(Value::Text(containing(text)));
        parameters.push(Value::Text(containing(&as_in_json(text))));
        parameters.push(Value::Text(containing(&as_in_json(text))));
    }
    let mut query = "SELECT key, doc FROM deliveries".to_owned();
    for (index, condition) in conditions.into_iter().enumerate() {
        query.push_str(if index == 0 { " WHERE " } else { " AND " });
        query.push_str(condition);
    }
    query.push_str(" ORDER BY updated_at DESC, key");
    // What a text is found in may turn out to be hidden, and does not count.
    if let (Some(most), None) = (filter.most, &filter.text) {
        query.push_str(" LIMIT ?");
        parameters.push(Value::Integer(i64::try_from(most).unwrap_or(i64::MAX)));
    }
    (query, parameters)
}

/// A pattern for texts that contain `text`, whose own `%` and `_` mean themselves.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The text as it stands inside a JSON string.
pub(super) fn as_in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_searched_text_is_taken_literally() {
        assert_eq!(containing(r"50%_\"), r"%50\%\_\\%");
        assert_eq!(as_in_json("a \"b\"\n"), r#"a \"b\"\n"#);
    }

    #[test]
    fn a_filter_that_says_nothing_chooses_all() {
        let (query, parameters) = query(&Filter::default());
        assert_eq!(query, "SELECT key, doc FROM deliveries ORDER BY updated_at DESC, key");
        assert_eq!(parameters, []);
    }
}
