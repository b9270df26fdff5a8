//! What was found at the desks' accounts: the last inspection of each.

use rusqlite::{OptionalExtension as _, Transaction};

use super::error::unreadable;
use crate::{event::DeskName, inspection::Inspection, ledger::LedgerError, sqlite::to_nanos};

/// Writes an inspection down; one that is older than what is written changes nothing.
pub(super) fn note(
    tx: &Transaction<'_>,
    desk: &DeskName,
    inspection: &Inspection,
) -> Result<(), LedgerError> {
    let doc = serde_json::to_string(inspection)
        .map_err(unreadable(|| format!("an inspection of {desk}")))?;
    tx.prepare_cached(
        "INSERT INTO inspections (desk, at, doc) VALUES (?1, ?2, ?3)
         ON CONFLICT (desk) DO UPDATE SET at = excluded.at, doc = excluded.doc
         WHERE excluded.at >= at",
    )?
    .execute((desk.as_str(), to_nanos(inspection.at), doc))?;
    Ok(())
}

/// The last inspection of `desk`.
pub(super) fn find(
    tx: &Transaction<'_>,
    desk: &DeskName,
) -> Result<Option<Inspection>, LedgerError> {
    let doc: Option<String> = tx
        .prepare_cached("SELECT doc FROM inspections WHERE desk = ?1")?
        .query_row([desk.as_str()], |row| row.get(0))
        .optional()?;
    doc.map(|doc| {
        serde_json::from_str(&doc).map_err(unreadable(|| format!("an inspection of {desk}")))
    })
    .transpose()
}
