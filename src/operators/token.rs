//! Makes operators' tokens, and what their browsers show in a session.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

use crate::ledger::TokenHash;

/// What every token begins with, so that a leaked one is recognised for what it is.
pub const PREFIX: &str = "dbt_";

/// The system gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoChance(#[source] getrandom::Error);

/// A fresh token of 256 random bits, to be shown once, and its hash, to be kept.
pub fn mint() -> Result<(SecretString, TokenHash), NoChance> {
    minted(PREFIX)
}

/// What a browser shows in a session, 256 random bits as well, and its hash.
pub(super) fn mint_session() -> Result<(SecretString, TokenHash), NoChance> {
    minted("dbs_")
}

fn minted(prefix: &str) -> Result<(SecretString, TokenHash), NoChance> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits).map_err(NoChance)?;
    let text = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bits));
    let hash = TokenHash::of(&text);
    Ok((SecretString::from(text), hash))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_token_has_256_bits_of_its_own_and_is_found_by_its_hash() {
        let (one, hash) = mint().unwrap();
        let (other, _) = mint().unwrap();
        let text = one.expose_secret();
        assert_eq!(text.strip_prefix(PREFIX).unwrap().len(), 43);
        assert_ne!(text, other.expose_secret());
        assert_eq!(hash, TokenHash::of(text));
    }
}
