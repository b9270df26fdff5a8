//! Operators' pauses as rows and back.

use async_trait::async_trait;
use rusqlite::{Row, Transaction};

use super::{SqliteLedger, audit, error::unreadable};
use crate::{
    event::DeskName,
    ledger::{Act, By, DeskPause, LedgerError, Pauses},
    sqlite::{from_nanos, to_nanos},
};

fn pause(tx: &Transaction<'_>, desk: &DeskName, by: &By) -> Result<bool, LedgerError> {
    let By { at, who, via, why } = by;
    let added = tx
        .prepare_cached(
            "INSERT INTO desk_pauses (desk, since, who, via, why) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (desk) DO NOTHING",
        )?
        .execute((desk.as_str(), to_nanos(*at), who, via.as_str(), why))?;
    if added > 0 {
        audit::note(tx, Act::PauseDesk, desk.as_str(), "", by)?;
    }
    Ok(added > 0)
}

fn resume(tx: &Transaction<'_>, desk: &DeskName, by: &By) -> Result<bool, LedgerError> {
    let taken =
        tx.prepare_cached("DELETE FROM desk_pauses WHERE desk = ?1")?.execute([desk.as_str()])?;
    if taken > 0 {
        audit::note(tx, Act::ResumeDesk, desk.as_str(), "", by)?;
    }
    Ok(taken > 0)
}

fn list(tx: &Transaction<'_>) -> Result<Vec<DeskPause>, LedgerError> {
    let mut statement =
        tx.prepare_cached("SELECT desk, since, who, via, why FROM desk_pauses ORDER BY desk")?;
    let mut rows = statement.query([])?;
    let mut pauses = Vec::new();
    while let Some(row) = rows.next()? {
        pauses.push(read(row)?);
    }
    Ok(pauses)
}

fn read(row: &Row<'_>) -> Result<DeskPause, LedgerError> {
    let (desk, via): (String, String) = (row.get(0)?, row.get(3)?);
    let name = || format!("the pause of {desk}");
    Ok(DeskPause {
        since: from_nanos(row.get(1)?),
        who: row.get(2)?,
        via: via.parse().map_err(unreadable(name))?,
        why: row.get(4)?,
        desk: desk.parse().map_err(unreadable(name))?,
    })
}

#[async_trait]
impl Pauses for SqliteLedger {
    async fn pause_desk(&self, desk: &DeskName, by: &By) -> Result<bool, LedgerError> {
        let (desk, by) = (desk.clone(), by.clone());
        self.write(move |tx| pause(tx, &desk, &by)).await
    }

    async fn resume_desk(&self, desk: &DeskName, by: &By) -> Result<bool, LedgerError> {
        let (desk, by) = (desk.clone(), by.clone());
        self.write(move |tx| resume(tx, &desk, &by)).await
    }

    async fn pauses(&self) -> Result<Vec<DeskPause>, LedgerError> {
        self.read(list).await
    }
}
