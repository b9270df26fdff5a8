//! Call-backs as rows and back. Each is written with the end of its delivery, in one transaction.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, named_params, params};

use super::{SqliteLedger, audit, deliveries::written};
use crate::{
    delivery::{Delivery, Notice, State},
    event::SourceName,
    ledger::{
        Act, By, Callback, CallbackOutcome, CallbackRecord, CallbackWishes, Callbacks, Cursor,
        Found, LedgerError, Page, Resent, WhichCallbacks,
    },
    sqlite::{from_nanos, to_nanos},
};

/// How long those that were given up are listed.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// The call-back of source `?1` that has been due longest at `?2`.
pub(super) const DUE: &str = "SELECT number FROM callbacks
    WHERE source = ?1 AND due IS NOT NULL AND due <= ?2 ORDER BY due LIMIT 1";

/// Writes the call-back of a delivery that has come to an end since it was `before`, where its
/// source wishes one.
pub(super) fn note(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    before: &State,
) -> Result<(), LedgerError> {
    if !delivery.has_ended_since(before) {
        return Ok(());
    }
    let (source, state) = (delivery.event.source.as_str(), delivery.state.name());
    // Only where it is wished for is there a row.
    let received_at: Option<i64> = tx
        .prepare_cached(
            "SELECT received_at FROM callback_wishes, events
             WHERE callback_wishes.source = ?1 AND callback_wishes.state = ?2
             AND events.id = ?3 AND events.source = ?1",
        )?
        .query_row((source, state, delivery.event.id.as_str()), |row| row.get(0))
        .optional()?;
    let Some(received_at) = received_at.map(from_nanos) else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO callbacks
         (id, key, source, event_id, desk, state, created_at, attempts, due, body)
         VALUES (:id, :key, :source, :event_id, :desk, :state, :at, 0, :at, :body)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(named_params! {
        ":id": Notice::id_of(delivery),
        ":key": delivery.key.as_str(),
        ":source": source,
        ":event_id": delivery.event.id.as_str(),
        ":desk": delivery.desk.as_str(),
        ":state": state,
        ":at": to_nanos(delivery.updated_at),
        ":body": written(&Notice::of(delivery, received_at))?,
    })?;
    Ok(())
}

fn wish(tx: &Transaction<'_>, wishes: &CallbackWishes) -> Result<(), LedgerError> {
    tx.execute_batch("DELETE FROM callback_wishes")?;
    let mut statement =
        tx.prepare_cached("INSERT INTO callback_wishes (source, state) VALUES (?1, ?2)")?;
    for (source, states) in wishes {
        for state in states {
            statement.execute((source.as_str(), state))?;
        }
    }
    Ok(())
}

fn due(tx: &Transaction<'_>, source: &str, now: Timestamp) -> Result<Option<i64>, LedgerError> {
    let found =
        tx.prepare_cached(DUE)?.query_row((source, to_nanos(now)), |row| row.get(0)).optional()?;
    Ok(found)
}

