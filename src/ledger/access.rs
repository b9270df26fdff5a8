//! Operators' tokens. The ledger has their hashes, and nobody has the tokens but their holders.

use std::{fmt, str::FromStr};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{By, InvalidWord, LedgerError};

/// Tokens that admit operators.
///
/// Promises: a token is found by its hash alone; one that is revoked stays so; who made or revoked
/// one stands in the audit log, in the same transaction.
#[async_trait]
pub trait Access {
    /// Keeps a new token; `None` where one of that name is not revoked.
    async fn create_token(
        &self,
        token: &NewToken,
        by: &By,
    ) -> Result<Option<TokenRecord>, LedgerError>;

    /// All tokens, the revoked ones among them, the newest first.
    async fn tokens(&self) -> Result<Vec<TokenRecord>, LedgerError>;

    /// Ends a token; `None` where there is none such that is not revoked.
    async fn revoke_token(
        &self,
        which: &TokenId,
        by: &By,
    ) -> Result<Option<TokenRecord>, LedgerError>;

    /// The token of this hash, whether it still admits or not.
    async fn token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, LedgerError>;

    /// Notes that a token has admitted somebody.
    async fn note_token_use(&self, id: i64, at: Timestamp) -> Result<(), LedgerError>;
}

/// What a token admits to. Each includes those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To look.
    #[default]
    Read,
    /// To act on deliveries, desks and brakes.
    Operate,
    /// To see who did what, and to say who may.
    Admin,
}

impl Scope {
    /// All scopes, the least first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Admin];

    /// The name that the ledger, the command line and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = InvalidWord;

    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(InvalidWord)
    }
}

/// A token's name: 1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter, so that it is no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

/// A text that is no token's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no token's name: 1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter")]
pub struct InvalidTokenName;

impl TokenName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenName {
    type Err = InvalidTokenName;

    fn from_str(text: &str) -> Result<Self, InvalidTokenName> {
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let is_name = text.len() <= 63
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_plain);
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidTokenName) }
    }
}

/// Names a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenId {
    /// By the number that it was given.
    Number(i64),
    /// By its name, where it is not revoked.
    Name(TokenName),
}

impl FromStr for TokenId {
    type Err = InvalidTokenName;

    fn from_str(text: &str) -> Result<Self, InvalidTokenName> {
        match text.parse() {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => text.parse().map(Self::Name),
        }
    }
}

/// The SHA-256 of a token. Since tokens are long and random, it needs no salt and no slow hash, and
/// finding it tells nothing by the time that it takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Of the token's text.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// As the ledger keeps it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash")
    }
}

/// A token that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its name.
    pub name: TokenName,
    /// Its hash.
    pub hash: TokenHash,
    /// What it admits to.
    pub scope: Scope,
    /// When it ends by itself; `None`: never.
    pub expires_at: Option<Timestamp>,
}

/// A token as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TokenRecord {
    /// The number that it was given.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it admits to, with all that is less.
    pub scope: Scope,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it ends by itself; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it admitted somebody last, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

impl TokenRecord {
    /// Whether it still admits.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_taken_for_an_id() {
        assert_eq!("17".parse::<TokenId>().unwrap(), TokenId::Number(17));
        let name = "ci-17".parse().unwrap();
        assert_eq!("ci-17".parse::<TokenId>().unwrap(), TokenId::Name(name));
        for text in ["", "1a", "A", "a b", "ä", "-a"] {
            assert!(text.parse::<TokenName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_hash_does_not_print() {
        assert_eq!(format!("{:?}", TokenHash::of("dbt_x")), "TokenHash");
    }

    #[test]
    fn each_scope_includes_those_before_it() {
        assert!(Scope::Read < Scope::Operate && Scope::Operate < Scope::Admin);
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse::<Scope>().unwrap(), scope);
        }
    }
}
