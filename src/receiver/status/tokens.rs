//! A source's bearer tokens (RFC 6750), all live.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// What a source shows to ask what became of its events.
#[derive(Clone)]
pub struct Tokens(Vec<Hmac<Sha256>>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Tokens({} of them)", self.0.len())
    }
}

impl Tokens {
    /// Any of these is admitted.
    pub fn new(tokens: &[SecretString]) -> Self {
        Self(tokens.iter().map(|token| digest(token.expose_secret().as_bytes())).collect())
    }

    /// Whether the header `Authorization` shows a live token. What is compared are MACs, in constant
    /// time, with every token whatever an earlier one said.
    pub(super) fn admit(&self, authorization: &[u8]) -> bool {
        let (scheme, shown) = authorization.split_at(authorization.len().min(7));
        let shown = digest(shown).finalize().into_bytes();
        let mut is_known = false;
        for token in &self.0 {
            is_known |= token.clone().verify_slice(&shown).is_ok();
        }
        is_known && scheme.eq_ignore_ascii_case(b"bearer ")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, 2)")]
fn digest(token: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(token).expect("a key of any length");
    mac.update(b"status token");
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_live_token_is_admitted_and_nothing_else() {
        let tokens = Tokens::new(&["token-one".into(), "token-two".into()]);
        for (shown, is_admitted) in [
            ("Bearer token-one", true),
            ("bearer token-two", true),
            ("Bearer token-three", false),
            ("Bearer token-on", false),
            ("Bearer token-one ", false),
            ("Bearer ", false),
            ("Basic token-one", false),
            ("token-one", false),
            ("", false),
        ] {
            assert_eq!(tokens.admit(shown.as_bytes()), is_admitted, "{shown}");
        }
        assert!(!Tokens::new(&[]).admit(b"Bearer "));
    }
}
