//! How far a replay has come, counted from where its deliveries are.

use rusqlite::Transaction;

use super::dead::{self, Part};
use crate::{
    ledger::{LedgerError, ReplayDesk, ReplayRecord, sqlite::error::unreadable},
    sqlite::to_nanos,
};

/// Where the deliveries are that replay `?1` has put back at desk `?2`.
pub(in crate::ledger::sqlite) const STATES: &str =
    "SELECT state, count(*) FROM deliveries WHERE replay = ?1 AND desk = ?2 GROUP BY state";

/// What is known of a replay at one desk.
struct Place {
    desk: String,
    at: i64,
    event: i64,
    put_back: i64,
    is_through: bool,
}

/// How far the replay of this number has come, by desk.
pub(super) fn of(
    tx: &Transaction<'_>,
    number: i64,
    record: &ReplayRecord,
) -> Result<Vec<ReplayDesk>, LedgerError> {
    let places = tx
        .prepare_cached(
            "SELECT desk, at, event, put_back, through FROM replay_places WHERE replay = ?1
             ORDER BY desk",
        )?
        .query_map([number], |row| {
            Ok(Place {
                desk: row.get(0)?,
                at: row.get(1)?,
                event: row.get(2)?,
                put_back: row.get(3)?,
                is_through: row.get(4)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    places.iter().map(|place| at_desk(tx, number, record, place)).collect()
}

fn at_desk(
    tx: &Transaction<'_>,
    number: i64,
    record: &ReplayRecord,
    place: &Place,
) -> Result<ReplayDesk, LedgerError> {
    let part = Part {
        desk: &place.desk,
        after: (place.at, place.event),
        latest: to_nanos(record.began_at),
        not_by: Some(number),
    };
    let left = if place.is_through { 0 } else { dead::count(tx, &record.search, &part)? };
    let name = || "the place of a replay".to_owned();
    let mut desk = ReplayDesk {
        desk: place.desk.parse().map_err(unreadable(name))?,
        left,
        put_back: place.put_back.unsigned_abs(),
        ticketed: 0,
        merged: 0,
        resolved: 0,
        dead: 0,
        discarded: 0,
        uncertain: 0,
        under_way: 0,
        elsewhere: 0,
    };
    let mut statement = tx.prepare_cached(STATES)?;
    let mut rows = statement.query((number, &place.desk))?;
    let mut known = 0;
    while let Some(row) = rows.next()? {
        let (state, count): (String, i64) = (row.get(0)?, row.get(1)?);
        let account = match state.as_str() {
            "ticketed" => &mut desk.ticketed,
            "merged" => &mut desk.merged,
            "resolved" => &mut desk.resolved,
            "dead" => &mut desk.dead,
            "discarded" => &mut desk.discarded,
            "uncertain" => &mut desk.uncertain,
            "queued" | "attempting" | "retrying" => &mut desk.under_way,
            _ => {
                let words = format!("`{state}` is not a state");
                return Err(unreadable(|| format!("a delivery at {}", place.desk))(words));
            }
        };
        *account += count.unsigned_abs();
        known += count.unsigned_abs();
    }
    desk.elsewhere = desk.put_back.saturating_sub(known);
    Ok(desk)
}
