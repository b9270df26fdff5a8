//! The log of operators' acts.

use async_trait::async_trait;
use rusqlite::{Row, Transaction, params};

use super::{SqliteLedger, error::unreadable};
use crate::{
    ledger::{Act, Audit, AuditEntry, AuditSearch, By, LedgerError},
    sqlite::{from_nanos, to_nanos},
};

/// Entries below number `?1`, chosen by what else is not null.
pub(super) const ENTRIES: &str = "SELECT number, at, who, via, act, subject, detail, why FROM audit
    WHERE number < ?1 AND (?2 IS NULL OR at >= ?2) AND (?3 IS NULL OR at < ?3)
    AND (?4 IS NULL OR who = ?4) AND (?5 IS NULL OR act = ?5) AND (?6 IS NULL OR subject = ?6)
    ORDER BY number DESC LIMIT ?7";

/// Writes an act down.
pub(super) fn note(
    tx: &Transaction<'_>,
    act: Act,
    subject: &str,
    detail: &str,
    by: &By,
) -> Result<(), LedgerError> {
    let By { at, who, via, why } = by;
    tx.prepare_cached(
        "INSERT INTO audit (at, who, via, act, subject, detail, why)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((to_nanos(*at), who, via.as_str(), act.as_str(), subject, detail, why))?;
    Ok(())
}

fn list(
    tx: &Transaction<'_>,
    search: &AuditSearch,
    before: Option<i64>,
    most: usize,
) -> Result<Vec<AuditEntry>, LedgerError> {
    let AuditSearch { since, until, who, act, subject } = search;
    let mut statement = tx.prepare_cached(ENTRIES)?;
    let mut rows = statement.query(params![
        before.unwrap_or(i64::MAX),
        since.map(to_nanos),
        until.map(to_nanos),
        who,
        act.map(Act::as_str),
        subject,
        i64::try_from(most).unwrap_or(i64::MAX),
    ])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Result<AuditEntry, LedgerError> {
    let number: i64 = row.get(0)?;
    let (via, act): (String, String) = (row.get(3)?, row.get(4)?);
    let name = || format!("entry {number} of the audit log");
    Ok(AuditEntry {
        number,
        at: from_nanos(row.get(1)?),
        who: row.get(2)?,
        via: via.parse().map_err(unreadable(name))?,
        act: act.parse().map_err(unreadable(name))?,
        subject: row.get(5)?,
        detail: row.get(6)?,
        why: row.get(7)?,
    })
}

#[async_trait]
impl Audit for SqliteLedger {
    async fn audit(
        &self,
        search: &AuditSearch,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<AuditEntry>, LedgerError> {
        let search = search.clone();
        self.read(move |tx| list(tx, &search, before, most)).await
    }
}
