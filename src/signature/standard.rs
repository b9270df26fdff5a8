//! Standard Webhooks 1.0, version `v1`: HMAC-SHA256 over `id.timestamp.body`.
//!
//! Source: the specification of standard-webhooks 1.0.0. Svix sends the same headers under its own
//! names.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{Headers, InvalidSecret, SignatureError, Verified, mac::Keys, secret::standard_keys};

/// As many signatures as are looked at: more work than that is nobody's to ask for.
const MOST_SIGNATURES: usize = 10;

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
    keys: Keys,
    tolerance: Duration,
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
        let claimed = claimed(headers.one(names.signature)?, names.signature)?;
        let secret =
            self.keys.signer(&parts(id, timestamp, body), &claimed).ok_or(SignatureError::Wrong)?;
        if id.contains('.') {
            return Err(SignatureError::AmbiguousId);
        }
        let signed_at = fresh(timestamp, names.timestamp, self.tolerance, now)?;
        Ok(Verified {
            body,
            id: Some(id.to_owned()),
            signed_at: Some(signed_at),
            secret: Some(secret),
        })
    }

    pub(super) fn sign(&self, id: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        let timestamp = now.as_second().to_string();
        let mac = self.keys.sign(&parts(id, &timestamp, body));
        let signature = format!("v1,{}", STANDARD.encode(mac));
        [(OWN.id, id.to_owned()), (OWN.timestamp, timestamp), (OWN.signature, signature)]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }
}

fn parts<'p>(id: &'p str, timestamp: &'p str, body: &'p [u8]) -> [&'p [u8]; 5] {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
}

/// The `v1` signatures of a header's list; other versions are passed over, as the specification
/// wants of a reader that does not know them.
fn claimed(list: &str, name: &str) -> Result<Vec<Vec<u8>>, SignatureError> {
    let entries: Vec<&str> = list.split(' ').filter(|entry| !entry.is_empty()).collect();
    if entries.len() > MOST_SIGNATURES {
        return Err(SignatureError::TooMany { most: MOST_SIGNATURES });
    }
    let signatures: Vec<Vec<u8>> = entries
        .into_iter()
        .filter_map(|entry| entry.strip_prefix("v1,"))
        .filter_map(|text| STANDARD.decode(text).ok())
        .collect();
    if signatures.is_empty() {
        return Err(SignatureError::Malformed(name.to_owned()));
    }
    Ok(signatures)
}

/// Reads seconds since 1970 that are no further than `tolerance` from `now`, both ways.
pub(super) fn fresh(
    text: &str,
    header: &str,
    tolerance: Duration,
    now: Timestamp,
) -> Result<Timestamp, SignatureError> {
    let malformed = || SignatureError::Malformed(header.to_owned());
    let seconds: i64 = text.parse().map_err(|_not_seconds| malformed())?;
    if now.as_second().abs_diff(seconds) > tolerance.as_secs() {
        return Err(SignatureError::Stale { tolerance_seconds: tolerance.as_secs() });
    }
    Timestamp::from_second(seconds).map_err(|_out_of_range| malformed())
}
