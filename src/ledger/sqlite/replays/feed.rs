//! Puts a few dead letters back, and moves the replay's place behind them, in one transaction.

use jiff::Timestamp;
use rusqlite::{Row, Transaction};

use super::{Raw, dead::latest, enter};
use crate::{
    delivery::{DeliveryKey, Transition},
    event::{DeskName, Redactions},
    ledger::{
        Fed, Feed, LedgerError, MOST_FED_FROM, MOST_OPENED_TO_FEED, ReplayRecord, ReplayState,
        sqlite::{
            deliveries,
            error::unreadable,
            leases, requeues,
            search::{
                deliveries as searched,
                payload::{self, Look},
            },
        },
    },
    sqlite::to_nanos,
    ticket::Priority,
};

/// What a replay puts back goes behind all that is live.
const LANE: Priority = Priority::Low;

/// Nanoseconds in a minute, over which a rate counts.
const MINUTE: i64 = 60_000_000_000;

/// The desks for which a running replay has something left.
pub(in crate::ledger::sqlite) const DESKS: &str = "SELECT DISTINCT desk FROM replays
    JOIN replay_places ON replay = number WHERE state = 'running' AND through = 0 ORDER BY desk";

/// The running replays that have something left for desk `?1`, the oldest first.
pub(in crate::ledger::sqlite) const RUNNING: &str =
    "SELECT name, search, began_at, rate, state, changed_at, who, via, why, number,
        at, event, next_at
    FROM replays JOIN replay_places ON replay = number
    WHERE state = 'running' AND through = 0 AND desk = ?1 ORDER BY number";

/// What of open replays waits for the desk `?1` or is worked on.
pub(in crate::ledger::sqlite) const WAITING: &str = "SELECT count(*) FROM replays
    CROSS JOIN replay_places ON replay_places.replay = number AND replay_places.desk = ?1
    CROSS JOIN deliveries INDEXED BY replayed_deliveries ON deliveries.replay = number
        AND deliveries.desk = ?1 AND deliveries.state IN ('queued', 'attempting')
    WHERE replays.state IN ('running', 'paused')";

/// The dead letters of a desk, the oldest first, from the place `?2`, `?3` on: all that a search asks
/// of the index, in the order in which it does.
pub(in crate::ledger::sqlite) const NEXT: &str =
    "SELECT updated_at, event, desk, state, reason, source, event_type, priority, incident, replay
    FROM deliveries INDEXED BY dead_by_desk
    WHERE state = 'dead' AND desk = ?1 AND (updated_at, event) > (?2, ?3) AND updated_at <= ?4
    ORDER BY updated_at, event LIMIT ?5";

pub(super) fn desks(tx: &Transaction<'_>) -> Result<Vec<DeskName>, LedgerError> {
    let mut statement = tx.prepare_cached(DESKS)?;
    let desks = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    let name = || "the place of a replay".to_owned();
    desks.into_iter().map(|desk| desk.parse().map_err(unreadable(name))).collect()
}

/// A replay that has something left for a desk.
struct Running {
    number: i64,
    record: ReplayRecord,
    place: (i64, i64),
    next_at: i64,
}

pub(super) fn feed(
    tx: &Transaction<'_>,
    feed: &Feed,
    redactions: &Redactions,
) -> Result<Fed, LedgerError> {
    let Feed { desk, epoch, at, most } = feed;
    if !leases::is_held(tx, desk, *epoch)? {
        return Err(LedgerError::LeaseOver { desk: desk.clone() });
    }
    let waiting: i64 = tx.prepare_cached(WAITING)?.query_row([desk.as_str()], |row| row.get(0))?;
    let room = most.saturating_sub(usize::try_from(waiting).unwrap_or(usize::MAX));
    if room == 0 {
        return Ok(Fed::default());
    }
    for running in running(tx, desk)? {
        let (allowed, next_at) = running.allowed(to_nanos(*at), room);
        if allowed == 0 {
            continue;
        }
        let walk = running.walk(tx, desk, allowed, redactions)?;
        for key in &walk.chosen {
            put_back(tx, running.number, key, *at)?;
        }
        running.move_on(tx, desk, &walk, next_at, *at)?;
        return Ok(Fed {
            put_back: walk.chosen.len(),
            more: walk.chosen.len() < allowed && !walk.is_through,
        });
    }
    Ok(Fed::default())
}

fn running(tx: &Transaction<'_>, desk: &DeskName) -> Result<Vec<Running>, LedgerError> {
    let mut statement = tx.prepare_cached(RUNNING)?;
    let read =
        |row: &Row<'_>| Ok((Raw::of(row)?, (row.get(10)?, row.get(11)?), row.get::<_, i64>(12)?));
    let rows = statement.query_map([desk.as_str()], read)?.collect::<Result<Vec<_>, _>>()?;
    let parsed = rows.into_iter().map(|(raw, place, next_at)| {
        let (number, record) = raw.parse()?;
        Ok(Running { number, record, place, next_at })
    });
    parsed.collect()
}

