//! Operators' sessions in browsers. The ledger has their hashes, and only the browsers have the rest.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{By, LedgerError, TokenHash, TokenRecord};

/// Sessions that were opened with a token.
///
/// Promises: a session is found by its hash alone; one that was ended is not found again; that one
/// was opened or ended stands in the audit log, in the same transaction.
#[async_trait]
pub trait Sessions {
    /// Keeps a new session, and forgets those that are over by [`By::at`].
    async fn open_session(&self, session: &NewSession, by: &By) -> Result<(), LedgerError>;

    /// The session of this hash, whether it still admits or not.
    async fn session(&self, hash: &TokenHash) -> Result<Option<SessionRecord>, LedgerError>;

    /// Ends a session; gives whether there was one.
    async fn end_session(&self, hash: &TokenHash, by: &By) -> Result<bool, LedgerError>;

    /// Ends all sessions of a token; gives how many there were.
    async fn end_sessions(&self, token: i64, by: &By) -> Result<usize, LedgerError>;
}

/// A session that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The hash of what the browser shows.
    pub hash: TokenHash,
    /// The number of the token that it was opened with.
    pub token: i64,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A session as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The token that it was opened with, as it is now.
    pub token: TokenRecord,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl SessionRecord {
    /// Whether it still admits: neither it nor its token is over.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && self.token.is_live(now)
    }
}