fn take(
    tx: &Transaction<'_>,
    source: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Callback>, LedgerError> {
    let Some(number) = due(tx, source, now)? else { return Ok(None) };
    let taken = tx
        .prepare_cached(
            "UPDATE callbacks SET attempts = attempts + 1, due = ?2 WHERE number = ?1
             RETURNING id, attempts, attempts - resent_behind, body",
        )?
        .query_row((number, to_nanos(until)), |row| {
            Ok(Callback {
                id: row.get(0)?,
                attempt: row.get(1)?,
                attempt_of_schedule: row.get(2)?,
                body: row.get(3)?,
            })
        })?;
    Ok(Some(taken))
}

fn settle(
    tx: &Transaction<'_>,
    id: &str,
    attempt: u32,
    outcome: CallbackOutcome,
) -> Result<(), LedgerError> {
    match outcome {
        CallbackOutcome::Received => {
            tx.prepare_cached("DELETE FROM callbacks WHERE id = ?1")?.execute([id])?;
        }
        CallbackOutcome::Again { at, error } => {
            tx.prepare_cached(
                "UPDATE callbacks SET due = ?3, error = ?4
                 WHERE id = ?1 AND attempts = ?2 AND due IS NOT NULL",
            )?
            .execute(params![id, attempt, to_nanos(at), error])?;
        }
        CallbackOutcome::GivenUp { at, error } => {
            tx.prepare_cached(
                "UPDATE callbacks SET due = NULL, given_up_at = ?3, error = ?4
                 WHERE id = ?1 AND attempts = ?2 AND due IS NOT NULL",
            )?
            .execute(params![id, attempt, to_nanos(at), error])?;
            let forgotten = at.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
            tx.prepare_cached("DELETE FROM callbacks WHERE given_up_at < ?1")?
                .execute([to_nanos(forgotten)])?;
        }
    }
    Ok(())
}

fn resend(tx: &Transaction<'_>, which: WhichCallbacks, by: &By) -> Result<Resent, LedgerError> {
    let ids = match which {
        WhichCallbacks::Ids(ids) => ids,
        WhichCallbacks::Source(source) => given_up(tx, &source)?,
    };
    let mut again = tx.prepare_cached(
        "UPDATE callbacks SET due = ?2, given_up_at = NULL, resent_behind = attempts
         WHERE id = ?1 AND due IS NULL RETURNING source",
    )?;
    let mut known = tx.prepare_cached("SELECT 1 FROM callbacks WHERE id = ?1")?;
    let mut resent = Resent::default();
    for id in ids {
        let source: Option<String> =
            again.query_row((&id, to_nanos(by.at)), |row| row.get(0)).optional()?;
        if let Some(source) = source {
            audit::note(tx, Act::ResendCallback, &id, &format!("of {source}"), by)?;
            resent.resent.push(id);
        } else if known.exists([&id])? {
            resent.under_way.push(id);
        } else {
            resent.unknown.push(id);
        }
    }
    Ok(resent)
}

fn given_up(tx: &Transaction<'_>, source: &SourceName) -> Result<Vec<String>, LedgerError> {
    let mut statement = tx.prepare_cached(
        "SELECT id FROM callbacks WHERE given_up_at IS NOT NULL AND source = ?1 ORDER BY number",
    )?;
    let ids = statement.query_map([source.as_str()], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn list(tx: &Transaction<'_>, page: &Page) -> Result<Found<CallbackRecord>, LedgerError> {
    let after = page.after.as_ref().map_or(i64::MIN, |after| after.number);
    let mut statement = tx.prepare_cached(
        "SELECT id, source, event_id, desk, state, created_at, attempts, due, given_up_at, error,
         number FROM callbacks WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    // One more tells whether there are more.
    let most = i64::try_from(page.most).unwrap_or(i64::MAX).saturating_add(1);
    let rows = statement.query_map([after, most], |row| Ok((record(row)?, row.get(10)?)))?;
    let mut found = rows.collect::<Result<Vec<(CallbackRecord, i64)>, _>>()?;
    let (walked, has_more) = (found.len(), found.len() > page.most);
    found.truncate(page.most);
    let last = found.last().filter(|_| has_more).map(|(_, number)| *number);
    let next = last.map(|number| Cursor { at: 0, number, name: String::new() });
    Ok(Found { items: found.into_iter().map(|(record, _)| record).collect(), next, walked })
}

fn record(row: &Row<'_>) -> rusqlite::Result<CallbackRecord> {
    let instant = |column| row.get(column).map(|nanos: Option<i64>| nanos.map(from_nanos));
    Ok(CallbackRecord {
        id: row.get(0)?,
        source: row.get(1)?,
        event: row.get(2)?,
        desk: row.get(3)?,
        state: row.get(4)?,
        created_at: from_nanos(row.get(5)?),
        attempts: row.get(6)?,
        next_at: instant(7)?,
        given_up_at: instant(8)?,
        error: row.get(9)?,
    })
}

#[async_trait]
impl Callbacks for SqliteLedger {
    async fn wish_callbacks(&self, wishes: &CallbackWishes) -> Result<(), LedgerError> {
        let wishes = wishes.clone();
        self.write(move |tx| wish(tx, &wishes)).await
    }

    async fn take_callback(
        &self,
        source: &SourceName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        let (asked, source) = (source.clone(), source.clone());
        // A write costs a sync; mostly there is nothing to take.
        if self.read(move |tx| due(tx, asked.as_str(), now)).await?.is_none() {
            return Ok(None);
        }
        self.write(move |tx| take(tx, source.as_str(), now, until)).await
    }

    async fn settle_callback(
        &self,
        callback: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError> {
        let (id, attempt) = (callback.id.clone(), callback.attempt);
        self.write(move |tx| settle(tx, &id, attempt, outcome)).await
    }

    async fn resend_callbacks(
        &self,
        which: &WhichCallbacks,
        by: &By,
    ) -> Result<Resent, LedgerError> {
        let (which, by) = (which.clone(), by.clone());
        self.write(move |tx| resend(tx, which, &by)).await
    }

    async fn callbacks(&self, page: &Page) -> Result<Found<CallbackRecord>, LedgerError> {
        let page = page.clone();
        self.read(move |tx| list(tx, &page)).await
    }
}
