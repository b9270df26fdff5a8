//! Deliveries whose message was found to be nowhere.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::{
    event::DeskName,
    ledger::{LedgerError, Missing, Whereabouts},
    sqlite::{from_nanos, to_nanos},
};

macro_rules! open {
    () => {
        "taken = 0 AND NOT EXISTS (SELECT 1 FROM deliveries
            WHERE deliveries.event = missing.event AND deliveries.desk = missing.desk
            AND due IS NULL)"
    };
}

/// The latest `?1` that are missing, but for those that meanwhile nobody should take.
pub(super) const MISSING: &str = concat!(
    "SELECT events.source, events.id, events.type, missing.desk, found_at, put_back_at ",
    "FROM missing JOIN events ON events.number = missing.event WHERE ",
    open!(),
    " ORDER BY found_at DESC LIMIT ?1"
);

/// The latest `?1` that were missing and were taken up since.
pub(super) const MADE_GOOD: &str =
    "SELECT events.source, events.id, events.type, missing.desk, found_at, put_back_at
    FROM missing JOIN events ON events.number = missing.event
    WHERE taken = 1 ORDER BY found_at DESC LIMIT ?1";

/// How many are missing, and how many of these no lane has again.
pub(super) const COUNT: &str =
    concat!("SELECT count(*), count(*) - count(put_back_at) FROM missing WHERE ", open!());

/// Taken up once, and without a row among the deliveries: the `?1` first.
pub(super) const LOST: &str =
    "SELECT events.source, events.id, events.type, routes.desk, NULL, NULL
    FROM routes JOIN events ON events.number = routes.event
    WHERE taken = 1 AND NOT EXISTS (SELECT 1 FROM deliveries
        WHERE deliveries.event = routes.event AND deliveries.desk = routes.desk)
    LIMIT ?1";

/// Notes where the messages of these deliveries are, since `at`; one that is nowhere perhaps earlier.
pub(super) fn note(
    tx: &Transaction<'_>,
    desk: &DeskName,
    places: &[i64],
    whereabouts: Whereabouts,
    at: Timestamp,
) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached(match whereabouts {
        Whereabouts::Nowhere => {
            "INSERT INTO missing (event, desk, found_at, put_back_at, taken)
             VALUES (?1, ?2, ?3, NULL, 0)
             ON CONFLICT (event, desk) DO UPDATE SET found_at = excluded.found_at,
                 put_back_at = NULL, taken = 0
             WHERE put_back_at IS NOT NULL"
        }
        Whereabouts::PutBack => {
            "UPDATE missing SET put_back_at = ?3 WHERE event = ?1 AND desk = ?2"
        }
    })?;
    for place in places {
        statement.execute(params![place, desk.as_str(), to_nanos(at)])?;
    }
    Ok(())
}

/// Notes that a message of the delivery has come.
pub(super) fn take(tx: &Transaction<'_>, event: i64, desk: &DeskName) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE missing SET taken = 1 WHERE event = ?1 AND desk = ?2 AND taken = 0")?
        .execute((event, desk.as_str()))
        .map(drop)
}

/// How many are missing, and how many of these no lane has again.
pub(super) fn count(tx: &Transaction<'_>) -> Result<(u64, u64), LedgerError> {
    let (all, nowhere): (i64, i64) =
        tx.prepare_cached(COUNT)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((all.unsigned_abs(), nowhere.unsigned_abs()))
}

/// What `query`, one of those above, finds.
pub(super) fn list(
    tx: &Transaction<'_>,
    query: &str,
    most: i64,
) -> Result<Vec<Missing>, LedgerError> {
    let mut statement = tx.prepare_cached(query)?;
    let rows = statement.query_map([most], |row| {
        let (found_at, put_back_at): (Option<i64>, Option<i64>) = (row.get(4)?, row.get(5)?);
        Ok(Missing {
            source: row.get(0)?,
            id: row.get(1)?,
            event_type: row.get(2)?,
            desk: row.get(3)?,
            found_at: found_at.map(from_nanos),
            put_back_at: put_back_at.map(from_nanos),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
