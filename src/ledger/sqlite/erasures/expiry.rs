//! Events whose time is over, the oldest first.

use jiff::Timestamp;
use rusqlite::Transaction;

use super::{of_event, rewriting};
use crate::{
    event::Erased,
    ledger::{Expired, ExpiredPart, Expiring, ExpiryPlace, LedgerError, Retention},
    sqlite::{from_nanos, to_nanos},
};

/// Events that one call looks at.
const MOST_LOOKED_AT: i64 = 1000;

/// Events that one transaction rewrites: live work waits for the writer meanwhile.
const MOST_EXPIRED: usize = 10;

/// What stands in the place of what expired.
const BY: &str = "retention";

/// The events that are not erased and were received by `?3`, behind those at `?1` up to number `?2`.
pub(in crate::ledger::sqlite) const OLDEST: &str = "SELECT number, received_at FROM events
    INDEXED BY events_by_age
    WHERE erased_at IS NULL AND (received_at, number) > (?1, ?2) AND received_at <= ?3
    ORDER BY received_at, number LIMIT ?4";

/// Some events whose time is over.
#[derive(Default)]
pub(super) struct Over {
    pub(super) numbers: Vec<i64>,
    /// What goes with them, where nothing comes between.
    pub(super) foreseen: Expired,
    /// The last one that was looked at; `None`: there are no more.
    pub(super) next: Option<ExpiryPlace>,
}

/// Looks at the oldest events behind a place.
pub(super) fn choose(tx: &Transaction<'_>, expiring: &Expiring) -> Result<Over, LedgerError> {
    let Expiring { retention, now, dry_run, after } = expiring;
    let mut over = Over::default();
    let Some(shortest) = retention.shortest() else { return Ok(over) };
    let Ok(youngest) = now.checked_sub(shortest) else { return Ok(over) };
    let (received_at, number) =
        after.map_or((i64::MIN, 0), |place| (to_nanos(place.received_at), place.number));
    let mut statement = tx.prepare_cached(OLDEST)?;
    let mut rows = statement.query((received_at, number, to_nanos(youngest), MOST_LOOKED_AT))?;
    let mut looked = 0;
    while let Some(row) = rows.next()? {
        let place = ExpiryPlace { number: row.get(0)?, received_at: from_nanos(row.get(1)?) };
        looked += 1;
        if let Some(states) = states_where_over(tx, place, retention, *now)? {
            over.numbers.push(place.number);
            over.foreseen.add(expired(states));
        }
        let is_enough = !dry_run && over.numbers.len() >= MOST_EXPIRED;
        if is_enough || looked >= MOST_LOOKED_AT {
            over.next = Some(place);
            break;
        }
    }
    Ok(over)
}

/// Erases those of the events of which it is still so.
pub(super) fn expire(
    tx: &Transaction<'_>,
    over: &Over,
    expiring: &Expiring,
) -> Result<ExpiredPart, LedgerError> {
    let mut part = ExpiredPart { next: over.next, ..ExpiredPart::default() };
    let erased = Erased { at: expiring.now, by: BY.to_owned() };
    for number in &over.numbers {
        let received_at: i64 = tx
            .prepare_cached("SELECT received_at FROM events WHERE number = ?1")?
            .query_row([number], |row| row.get(0))?;
        let place = ExpiryPlace { number: *number, received_at: from_nanos(received_at) };
        let states = states_where_over(tx, place, &expiring.retention, expiring.now)?;
        if let Some(states) = states
            && of_event(tx, *number)?.is_none()
            && rewriting::rewrite(tx, *number, &erased, None)?.events > 0
        {
            part.expired.add(expired(states));
        }
    }
    Ok(part)
}

fn expired(states: Vec<String>) -> Expired {
    let mut expired = Expired { events: 1, ..Expired::default() };
    for state in states {
        *expired.deliveries.entry(state).or_default() += 1;
    }
    expired
}

/// The states of an event's deliveries, where the time of all is over; `None` where one has to stay.
fn states_where_over(
    tx: &Transaction<'_>,
    event: ExpiryPlace,
    retention: &Retention,
    now: Timestamp,
) -> Result<Option<Vec<String>>, LedgerError> {
    let is_to_come = tx
        .prepare_cached("SELECT 1 FROM routes WHERE event = ?1 AND taken = 0")?
        .exists([event.number])?;
    if is_to_come {
        return Ok(None);
    }
    let ends: Vec<(String, i64)> = tx
        .prepare_cached("SELECT state, updated_at FROM deliveries WHERE event = ?1")?
        .query_map([event.number], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut all_over =
        ends.iter().all(|(state, since)| retention.is_over(state, from_nanos(*since), now));
    if ends.is_empty() {
        all_over = retention.is_over(Retention::UNMATCHED, event.received_at, now);
    }
    Ok(all_over.then(|| ends.into_iter().map(|(state, _)| state).collect()))
}
