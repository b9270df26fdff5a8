//! Recorded events in the order in which they came.

use async_trait::async_trait;
use rusqlite::{Transaction, params};

use super::{
    SqliteLedger,
    events::{self, Which},
};
use crate::{
    event::{EventType, SourceName},
    ledger::{Cursor, EventSpan, LedgerError, Past, PastEvents},
    sqlite::to_nanos,
};

/// Numbers of events behind a place that say something still, in their order.
pub(super) const BEHIND: &str = "SELECT received_at, number FROM events INDEXED BY latest_events
    WHERE (received_at, number) > (?1, ?2) AND received_at < ?3 AND erased_at IS NULL
    AND (?4 IS NULL OR source = ?4) AND (?5 IS NULL OR type = ?5)
    ORDER BY received_at, number LIMIT ?6";

fn page(
    tx: &Transaction<'_>,
    span: &EventSpan,
    after: Option<&Cursor>,
    most: usize,
) -> Result<PastEvents, LedgerError> {
    let (at, number) =
        after.map_or((to_nanos(span.since), i64::MIN), |after| (after.at, after.number));
    let places = tx
        .prepare_cached(BEHIND)?
        .query_map(
            params![
                at,
                number,
                to_nanos(span.until),
                span.source.as_ref().map(SourceName::as_str),
                span.event_type.as_ref().map(EventType::as_str),
                i64::try_from(most).unwrap_or(i64::MAX),
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<Result<Vec<(i64, i64)>, _>>()?;
    let mut envelopes = Vec::with_capacity(places.len());
    for (_, number) in &places {
        let found = events::read(tx, Which::Number, [*number])?;
        envelopes.extend(found.into_iter().map(|recorded| recorded.envelope));
    }
    let last = places.last().filter(|_| places.len() >= most);
    let next = last.map(|&(at, number)| Cursor { at, number, name: String::new() });
    Ok(PastEvents { envelopes, next })
}

#[async_trait]
impl Past for SqliteLedger {
    async fn past_events(
        &self,
        span: &EventSpan,
        after: Option<&Cursor>,
        most: usize,
    ) -> Result<PastEvents, LedgerError> {
        let (span, after) = (span.clone(), after.cloned());
        self.read(move |tx| page(tx, &span, after.as_ref(), most)).await
    }
}
