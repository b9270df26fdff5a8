//! Envelopes as rows and back.

use std::error::Error;

use rusqlite::{Row, Transaction, named_params};

use super::error::UnreadableRow;
use crate::{
    event::{Envelope, Event, RequestId, SourceName},
    sqlite::{from_nanos, to_nanos},
};

/// The columns that [`read_envelope`] reads.
pub(super) const ENVELOPE_COLUMNS: &str =
    "envelopes.number, source, body, routes, request_id, received_at, traceparent";

/// An envelope as it is written, made outside the writer's thread.
pub(super) struct EnvelopeRow {
    source: String,
    id: String,
    event_type: String,
    body: String,
    routes: String,
    request_id: String,
    received_at: i64,
    traceparent: String,
}

impl EnvelopeRow {
    pub(super) fn of(envelope: &Envelope) -> Result<Self, serde_json::Error> {
        Ok(Self {
            source: envelope.event.source.as_str().to_owned(),
            id: envelope.event.id.as_str().to_owned(),
            event_type: envelope.event.event_type.as_str().to_owned(),
            body: String::from_utf8_lossy(&envelope.event.to_cloudevents()).into_owned(),
            routes: serde_json::to_string(&envelope.routes)?,
            request_id: envelope.request_id.as_str().to_owned(),
            received_at: to_nanos(envelope.received_at),
            traceparent: envelope.trace.to_string(),
        })
    }

    /// What the row counts for in the journal's size.
    pub(super) fn bytes(&self) -> i64 {
        i64::try_from(self.body.len() + self.routes.len()).unwrap_or(i64::MAX)
    }

    /// Writes the row and gives its number.
    pub(super) fn insert(&self, tx: &Transaction<'_>, journaled: bool) -> rusqlite::Result<i64> {
        tx.prepare_cached(
            "INSERT INTO envelopes
             (source, id, type, body, routes, request_id, received_at, traceparent, bytes,
              journaled)
             VALUES (:source, :id, :type, :body, :routes, :request_id, :received_at,
                     :traceparent, :bytes, :journaled)",
        )?
        .execute(named_params! {
            ":source": self.source,
            ":id": self.id,
            ":type": self.event_type,
            ":body": self.body,
            ":routes": self.routes,
            ":request_id": self.request_id,
            ":received_at": self.received_at,
            ":traceparent": self.traceparent,
            ":bytes": self.bytes(),
            ":journaled": journaled,
        })?;
        Ok(tx.last_insert_rowid())
    }
}

/// Reads an envelope from a row of [`ENVELOPE_COLUMNS`], with its number.
pub(super) fn read_envelope(row: &Row<'_>) -> rusqlite::Result<(i64, RawEnvelope)> {
    Ok((
        row.get(0)?,
        RawEnvelope {
            source: row.get(1)?,
            body: row.get(2)?,
            routes: row.get(3)?,
            request_id: row.get(4)?,
            received_at: row.get(5)?,
            traceparent: row.get(6)?,
        },
    ))
}

/// The columns of an envelope, not parsed yet.
pub(super) struct RawEnvelope {
    source: String,
    body: String,
    routes: String,
    request_id: String,
    received_at: i64,
    traceparent: Option<String>,
}

impl RawEnvelope {
    pub(super) fn parse(self, number: i64) -> Result<Envelope, UnreadableRow> {
        self.try_parse().map_err(|source| UnreadableRow { table: "envelopes", number, source })
    }

    fn try_parse(self) -> Result<Envelope, Box<dyn Error + Send + Sync>> {
        let source: SourceName = self.source.parse()?;
        let request_id = RequestId::carried(self.request_id);
        let trace = self.traceparent.and_then(|text| text.parse().ok());
        Ok(Envelope {
            event: Event::from_cloudevents(&source, self.body.as_bytes())?,
            routes: serde_json::from_str(&self.routes)?,
            trace: trace.unwrap_or_else(|| request_id.trace()),
            request_id,
            received_at: from_nanos(self.received_at),
        })
    }
}
