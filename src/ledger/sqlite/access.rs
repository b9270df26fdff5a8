//! Operators' tokens as rows and back.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Params, Row, Transaction, params};

use super::{SqliteLedger, audit, error::unreadable};
use crate::{
    ledger::{Access, Act, By, LedgerError, NewToken, Scope, TokenHash, TokenId, TokenRecord},
    sqlite::{from_nanos, to_nanos},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, scope, created_at, created_by, expires_at, last_used_at, revoked_at ",
            "FROM tokens ",
            $rest
        )
    };
}

/// The token of hash `?1`.
pub(super) const BY_HASH: &str = select!("WHERE hash = ?1");

/// The token of number `?1`, revoked or not.
pub(super) const ANY_BY_NUMBER: &str = select!("WHERE id = ?1");

const BY_NUMBER: &str = select!("WHERE id = ?1 AND revoked_at IS NULL");
const BY_NAME: &str = select!("WHERE name = ?1 AND revoked_at IS NULL");
const ALL: &str = select!("ORDER BY id DESC");

pub(super) fn find(
    tx: &Transaction<'_>,
    query: &str,
    parameters: impl Params,
) -> Result<Option<TokenRecord>, LedgerError> {
    let mut statement = tx.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    rows.next()?.map(record).transpose()
}

fn list(tx: &Transaction<'_>) -> Result<Vec<TokenRecord>, LedgerError> {
    let mut statement = tx.prepare_cached(ALL)?;
    let mut rows = statement.query([])?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(record(row)?);
    }
    Ok(tokens)
}

fn record(row: &Row<'_>) -> Result<TokenRecord, LedgerError> {
    let (id, name, scope): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let instant = |column| row.get(column).map(|nanos: Option<i64>| nanos.map(from_nanos));
    let scope: Scope = scope.parse().map_err(unreadable(|| format!("token {id}")))?;
    Ok(TokenRecord {
        id,
        name,
        scope,
        created_at: from_nanos(row.get(3)?),
        created_by: row.get(4)?,
        expires_at: instant(5)?,
        last_used_at: instant(6)?,
        revoked_at: instant(7)?,
    })
}

fn create(
    tx: &Transaction<'_>,
    token: &NewToken,
    by: &By,
) -> Result<Option<TokenRecord>, LedgerError> {
    let NewToken { name, hash, scope, expires_at } = token;
    let added: Option<i64> = tx
        .prepare_cached(
            "INSERT INTO tokens (name, hash, scope, created_at, created_by, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING RETURNING id",
        )?
        .query_row(
            params![
                name.as_str(),
                hash.as_bytes(),
                scope.as_str(),
                to_nanos(by.at),
                by.who,
                expires_at.map(to_nanos),
            ],
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = added else { return Ok(None) };
    let ends = expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let detail = format!("token {id}, scope {scope}, expires {ends}");
    audit::note(tx, Act::CreateToken, name.as_str(), &detail, by)?;
    find(tx, BY_NUMBER, [id])
}

fn revoke(
    tx: &Transaction<'_>,
    which: &TokenId,
    by: &By,
) -> Result<Option<TokenRecord>, LedgerError> {
    let found = match which {
        TokenId::Number(number) => find(tx, BY_NUMBER, [number])?,
        TokenId::Name(name) => find(tx, BY_NAME, [name.as_str()])?,
    };
    let Some(mut token) = found else { return Ok(None) };
    tx.prepare_cached("UPDATE tokens SET revoked_at = ?2 WHERE id = ?1")?
        .execute((token.id, to_nanos(by.at)))?;
    audit::note(tx, Act::RevokeToken, &token.name, &format!("token {}", token.id), by)?;
    token.revoked_at = Some(by.at);
    Ok(Some(token))
}

#[async_trait]
impl Access for SqliteLedger {
    async fn create_token(
        &self,
        token: &NewToken,
        by: &By,
    ) -> Result<Option<TokenRecord>, LedgerError> {
        let (token, by) = (token.clone(), by.clone());
        self.write(move |tx| create(tx, &token, &by)).await
    }

    async fn tokens(&self) -> Result<Vec<TokenRecord>, LedgerError> {
        self.read(list).await
    }

    async fn revoke_token(
        &self,
        which: &TokenId,
        by: &By,
    ) -> Result<Option<TokenRecord>, LedgerError> {
        let (which, by) = (which.clone(), by.clone());
        self.write(move |tx| revoke(tx, &which, &by)).await
    }

    async fn token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, LedgerError> {
        let hash = *hash;
        self.read(move |tx| find(tx, BY_HASH, [hash.as_bytes()])).await
    }

    async fn note_token_use(&self, id: i64, at: Timestamp) -> Result<(), LedgerError> {
        self.write(move |tx| {
            tx.prepare_cached("UPDATE tokens SET last_used_at = ?2 WHERE id = ?1")?
                .execute((id, to_nanos(at)))?;
            Ok(())
        })
        .await
    }
}
