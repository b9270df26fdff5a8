//! Events, their routes, and the conflicts under their ids.

use std::error::Error;

use rusqlite::{OptionalExtension as _, Params, Row, Transaction, named_params};
use sha2::{Digest, Sha256};

use super::error::unreadable;
use crate::{
    event::{Envelope, Event, Redactions, RequestId, Route, SourceName},
    ledger::{EventRecord, LedgerError},
    sqlite::{from_nanos, to_nanos},
};

/// An event as it is written, made outside the writer's thread.
pub(super) struct EventRow {
    source: String,
    id: String,
    event_type: String,
    body: String,
    hash: Vec<u8>,
    request_id: String,
    received_at: i64,
    traceparent: String,
    pub(super) routes: Vec<Route>,
}

impl EventRow {
    pub(super) fn of(envelope: &Envelope) -> Self {
        let event = &envelope.event;
        Self {
            source: event.source.as_str().to_owned(),
            id: event.id.as_str().to_owned(),
            event_type: event.event_type.as_str().to_owned(),
            body: String::from_utf8_lossy(&event.to_cloudevents()).into_owned(),
            hash: content_hash(event),
            request_id: envelope.request_id.as_str().to_owned(),
            received_at: to_nanos(envelope.received_at),
            traceparent: envelope.trace.to_string(),
            routes: envelope.routes.clone(),
        }
    }

    /// Records the event with its routes and gives its number. Where the id is known, the first
    /// body stands; another one is counted, once for each time that it was posted.
    pub(super) fn record(&self, tx: &Transaction<'_>) -> rusqlite::Result<i64> {
        let known: Option<(i64, Vec<u8>)> = tx
            .prepare_cached("SELECT number, hash FROM events WHERE id = ?1 AND source = ?2")?
            .query_row((&self.id, &self.source), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let number = match known {
            None => self.insert(tx)?,
            // Of one that was erased there is no hash: nobody can tell another body from it.
            Some((number, hash)) if hash == self.hash || hash.is_empty() => number,
            Some((number, _)) => {
                self.note_conflict(tx, number)?;
                number
            }
        };
        for route in &self.routes {
            add_route(tx, number, route)?;
        }
        Ok(number)
    }

    fn insert(&self, tx: &Transaction<'_>) -> rusqlite::Result<i64> {
        tx.prepare_cached(
            "INSERT INTO events
             (source, id, type, body, hash, request_id, received_at, traceparent, routes, conflicts)
             VALUES (:source, :id, :type, :body, :hash, :request_id, :received_at, :traceparent,
                     0, 0)",
        )?
        .execute(named_params! {
            ":source": self.source,
            ":id": self.id,
            ":type": self.event_type,
            ":body": self.body,
            ":hash": self.hash,
            ":request_id": self.request_id,
            ":received_at": self.received_at,
            ":traceparent": self.traceparent,
        })?;
        Ok(tx.last_insert_rowid())
    }

    /// The journal and every lane bring the same posted body: its request id tells that it is one.
    fn note_conflict(&self, tx: &Transaction<'_>, event: i64) -> rusqlite::Result<()> {
        let added = tx
            .prepare_cached(
                "INSERT INTO conflicts (event, request_id, hash) VALUES (?1, ?2, ?3)
                 ON CONFLICT (event, request_id, hash) DO NOTHING",
            )?
            .execute((event, &self.request_id, &self.hash))?;
        if added > 0 {
            tx.prepare_cached("UPDATE events SET conflicts = conflicts + 1 WHERE number = ?1")?
                .execute([event])?;
        }
        Ok(())
    }
}

/// Records one more route of an event, unless its desk has one; whether it did.
pub(super) fn add_route(tx: &Transaction<'_>, event: i64, route: &Route) -> rusqlite::Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT INTO routes (event, desk, place, rule, priority, source, taken)
             SELECT number, ?2, routes, ?3, ?4, source, 0 FROM events WHERE number = ?1
             ON CONFLICT (event, desk) DO NOTHING",
        )?
        .execute((event, route.desk.as_str(), route.rule.as_str(), route.priority.as_str()))?;
    if added > 0 {
        tx.prepare_cached("UPDATE events SET routes = routes + 1 WHERE number = ?1")?
            .execute([event])?;
    }
    Ok(added > 0)
}

