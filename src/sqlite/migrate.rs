//! Brings a database's schema up to date, and refuses one that is not ours to touch.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::OpenError;

/// What a database is for and how it came to be.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// SQLite's `application_id`: tells one kind of database from another.
    pub application_id: i32,
    /// The steps from an empty file to the newest schema. A step that was released never changes.
    pub steps: &'static [&'static str],
}

/// Applies the steps that the database lacks, all or none. Other processes wait meanwhile; where
/// nothing lacks, they do not.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    schema: &Schema,
) -> Result<(), OpenError> {
    let failed = |source| OpenError::Connect { path: path.to_owned(), source };
    let reading = connection.transaction().map_err(failed)?;
    if recognise(&reading, path, schema)? == schema.steps.len() {
        return Ok(());
    }
    drop(reading);
    let tx =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let done = recognise(&tx, path, schema)?;
    for (index, step) in schema.steps.iter().enumerate().skip(done) {
        apply(&tx, index + 1, step).map_err(failed)?;
    }
    if done < schema.steps.len() {
        tx.pragma_update(None, "application_id", schema.application_id).map_err(failed)?;
        tx.pragma_update(None, "user_version", number(schema.steps.len())).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

/// How many steps the database has, if it is one of ours and not newer than this program.
fn recognise(tx: &Transaction<'_>, path: &Path, schema: &Schema) -> Result<usize, OpenError> {
    let failed = |source| OpenError::Connect { path: path.to_owned(), source };
    let ask = |pragma| tx.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let version = ask("user_version").map_err(failed)?;
    let application = ask("application_id").map_err(failed)?;
    let is_empty: bool = tx
        .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
        .map_err(failed)?;
    if is_empty && version == 0 && application == 0 {
        return Ok(0);
    }
    if application != i64::from(schema.application_id) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let found = usize::try_from(version).unwrap_or(usize::MAX);
    let known = schema.steps.len();
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    for (index, step) in schema.steps.iter().enumerate().take(found) {
        let applied = applied_checksum(tx, index + 1).map_err(failed)?;
        if applied != Some(checksum(step)) {
            return Err(OpenError::Altered { path: path.to_owned(), step: index + 1 });
        }
    }
    Ok(found)
}

fn apply(tx: &Transaction<'_>, version: usize, step: &str) -> rusqlite::Result<()> {
    if version == 1 {
        tx.execute_batch(
            "CREATE TABLE migrations (version INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT",
        )?;
    }
    tx.execute_batch(step)?;
    tx.execute(
        "INSERT INTO migrations (version, checksum) VALUES (?1, ?2)",
        (number(version), checksum(step)),
    )?;
    Ok(())
}

fn applied_checksum(tx: &Transaction<'_>, version: usize) -> rusqlite::Result<Option<String>> {
    use rusqlite::OptionalExtension as _;
    tx.query_row("SELECT checksum FROM migrations WHERE version = ?1", [number(version)], |row| {
        row.get(0)
    })
    .optional()
}

fn number(version: usize) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

fn checksum(step: &str) -> String {
    hex::encode(Sha256::digest(step))
}
