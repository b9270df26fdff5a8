//! What was done lately: bounded walks over the newest entries of indexes, and single looks at the first
//! of each lane.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Params, Transaction};

use super::error::unreadable;
use crate::{
    event::DeskName,
    ledger::{
        DeskLately, Flow, Lately, LedgerError, MOST_COUNTED, MOST_PACED, MOST_TIMED, OldestWaiting,
        PACED_OVER, Pace, TimeToTicket,
    },
    sqlite::{from_nanos, to_nanos},
    ticket::Priority,
};

/// Events since `?1`, and of these since `?2`; `?3` at most.
pub(super) const RECEIVED: &str = "SELECT count(*), coalesce(sum(at > ?2), 0)
    FROM (SELECT received_at AS at FROM events INDEXED BY latest_events
          WHERE received_at > ?1 ORDER BY received_at DESC LIMIT ?3)";

/// Tickets since `?1`, and of these since `?2`; `?3` at most.
pub(super) const TICKETED: &str = "SELECT count(*), coalesce(sum(at > ?2), 0)
    FROM (SELECT updated_at AS at FROM deliveries INDEXED BY deliveries_by_state
          WHERE state = 'ticketed' AND updated_at > ?1 ORDER BY updated_at DESC LIMIT ?3)";

/// When each of the newest tickets since `?1` was made, and when its event was received; `?2` at most.
pub(super) const TIMED: &str = "SELECT ticketed_at, received_at
    FROM (SELECT event, updated_at AS ticketed_at FROM deliveries INDEXED BY deliveries_by_state
          WHERE state = 'ticketed' AND updated_at > ?1 ORDER BY updated_at DESC LIMIT ?2) AS tickets
    JOIN events ON events.number = tickets.event";

/// How many events came in since `?1`, `?2` at most, and when the first of them did.
pub(super) const ARRIVALS: &str = "SELECT count(*), min(received_at)
    FROM (SELECT received_at FROM events INDEXED BY latest_events
          WHERE received_at > ?1 ORDER BY received_at DESC LIMIT ?2)";

/// The same events, by desk.
pub(super) const ARRIVED: &str = "SELECT desk, count(*)
    FROM (SELECT number FROM events INDEXED BY latest_events
          WHERE received_at > ?1 ORDER BY received_at DESC LIMIT ?2) AS latest
    JOIN routes ON routes.event = latest.number GROUP BY desk";

/// How many deliveries changed since `?1`, `?2` at most, and when the first of them did.
pub(super) const CHANGES: &str = "SELECT count(*), min(updated_at)
    FROM (SELECT updated_at FROM deliveries INDEXED BY latest_deliveries
          WHERE updated_at > ?1 ORDER BY updated_at DESC LIMIT ?2)";

/// Of the same deliveries those that ended, by desk. An operator's discard is not the desk's doing.
pub(super) const SETTLED: &str = "SELECT desk, count(*)
    FROM (SELECT desk, state FROM deliveries INDEXED BY latest_deliveries
          WHERE updated_at > ?1 ORDER BY updated_at DESC LIMIT ?2)
    WHERE state IN ('ticketed', 'merged', 'resolved', 'suppressed', 'dead') GROUP BY desk";

/// The next desk behind `?1` for which something was not taken up yet.
pub(super) const NEXT_UNTAKEN: &str = "SELECT desk FROM routes INDEXED BY untaken_routes
    WHERE taken = 0 AND desk > ?1 ORDER BY desk LIMIT 1";

/// The next desk behind `?1` for which something is due at some time.
pub(super) const NEXT_DUE: &str = "SELECT desk FROM deliveries INDEXED BY due_deliveries
    WHERE due IS NOT NULL AND desk > ?1 ORDER BY desk LIMIT 1";

/// The first recorded event that nobody took from lane `?2` of desk `?1`.
pub(super) const FIRST_UNTAKEN: &str = "SELECT min(event) FROM routes INDEXED BY untaken_routes
    WHERE taken = 0 AND desk = ?1 AND priority = ?2";

