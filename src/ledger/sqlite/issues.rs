//! Issues: dead letters counted in one index, and what was said of them.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, Transaction};

use super::{SqliteLedger, audit, error::unreadable};
use crate::{
    delivery::Reason,
    event::DeskName,
    ledger::{Act, By, Issue, IssueStatus, Issues, Judgement, LedgerError},
    sqlite::{from_nanos, to_nanos},
};

/// All of them, the largest first.
pub(super) const COUNTED: &str =
    "SELECT reason, desk, count(*), min(updated_at), max(updated_at) FROM deliveries
    INDEXED BY dead_letters WHERE state = 'dead'
    GROUP BY reason, desk ORDER BY count(*) DESC, desk, reason";

/// One of them; no row where no letter is left.
const ONE: &str = "SELECT reason, desk, count(*), min(updated_at), max(updated_at) FROM deliveries
    INDEXED BY dead_letters WHERE state = 'dead' AND reason = ?1 AND desk = ?2
    GROUP BY reason, desk";

fn list(tx: &Transaction<'_>) -> Result<Vec<Issue>, LedgerError> {
    let mut statement = tx.prepare_cached(COUNTED)?;
    let mut rows = statement.query([])?;
    let mut issues = Vec::new();
    while let Some(row) = rows.next()? {
        issues.push(read(tx, row)?);
    }
    Ok(issues)
}

fn judge(
    tx: &Transaction<'_>,
    reason: Reason,
    desk: &DeskName,
    status: IssueStatus,
    by: &By,
) -> Result<Option<Issue>, LedgerError> {
    let Some(before) = find(tx, reason, desk)? else { return Ok(None) };
    if before.status == status {
        return Ok(Some(before));
    }
    let By { at, who, why, .. } = by;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO issues (reason, desk, status, at, who, why)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((reason.as_str(), desk.as_str(), status.as_str(), to_nanos(*at), who, why))?;
    let subject = format!("{reason} at {desk}");
    audit::note(tx, Act::JudgeIssue, &subject, status.as_str(), by)?;
    find(tx, reason, desk)
}

fn find(
    tx: &Transaction<'_>,
    reason: Reason,
    desk: &DeskName,
) -> Result<Option<Issue>, LedgerError> {
    let mut statement = tx.prepare_cached(ONE)?;
    let mut rows = statement.query([reason.as_str(), desk.as_str()])?;
    rows.next()?.map(|row| read(tx, row)).transpose()
}

fn read(tx: &Transaction<'_>, row: &Row<'_>) -> Result<Issue, LedgerError> {
    let (reason, desk): (String, String) = (row.get(0)?, row.get(1)?);
    let name = || format!("dead letters of {reason} at {desk}");
    let said = said(tx, &reason, &desk)?;
    let last = from_nanos(row.get(4)?);
    Ok(Issue {
        letters: row.get::<_, i64>(2)?.unsigned_abs(),
        first: from_nanos(row.get(3)?),
        last,
        status: Judgement::status_after(said.as_ref(), last),
        said,
        reason: reason.parse().map_err(unreadable(name))?,
        desk: desk.parse().map_err(unreadable(name))?,
    })
}

fn said(tx: &Transaction<'_>, reason: &str, desk: &str) -> Result<Option<Judgement>, LedgerError> {
    let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let found: Option<(String, i64, String, Option<String>)> = tx
        .prepare_cached("SELECT status, at, who, why FROM issues WHERE reason = ?1 AND desk = ?2")?
        .query_row([reason, desk], columns)
        .optional()?;
    let Some((status, at, who, why)) = found else { return Ok(None) };
    let name = || format!("what was said of {reason} at {desk}");
    let status = status.parse().map_err(unreadable(name))?;
    Ok(Some(Judgement { status, at: from_nanos(at), who, why }))
}

#[async_trait]
impl Issues for SqliteLedger {
    async fn issues(&self) -> Result<Vec<Issue>, LedgerError> {
        self.read(list).await
    }

    async fn judge_issue(
        &self,
        reason: Reason,
        desk: &DeskName,
        status: IssueStatus,
        by: &By,
    ) -> Result<Option<Issue>, LedgerError> {
        let (desk, by) = (desk.clone(), by.clone());
        self.write(move |tx| judge(tx, reason, &desk, status, &by)).await
    }
}
