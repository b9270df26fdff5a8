//! Standard Webhooks 1.0 over `id.timestamp.body`: `v1` is HMAC-SHA256, `v1a` is ed25519.
//!
//! Source: the specification of standard-webhooks 1.0.0. Svix sends the same headers under its own
//! names.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    Headers, InvalidSecret, SignatureError, Verified,
    mac::Key,
    secret::{StandardKey, standard_keys},
    time::{Unit, fresh},
};

/// As many signatures as are looked at: more work than that is nobody's to ask for.
pub(super) const MOST_SIGNATURES: usize = 10;

/// The names of the three headers.
struct Names {
    id: &'static str,
    timestamp: &'static str,
    signature: &'static str,
}

const OWN: Names =
    Names { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" };
const SVIX: Names =
    Names { id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature" };

#[derive(Debug, Clone)]
pub(super) struct StandardWebhooks {
    keys: Vec<StandardKey>,
    tolerance: Duration,
}

/// The signatures of a header's list, by their version.
struct Claimed {
    v1: Vec<Vec<u8>>,
    v1a: Vec<Vec<u8>>,
}

impl StandardWebhooks {
    pub(super) fn new(
        secrets: &[SecretString],
        tolerance: Duration,
    ) -> Result<Self, InvalidSecret> {
        Ok(Self { keys: standard_keys(secrets)?, tolerance })
    }

    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        // One family of names as a whole: an id of one and a signature of the other is a mixture.
        let names = if headers.has(SVIX.id) && !headers.has(OWN.id) { SVIX } else { OWN };
        let id = headers.one(names.id)?;
        let timestamp = headers.one(names.timestamp)?;
        let claimed = self.claimed(headers.one(names.signature)?, names.signature)?;
        let secret =
            self.signer(&parts(id, timestamp, body), &claimed).ok_or(SignatureError::Wrong)?;
        if id.contains('.') {
            return Err(SignatureError::AmbiguousId);
        }
        let signed_at = fresh(timestamp, Unit::Seconds, names.timestamp, self.tolerance, now)?;
        Ok(Verified {
            body,
            id: Some(id.to_owned()),
            signed_at: Some(signed_at),
            secret: Some(secret),
        })
    }

    pub(super) fn sign(&self, id: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        let timestamp = now.as_second().to_string();
        let Some(key) = self.shared() else { return Vec::new() };
        let mac = key.sign(&parts(id, &timestamp, body));
        let signature = format!("v1,{}", STANDARD.encode(mac));
        [(OWN.id, id.to_owned()), (OWN.timestamp, timestamp), (OWN.signature, signature)]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    /// Whether there is a secret to sign with.
    pub(super) fn can_sign(&self) -> bool {
        self.shared().is_some()
    }

    fn shared(&self) -> Option<&Key> {
        self.keys.iter().find_map(|key| match key {
            StandardKey::Shared(key) => Some(&**key),
            StandardKey::Public(_) => None,
        })
    }

    /// Which key made one of the signatures. All are tried, without early exit.
    fn signer(&self, parts: &[&[u8]], claimed: &Claimed) -> Option<usize> {
        let mut found = None;
        for (index, key) in self.keys.iter().enumerate() {
            let made = match key {
                StandardKey::Shared(key) => key.has_made_one(parts, &claimed.v1),
                StandardKey::Public(key) => {
                    let message = parts.concat();
                    let ed25519 = webpki::aws_lc_rs::ED25519;
                    claimed
                        .v1a
                        .iter()
                        .any(|signature| ed25519.verify_signature(key, &message, signature).is_ok())
                }
            };
            found = found.or(made.then_some(index));
        }
        found
    }

    /// The signatures of a header's list of which there is a key; other versions are passed over, as
    /// the specification wants of a reader that does not know them.
    fn claimed(&self, list: &str, name: &str) -> Result<Claimed, SignatureError> {
        let entries: Vec<&str> = list.split(' ').filter(|entry| !entry.is_empty()).collect();
        if entries.len() > MOST_SIGNATURES {
            return Err(SignatureError::TooMany { most: MOST_SIGNATURES });
        }
        let of = |version: &str, is_known: bool| -> Vec<Vec<u8>> {
            let texts = entries.iter().filter_map(|entry| entry.strip_prefix(version));
            texts.filter(|_| is_known).filter_map(|text| STANDARD.decode(text).ok()).collect()
        };
        let is_public = |key: &StandardKey| matches!(key, StandardKey::Public(_));
        let claimed = Claimed {
            v1: of("v1,", !self.keys.iter().all(is_public)),
            v1a: of("v1a,", self.keys.iter().any(is_public)),
        };
        if claimed.v1.is_empty() && claimed.v1a.is_empty() {
            return Err(SignatureError::Malformed(name.to_owned()));
        }
        Ok(claimed)
    }
}

fn parts<'p>(id: &'p str, timestamp: &'p str, body: &'p [u8]) -> [&'p [u8]; 5] {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
}