/// The first recorded event of what is due in lane `?2` of desk `?1`.
pub(super) const FIRST_DUE: &str = "SELECT min(event) FROM deliveries INDEXED BY due_deliveries
    WHERE due IS NOT NULL AND desk = ?1 AND lane = ?2";

/// Between which times desk `?1` should have what waits for its time; `?2` of these are looked at.
pub(super) const DUE: &str = "SELECT min(due), max(due)
    FROM (SELECT due FROM deliveries INDEXED BY due_deliveries
          WHERE due IS NOT NULL AND desk = ?1 LIMIT ?2)";

const EVENT: &str = "SELECT source, id, received_at FROM events WHERE number = ?1";

const HOUR: Duration = Duration::from_hours(1);

/// Looks at one moment.
pub(super) fn lately(tx: &Transaction<'_>, at: Timestamp) -> Result<Lately, LedgerError> {
    let mut desks = paces(tx, at)?;
    let mut oldest: Option<(i64, String)> = None;
    for name in waiting_desks(tx)? {
        let waits = Waits::of(tx, &name, at)?;
        let desk = desks.entry(name.clone()).or_default();
        (desk.behind_since, desk.last_due) = (waits.behind_since, waits.last_due);
        let first = waits.first.map(|event| (event, name));
        oldest = oldest.into_iter().chain(first).min();
    }
    let desks =
        desks.into_iter().map(|(name, desk)| desk.named(&name)).collect::<Result<_, _>>()?;
    Ok(Lately {
        at,
        received: flow(tx, RECEIVED, at)?,
        ticketed: flow(tx, TICKETED, at)?,
        times: times(tx, at)?,
        oldest: oldest.map(|(event, desk)| named(tx, event, &desk)).transpose()?,
        desks,
    })
}

