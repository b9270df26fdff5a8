//! Operators' sessions as rows and back.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Transaction};

use super::{SqliteLedger, access, audit};
use crate::{
    ledger::{Act, By, LedgerError, NewSession, SessionRecord, Sessions, TokenHash},
    sqlite::{from_nanos, to_nanos},
};

fn open(tx: &Transaction<'_>, session: &NewSession, by: &By) -> Result<(), LedgerError> {
    let NewSession { hash, token, expires_at } = session;
    tx.prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1")?.execute([to_nanos(by.at)])?;
    tx.prepare_cached(
        "INSERT INTO sessions (hash, token, opened_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((hash.as_bytes(), token, to_nanos(by.at), to_nanos(*expires_at)))?;
    audit::note(tx, Act::OpenSession, &by.who, &format!("until {expires_at}"), by)
}

fn find(tx: &Transaction<'_>, hash: &TokenHash) -> Result<Option<SessionRecord>, LedgerError> {
    let row: Option<(i64, i64, i64)> = tx
        .prepare_cached("SELECT token, opened_at, expires_at FROM sessions WHERE hash = ?1")?
        .query_row([hash.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((token, opened_at, expires_at)) = row else { return Ok(None) };
    let Some(token) = access::find(tx, access::ANY_BY_NUMBER, [token])? else { return Ok(None) };
    let (opened_at, expires_at) = (from_nanos(opened_at), from_nanos(expires_at));
    Ok(Some(SessionRecord { token, opened_at, expires_at }))
}

fn end(tx: &Transaction<'_>, hash: &TokenHash, by: &By) -> Result<bool, LedgerError> {
    let ended =
        tx.prepare_cached("DELETE FROM sessions WHERE hash = ?1")?.execute([hash.as_bytes()])?;
    if ended > 0 {
        audit::note(tx, Act::EndSession, &by.who, "", by)?;
    }
    Ok(ended > 0)
}

fn end_all(tx: &Transaction<'_>, token: i64, by: &By) -> Result<usize, LedgerError> {
    let ended = tx.prepare_cached("DELETE FROM sessions WHERE token = ?1")?.execute([token])?;
    if ended > 0 {
        audit::note(tx, Act::EndSession, &by.who, &format!("all {ended}"), by)?;
    }
    Ok(ended)
}

#[async_trait]
impl Sessions for SqliteLedger {
    async fn open_session(&self, session: &NewSession, by: &By) -> Result<(), LedgerError> {
        let (session, by) = (session.clone(), by.clone());
        self.write(move |tx| open(tx, &session, &by)).await
    }

    async fn session(&self, hash: &TokenHash) -> Result<Option<SessionRecord>, LedgerError> {
        let hash = *hash;
        self.read(move |tx| find(tx, &hash)).await
    }

    async fn end_session(&self, hash: &TokenHash, by: &By) -> Result<bool, LedgerError> {
        let (hash, by) = (*hash, by.clone());
        self.write(move |tx| end(tx, &hash, &by)).await
    }

    async fn end_sessions(&self, token: i64, by: &By) -> Result<usize, LedgerError> {
        let by = by.clone();
        self.write(move |tx| end_all(tx, token, &by)).await
    }
}