/// How far one feed has looked.
struct Walk {
    chosen: Vec<DeliveryKey>,
    place: (i64, i64),
    is_through: bool,
}

impl Running {
    /// How many may be put back now, of `room`, and the time from which the next ones count.
    fn allowed(&self, now: i64, room: usize) -> (usize, i64) {
        let Some(rate) = self.record.rate else { return (room, self.next_at) };
        let apart = MINUTE / i64::from(rate.get());
        // A clock that was ahead keeps nothing waiting for longer than the rate would.
        let next_at = if self.next_at > now.saturating_add(apart.max(MINUTE)) {
            now
        } else {
            // What was not used before is not made up for.
            self.next_at.max(now.saturating_sub(apart))
        };
        if next_at > now {
            return (0, next_at);
        }
        let allowed = 1 + (now - next_at) / apart.max(1);
        (room.min(usize::try_from(allowed).unwrap_or(usize::MAX)), next_at)
    }

    fn walk(
        &self,
        tx: &Transaction<'_>,
        desk: &DeskName,
        allowed: usize,
        redactions: &Redactions,
    ) -> Result<Walk, LedgerError> {
        let search = &self.record.search;
        let of_id = match &search.event {
            Some(id) => Some(searched::numbers(tx, id.as_str())?),
            None => None,
        };
        let before = search.since.map(|since| (to_nanos(since).saturating_sub(1), i64::MAX));
        let place = self.place.max(before.unwrap_or(self.place));
        let end = latest(search, to_nanos(self.record.began_at));
        let mut walk = Walk { chosen: Vec::new(), place, is_through: false };
        let (mut walked, mut opened) = (0, 0);
        let most = i64::try_from(MOST_FED_FROM).unwrap_or(i64::MAX);
        let mut statement = tx.prepare_cached(NEXT)?;
        let mut rows = statement.query((desk.as_str(), place.0, place.1, end, most))?;
        while walk.chosen.len() < allowed && opened < MOST_OPENED_TO_FEED {
            let Some(row) = rows.next()? else { break };
            walked += 1;
            let event: i64 = row.get(1)?;
            walk.place = (row.get(0)?, event);
            let is_its_own = row.get::<_, Option<i64>>(9)? == Some(self.number);
            let is_of_id = of_id.as_ref().is_none_or(|numbers| numbers.contains(&event));
            if is_its_own || !is_of_id || !searched::is_chosen(search, row)? {
                continue;
            }
            opened += 1;
            let (key, words, is_erased): (String, Option<String>, bool) =
                tx.prepare_cached(OPEN)?.query_row((event, desk.as_str()), |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?;
            let is_meant = !is_erased
                && payload::look(tx, search, event, words.as_deref(), redactions)? == Look::Has;
            if is_meant {
                let key =
                    key.try_into().map_err(unreadable(|| format!("event {event} at {desk}")))?;
                walk.chosen.push(key);
            }
        }
        // Where nothing follows the last one, it is done with it.
        walk.is_through |= walked < MOST_FED_FROM && rows.next()?.is_none();
        Ok(walk)
    }

    fn move_on(
        &self,
        tx: &Transaction<'_>,
        desk: &DeskName,
        walk: &Walk,
        next_at: i64,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        let count = i64::try_from(walk.chosen.len()).unwrap_or(i64::MAX);
        tx.prepare_cached(
            "UPDATE replay_places SET at = ?3, event = ?4, put_back = put_back + ?5, through = ?6
             WHERE replay = ?1 AND desk = ?2",
        )?
        .execute((
            self.number,
            desk.as_str(),
            walk.place.0,
            walk.place.1,
            count,
            walk.is_through,
        ))?;
        if let Some(rate) = self.record.rate {
            let spent = count.saturating_mul(MINUTE / i64::from(rate.get()));
            tx.prepare_cached("UPDATE replays SET next_at = ?2 WHERE number = ?1")?
                .execute((self.number, next_at.saturating_add(spent)))?;
        }
        if walk.is_through && !tx.prepare_cached(ANY_LEFT)?.exists([self.number])? {
            enter(tx, self.number, ReplayState::Done, to_nanos(at))?;
        }
        Ok(())
    }
}

pub(in crate::ledger::sqlite) const OPEN: &str =
    "SELECT key, words, json_type(doc, '$.erased') IS NOT NULL FROM deliveries
    WHERE event = ?1 AND desk = ?2";

const ANY_LEFT: &str = "SELECT 1 FROM replay_places WHERE replay = ?1 AND through = 0";

fn put_back(
    tx: &Transaction<'_>,
    replay: i64,
    key: &DeliveryKey,
    at: Timestamp,
) -> Result<(), LedgerError> {
    let dead =
        deliveries::find(tx, key)?.ok_or_else(|| LedgerError::UnknownDelivery(key.clone()))?;
    deliveries::advance(tx, dead, [Transition::Replay { at }])?;
    tx.prepare_cached("UPDATE deliveries SET replay = ?2 WHERE key = ?1")?
        .execute((key.as_str(), replay))?;
    requeues::put(tx, key, LANE)
}