fn flow(tx: &Transaction<'_>, query: &str, at: Timestamp) -> Result<Flow, LedgerError> {
    let minute = to_nanos(at - Duration::from_mins(1));
    let (hour, minute) = tx
        .prepare_cached(query)?
        .query_row((to_nanos(at - HOUR), minute, MOST_COUNTED), |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
    Ok(Flow { last_minute: minute, last_hour: hour, exact: hour < u64::from(MOST_COUNTED) })
}

fn times(tx: &Transaction<'_>, at: Timestamp) -> Result<Option<TimeToTicket>, LedgerError> {
    let mut statement = tx.prepare_cached(TIMED)?;
    let mut rows = statement.query((to_nanos(at - HOUR), MOST_TIMED))?;
    let (mut times, mut since) = (Vec::new(), i64::MAX);
    while let Some(row) = rows.next()? {
        let (ticketed_at, received_at): (i64, i64) = (row.get(0)?, row.get(1)?);
        since = since.min(ticketed_at);
        // Clocks of two machines may differ.
        let took = ticketed_at.saturating_sub(received_at).max(0);
        times.push(Duration::from_nanos(took.unsigned_abs()));
    }
    Ok(TimeToTicket::of(times, from_nanos(since)))
}

/// What is known of a desk.
#[derive(Default)]
struct Desk {
    arrived: Pace,
    settled: Pace,
    behind_since: Option<Timestamp>,
    last_due: Option<Timestamp>,
}

impl Desk {
    fn named(self, name: &str) -> Result<DeskLately, LedgerError> {
        let Self { arrived, settled, behind_since, last_due } = self;
        Ok(DeskLately { desk: desk_name(name)?, arrived, settled, behind_since, last_due })
    }
}

/// What came in and was done, desk by desk.
fn paces(tx: &Transaction<'_>, at: Timestamp) -> Result<BTreeMap<String, Desk>, LedgerError> {
    let mut desks: BTreeMap<String, Desk> = BTreeMap::new();
    for (all, by_desk, of) in [
        (ARRIVALS, ARRIVED, (|desk| &mut desk.arrived) as fn(&mut Desk) -> &mut Pace),
        (CHANGES, SETTLED, |desk| &mut desk.settled),
    ] {
        let over = over(tx, all, at)?;
        let mut statement = tx.prepare_cached(by_desk)?;
        let mut rows = statement.query((to_nanos(at - PACED_OVER), MOST_PACED))?;
        while let Some(row) = rows.next()? {
            let count = row.get::<_, i64>(1)?.unsigned_abs();
            *of(desks.entry(row.get(0)?).or_default()) = Pace { count, over };
        }
    }
    Ok(desks)
}

/// Of how long the newest ones are that are counted.
fn over(tx: &Transaction<'_>, query: &str, at: Timestamp) -> Result<Duration, LedgerError> {
    let (count, first): (u32, Option<i64>) = tx
        .prepare_cached(query)?
        .query_row((to_nanos(at - PACED_OVER), MOST_PACED), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let first = first.filter(|_| count >= MOST_PACED);
    let over = first.map(|first| to_nanos(at).saturating_sub(first).max(1).unsigned_abs());
    Ok(over.map_or(PACED_OVER, Duration::from_nanos))
}

/// The desks for which something waits, found without a look at all of it.
fn waiting_desks(tx: &Transaction<'_>) -> Result<BTreeSet<String>, LedgerError> {
    let mut desks = BTreeSet::new();
    for query in [NEXT_UNTAKEN, NEXT_DUE] {
        let mut last = String::new();
        while let Some(desk) = first::<String>(tx, query, [&last])? {
            desks.insert(desk.clone());
            last = desk;
        }
    }
    Ok(desks)
}

/// What waits for one desk.
struct Waits {
    /// The number of the first recorded event of it.
    first: Option<i64>,
    behind_since: Option<Timestamp>,
    last_due: Option<Timestamp>,
}

impl Waits {
    fn of(tx: &Transaction<'_>, desk: &str, at: Timestamp) -> Result<Self, LedgerError> {
        let (mut untaken, mut due) = (None, None);
        for lane in Priority::URGENT_FIRST {
            let lane = (desk, lane.as_str());
            let of_lane = first::<Option<i64>>(tx, FIRST_UNTAKEN, lane)?.flatten();
            untaken = untaken.into_iter().chain(of_lane).min();
            let of_lane = first::<Option<i64>>(tx, FIRST_DUE, lane)?.flatten();
            due = due.into_iter().chain(of_lane).min();
        }
        let (from, to): (Option<i64>, Option<i64>) = tx
            .prepare_cached(DUE)?
            .query_row((desk, MOST_PACED), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let received = untaken.map(|event| received_at(tx, event)).transpose()?;
        let from = from.map(from_nanos).filter(|from| *from <= at);
        Ok(Self {
            first: untaken.into_iter().chain(due).min(),
            behind_since: received.into_iter().chain(from).min(),
            last_due: to.map(from_nanos).filter(|to| *to > at),
        })
    }
}

fn received_at(tx: &Transaction<'_>, event: i64) -> Result<Timestamp, LedgerError> {
    Ok(tx.prepare_cached(EVENT)?.query_row([event], |row| Ok(from_nanos(row.get(2)?)))?)
}

fn named(tx: &Transaction<'_>, event: i64, desk: &str) -> Result<OldestWaiting, LedgerError> {
    let columns = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (source, id, at): (String, String, i64) =
        tx.prepare_cached(EVENT)?.query_row([event], columns)?;
    let name = || format!("event {id} of {source}");
    Ok(OldestWaiting {
        source: source.parse().map_err(unreadable(name))?,
        event: id.parse().map_err(unreadable(name))?,
        desk: desk_name(desk)?,
        since: from_nanos(at),
    })
}

fn desk_name(name: &str) -> Result<DeskName, LedgerError> {
    name.parse().map_err(unreadable(|| format!("what waits for {name}")))
}

fn first<T: rusqlite::types::FromSql>(
    tx: &Transaction<'_>,
    query: &str,
    parameters: impl Params,
) -> Result<Option<T>, LedgerError> {
    Ok(tx.prepare_cached(query)?.query_row(parameters, |row| row.get(0)).optional()?)
}
