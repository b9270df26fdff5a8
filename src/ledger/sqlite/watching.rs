//! The watch over conditions, and operator events as rows and back.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{SqliteLedger, deliveries::written, error::unreadable, lately};
use crate::{
    conditions::{Look, OperatorEvent, Watch},
    event::ReceiverName,
    ledger::{
        Callback, CallbackOutcome, DeadLetters, Figures, Lately, LedgerError, Outcomes, Watching,
    },
    sqlite::{from_nanos, to_nanos},
};

/// What became of deliveries since `?1`, by desk. An operator's discard is no outcome of the desk's.
pub(super) const OUTCOMES: &str = "SELECT desk, count(*),
        sum(state IN ('retrying', 'uncertain', 'dead'))
    FROM deliveries INDEXED BY latest_deliveries
    WHERE updated_at >= ?1
    AND state IN ('ticketed', 'merged', 'resolved', 'retrying', 'uncertain', 'dead')
    GROUP BY desk";

/// Dead letters by desk and reason.
pub(super) const DEAD: &str = "SELECT desk, reason, count(*), min(updated_at) FROM deliveries
    WHERE state = 'dead' GROUP BY desk, reason";

/// The event for receiver `?1` that has been due longest at `?2`.
pub(super) const DUE: &str = "SELECT id FROM operator_events
    WHERE receiver = ?1 AND due <= ?2 ORDER BY due LIMIT 1";

fn figures(tx: &Transaction<'_>, since: Timestamp) -> Result<Figures, LedgerError> {
    let mut figures = Figures::default();
    let mut statement = tx.prepare_cached(OUTCOMES)?;
    let mut rows = statement.query([to_nanos(since)])?;
    while let Some(row) = rows.next()? {
        let desk: String = row.get(0)?;
        figures.outcomes.push(Outcomes {
            deliveries: row.get::<_, i64>(1)?.unsigned_abs(),
            failed: row.get::<_, i64>(2)?.unsigned_abs(),
            desk: desk.parse().map_err(unreadable(|| format!("deliveries of {desk}")))?,
        });
    }
    let mut statement = tx.prepare_cached(DEAD)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (desk, reason): (String, String) = (row.get(0)?, row.get(1)?);
        let name = || format!("dead letters of {desk}");
        figures.dead.push(DeadLetters {
            deliveries: row.get::<_, i64>(2)?.unsigned_abs(),
            since: from_nanos(row.get(3)?),
            reason: reason.parse().map_err(unreadable(name))?,
            desk: desk.parse().map_err(unreadable(name))?,
        });
    }
    Ok(figures)
}

fn watch(
    tx: &Transaction<'_>,
    look: &Look,
    receivers: &[ReceiverName],
) -> Result<Vec<OperatorEvent>, LedgerError> {
    let doc: Option<String> =
        tx.prepare_cached("SELECT doc FROM watch")?.query_row([], |row| row.get(0)).optional()?;
    let before = doc.map(|doc| serde_json::from_str::<Watch>(&doc));
    let mut watch = before.transpose().map_err(unreadable(|| "the watch".to_owned()))?;
    let events = watch.get_or_insert_default().look(look);
    tx.prepare_cached(
        "INSERT INTO watch (only, doc) VALUES (1, ?1)
         ON CONFLICT (only) DO UPDATE SET doc = excluded.doc",
    )?
    .execute([written(&watch)?])?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO operator_events (receiver, condition, id, attempts, due, body)
         VALUES (?1, ?2, ?3, 0, ?4, ?5)
         ON CONFLICT (receiver, condition) DO UPDATE
         SET id = excluded.id, attempts = 0, due = excluded.due, error = NULL, body = excluded.body",
    )?;
    for event in &events {
        for receiver in receivers {
            let due = to_nanos(look.at);
            statement.execute(params![
                receiver.as_str(),
                event.condition,
                event.id,
                due,
                event.body
            ])?;
        }
    }
    Ok(events)
}

