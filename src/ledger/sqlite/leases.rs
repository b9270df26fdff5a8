//! Who speaks to a desk, and how the desk stands.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction};

use super::error::unreadable;
use crate::{
    event::DeskName,
    ledger::{DeskLease, DeskRecord, LedgerError},
    sqlite::{from_nanos, to_nanos},
};

/// The lease of a desk as its row has it.
struct Lease {
    holder: Option<String>,
    epoch: i64,
    until: i64,
}

fn find(tx: &Transaction<'_>, desk: &DeskName) -> Result<Option<Lease>, LedgerError> {
    let mut statement =
        tx.prepare_cached("SELECT holder, epoch, until FROM desk_leases WHERE desk = ?1")?;
    let lease = statement.query_row([desk.as_str()], |row| {
        Ok(Lease { holder: row.get(0)?, epoch: row.get(1)?, until: row.get(2)? })
    });
    Ok(lease.optional()?)
}

/// Gives the desk to `holder` or prolongs its lease, unless another has it.
pub(super) fn lease(
    tx: &Transaction<'_>,
    desk: &DeskName,
    holder: &str,
    now: Timestamp,
    ttl: Duration,
) -> Result<DeskLease, LedgerError> {
    let epoch = match find(tx, desk)? {
        None => 1,
        Some(Lease { holder: Some(current), epoch, .. }) if current == holder => epoch,
        Some(Lease { holder: Some(_), until, .. }) if until > to_nanos(now) => {
            return Ok(DeskLease::Taken { until: from_nanos(until) });
        }
        Some(Lease { epoch, .. }) => epoch + 1,
    };
    let until = end(now, ttl);
    tx.prepare_cached(
        "INSERT INTO desk_leases (desk, holder, epoch, until, since) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (desk) DO UPDATE
         SET holder = excluded.holder, epoch = excluded.epoch, until = excluded.until",
    )?
    .execute((desk.as_str(), holder, epoch, to_nanos(until), to_nanos(now)))?;
    Ok(DeskLease::Held { epoch: epoch.unsigned_abs() })
}

/// Prolongs the lease that `holder` has under `epoch` and writes the desk's standing, as JSON.
pub(super) fn keep(
    tx: &Transaction<'_>,
    desk: &DeskName,
    (holder, epoch): (&str, u64),
    until: Timestamp,
    standing: &str,
) -> Result<DeskLease, LedgerError> {
    match find(tx, desk)? {
        Some(Lease { holder: Some(current), epoch: last, .. })
            if current == holder && last.unsigned_abs() == epoch =>
        {
            tx.prepare_cached("UPDATE desk_leases SET until = ?2, standing = ?3 WHERE desk = ?1")?
                .execute((desk.as_str(), to_nanos(until), standing))?;
            Ok(DeskLease::Held { epoch })
        }
        Some(Lease { until, .. }) => Ok(DeskLease::Taken { until: from_nanos(until) }),
        None => Ok(DeskLease::Taken { until }),
    }
}

fn end(now: Timestamp, ttl: Duration) -> Timestamp {
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    now.checked_add(ttl).unwrap_or(Timestamp::MAX)
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

/// All desks that ever had a worker, by name.
pub(super) fn desks(tx: &Transaction<'_>) -> Result<Vec<DeskRecord>, LedgerError> {
    let mut statement = tx.prepare_cached(
        "SELECT desk, holder, epoch, until, standing FROM desk_leases ORDER BY desk",
    )?;
    let mut rows = statement.query([])?;
    let mut desks = Vec::new();
    while let Some(row) = rows.next()? {
        let (desk, standing): (String, Option<String>) = (row.get(0)?, row.get(4)?);
        let name = || format!("the lease of {desk}");
        desks.push(DeskRecord {
            holder: row.get(1)?,
            epoch: row.get::<_, i64>(2)?.unsigned_abs(),
            until: from_nanos(row.get(3)?),
            standing: standing
                .map(|standing| serde_json::from_str(&standing))
                .transpose()
                .map_err(unreadable(name))?,
            desk: desk.parse().map_err(unreadable(name))?,
        });
    }
    Ok(desks)
}
