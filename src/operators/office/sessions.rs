//! Sessions at the console.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::Office;
use crate::{
    ledger::{By, NewSession, TokenHash, TokenRecord, Via},
    operators::{OfficeError, token::mint_session},
};

/// A session ends by itself after this.
pub const SESSION_LASTS: SignedDuration = SignedDuration::from_hours(12);

impl Office {
    /// Somebody acts at the console now.
    pub fn by_session(&self, token: &TokenRecord, why: Option<String>) -> By {
        By { at: self.clock.now(), who: token.name.clone(), via: Via::Console, why }
    }

    /// Opens a session for who shows a live token; gives what the browser is to show, this once.
    pub async fn open_session(&self, token: &str) -> Result<Option<SecretString>, OfficeError> {
        let Some(token) = self.admitted(token).await? else { return Ok(None) };
        let (text, hash) = mint_session().map_err(|error| OfficeError::Ledger(Box::new(error)))?;
        let by = self.by_session(&token, None);
        let expires_at = by.at.checked_add(SESSION_LASTS).unwrap_or(Timestamp::MAX);
        let session = NewSession { hash, token: token.id, expires_at };
        self.archive.ledger().await?.open_session(&session, &by).await?;
        Ok(Some(text))
    }

    /// The token of a session that still admits.
    pub async fn session(&self, shown: &str) -> Result<Option<TokenRecord>, OfficeError> {
        let found = self.archive.ledger().await?.session(&TokenHash::of(shown)).await?;
        let live = found.filter(|session| session.is_live(self.clock.now()));
        Ok(live.map(|session| session.token))
    }

    /// Ends a session. One that is over stays so.
    pub async fn end_session(&self, shown: &str, by: &By) -> Result<(), OfficeError> {
        self.archive.ledger().await?.end_session(&TokenHash::of(shown), by).await?;
        Ok(())
    }

    /// Ends all sessions that were opened with a token.
    pub async fn end_sessions(&self, token: &TokenRecord, by: &By) -> Result<(), OfficeError> {
        self.archive.ledger().await?.end_sessions(token.id, by).await?;
        Ok(())
    }
}