fn keep(tx: &Transaction<'_>, receivers: &[ReceiverName]) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached("SELECT DISTINCT receiver FROM operator_events")?;
    let known = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    let mut forget = tx.prepare_cached("DELETE FROM operator_events WHERE receiver = ?1")?;
    for name in known {
        if !receivers.iter().any(|receiver| receiver.as_str() == name) {
            forget.execute([name])?;
        }
    }
    Ok(())
}

fn due(
    tx: &Transaction<'_>,
    receiver: &ReceiverName,
    now: Timestamp,
) -> Result<Option<String>, LedgerError> {
    let found = tx
        .prepare_cached(DUE)?
        .query_row((receiver.as_str(), to_nanos(now)), |row| row.get(0))
        .optional()?;
    Ok(found)
}

fn take(
    tx: &Transaction<'_>,
    receiver: &ReceiverName,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Callback>, LedgerError> {
    let Some(id) = due(tx, receiver, now)? else { return Ok(None) };
    let taken = tx
        .prepare_cached(
            "UPDATE operator_events SET attempts = attempts + 1, due = ?3
             WHERE receiver = ?1 AND id = ?2 RETURNING attempts, body",
        )?
        .query_row((receiver.as_str(), &id, to_nanos(until)), |row| {
            let attempt = row.get(0)?;
            let (id, body) = (id.clone(), row.get(1)?);
            Ok(Callback { id, attempt, attempt_of_schedule: attempt, body })
        })?;
    Ok(Some(taken))
}

fn settle(
    tx: &Transaction<'_>,
    receiver: &ReceiverName,
    (id, attempt): (&str, u32),
    outcome: CallbackOutcome,
) -> Result<(), LedgerError> {
    match outcome {
        CallbackOutcome::Received | CallbackOutcome::GivenUp { .. } => {
            tx.prepare_cached("DELETE FROM operator_events WHERE receiver = ?1 AND id = ?2")?
                .execute((receiver.as_str(), id))?;
        }
        CallbackOutcome::Again { at, error } => {
            tx.prepare_cached(
                "UPDATE operator_events SET due = ?4, error = ?5
                 WHERE receiver = ?1 AND id = ?2 AND attempts = ?3",
            )?
            .execute(params![receiver.as_str(), id, attempt, to_nanos(at), error])?;
        }
    }
    Ok(())
}

#[async_trait]
impl Watching for SqliteLedger {
    async fn figures(&self, since: Timestamp) -> Result<Figures, LedgerError> {
        self.read(move |tx| figures(tx, since)).await
    }

    async fn lately(&self, at: Timestamp) -> Result<Lately, LedgerError> {
        self.read(move |tx| lately::lately(tx, at)).await
    }

    async fn watch(
        &self,
        look: &Look,
        receivers: &[ReceiverName],
    ) -> Result<Vec<OperatorEvent>, LedgerError> {
        let (look, receivers) = (look.clone(), receivers.to_vec());
        self.write(move |tx| watch(tx, &look, &receivers)).await
    }

    async fn keep_receivers(&self, receivers: &[ReceiverName]) -> Result<(), LedgerError> {
        let receivers = receivers.to_vec();
        self.write(move |tx| keep(tx, &receivers)).await
    }

    async fn take_operator_event(
        &self,
        receiver: &ReceiverName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        let (asked, receiver) = (receiver.clone(), receiver.clone());
        // A write costs a sync; mostly there is nothing to take.
        if self.read(move |tx| due(tx, &asked, now)).await?.is_none() {
            return Ok(None);
        }
        self.write(move |tx| take(tx, &receiver, now, until)).await
    }

    async fn settle_operator_event(
        &self,
        receiver: &ReceiverName,
        event: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError> {
        let (receiver, id, attempt) = (receiver.clone(), event.id.clone(), event.attempt);
        self.write(move |tx| settle(tx, &receiver, (&id, attempt), outcome)).await
    }
}
