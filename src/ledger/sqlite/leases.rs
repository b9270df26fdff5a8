//! Who speaks to a desk.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction};

use crate::{
    event::DeskName,
    ledger::{DeskLease, LedgerError},
    sqlite::{from_nanos, to_nanos},
};

/// Gives the desk to `holder` or prolongs its lease, unless another has it.
pub(super) fn lease(
    tx: &Transaction<'_>,
    desk: &DeskName,
    holder: &str,
    now: Timestamp,
    ttl: Duration,
) -> Result<DeskLease, LedgerError> {
    let found: Option<(Option<String>, i64, i64)> = tx
        .prepare_cached("SELECT holder, epoch, until FROM desk_leases WHERE desk = ?1")?
        .query_row([desk.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let epoch = match found {
        None => 1,
        Some((Some(current), epoch, _)) if current == holder => epoch,
        Some((Some(_), _, until)) if until > to_nanos(now) => {
            return Ok(DeskLease::Taken { until: from_nanos(until) });
        }
        Some((_, epoch, _)) => epoch + 1,
    };
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    let until = now.checked_add(ttl).unwrap_or(Timestamp::MAX);
    tx.prepare_cached(
        "INSERT INTO desk_leases (desk, holder, epoch, until, since) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (desk) DO UPDATE
         SET holder = excluded.holder, epoch = excluded.epoch, until = excluded.until",
    )?
    .execute((desk.as_str(), holder, epoch, to_nanos(until), to_nanos(now)))?;
    Ok(DeskLease::Held { epoch: epoch.unsigned_abs() })
}

/// Ends `holder`'s lease of the desk, if it has one.
pub(super) fn release(
    tx: &Transaction<'_>,
    desk: &DeskName,
    holder: &str,
) -> Result<(), LedgerError> {
    tx.prepare_cached("UPDATE desk_leases SET holder = NULL WHERE desk = ?1 AND holder = ?2")?
        .execute((desk.as_str(), holder))?;
    Ok(())
}

/// Whether the desk's lease of this epoch is still the last one given, and not given back.
pub(super) fn is_held(
    tx: &Transaction<'_>,
    desk: &DeskName,
    epoch: u64,
) -> Result<bool, LedgerError> {
    let held: Option<i64> = tx
        .prepare_cached("SELECT epoch FROM desk_leases WHERE desk = ?1 AND holder IS NOT NULL")?
        .query_row([desk.as_str()], |row| row.get(0))
        .optional()?;
    Ok(held.is_some_and(|held| held.unsigned_abs() == epoch))
}