/// A SHA-256 over what the event says: its type, and its data as written. The other attributes may
/// differ from one retry of the sender's to the next.
fn content_hash(event: &Event) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [event.event_type.as_str(), &event.data.to_string()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Which events to read; each names its parameters from `?1`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    /// The event of number `?1`.
    Number,
    /// The event of id `?1` and source `?2`.
    Named,
    /// All events of id `?1`, the first recorded first.
    OfId,
}

impl Which {
    pub(super) fn query(self) -> &'static str {
        macro_rules! select {
            ($rest:literal) => {
                concat!(
                    "SELECT number, source, id, body, request_id, received_at, conflicts, ",
                    "traceparent FROM events ",
                    $rest
                )
            };
        }
        match self {
            Self::Number => select!("WHERE number = ?1"),
            Self::Named => select!("WHERE id = ?1 AND source = ?2"),
            Self::OfId => select!("WHERE id = ?1 ORDER BY number"),
        }
    }
}

/// A recorded event, whole.
pub(super) struct Recorded {
    pub(super) envelope: Envelope,
    conflicts: u64,
}

impl Recorded {
    fn shown(self, redactions: &Redactions) -> EventRecord {
        let Self { envelope, conflicts } = self;
        EventRecord { envelope: redactions.view_envelope(envelope), conflicts }
    }
}

/// Reads the events that `which` chooses, for those who may only see what is not redacted.
pub(super) fn show(
    tx: &Transaction<'_>,
    which: Which,
    parameters: impl Params,
    redactions: &Redactions,
) -> Result<Vec<EventRecord>, LedgerError> {
    let recorded = read(tx, which, parameters)?;
    Ok(recorded.into_iter().map(|recorded| recorded.shown(redactions)).collect())
}

/// Reads the events that `which` chooses.
pub(super) fn read(
    tx: &Transaction<'_>,
    which: Which,
    parameters: impl Params,
) -> Result<Vec<Recorded>, LedgerError> {
    let mut statement = tx.prepare_cached(which.query())?;
    let rows = statement.query_map(parameters, RawEvent::of)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter()
        .map(|row| {
            let routes = read_routes(tx, row.number)?;
            let name = format!("event {} of {}", row.id, row.source);
            row.parse(routes).map_err(unreadable(|| name))
        })
        .collect()
}

fn read_routes(
    tx: &Transaction<'_>,
    event: i64,
) -> rusqlite::Result<Vec<(String, String, String)>> {
    tx.prepare_cached("SELECT desk, rule, priority FROM routes WHERE event = ?1 ORDER BY place")?
        .query_map([event], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

/// An event's columns, not parsed yet.
struct RawEvent {
    number: i64,
    source: String,
    id: String,
    body: String,
    request_id: String,
    received_at: i64,
    conflicts: i64,
    traceparent: Option<String>,
}

impl RawEvent {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            source: row.get(1)?,
            id: row.get(2)?,
            body: row.get(3)?,
            request_id: row.get(4)?,
            received_at: row.get(5)?,
            conflicts: row.get(6)?,
            traceparent: row.get(7)?,
        })
    }

    fn parse(
        self,
        routes: Vec<(String, String, String)>,
    ) -> Result<Recorded, Box<dyn Error + Send + Sync>> {
        let source: SourceName = self.source.parse()?;
        let routes = routes.into_iter().map(|(desk, rule, priority)| {
            Ok(Route { desk: desk.parse()?, rule: rule.parse()?, priority: priority.parse()? })
        });
        let routes = routes.collect::<Result<_, Box<dyn Error + Send + Sync>>>()?;
        let request_id = RequestId::carried(self.request_id);
        let trace = self.traceparent.and_then(|text| text.parse().ok());
        let envelope = Envelope {
            event: Event::from_cloudevents(&source, self.body.as_bytes())?,
            routes,
            trace: trace.unwrap_or_else(|| request_id.trace()),
            request_id,
            received_at: from_nanos(self.received_at),
        };
        Ok(Recorded { envelope, conflicts: self.conflicts.unsigned_abs() })
    }
}
