//! Stripe: HMAC-SHA256 over `timestamp.body`, in one header with the time.
//!
//! Source: stripe-node, `src/Webhooks.ts`. The key is the secret's whole text, `whsec_` with it.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    Hash, Headers, InvalidSecret, SignatureError, Verified,
    mac::Keys,
    secret::text_keys,
    standard::MOST_SIGNATURES,
    time::{Unit, fresh},
};

const HEADER: &str = "Stripe-Signature";

#[derive(Debug, Clone)]
pub(super) struct Stripe {
    keys: Keys,
    tolerance: Duration,
}

impl Stripe {
    pub(super) fn new(
        secrets: &[SecretString],
        tolerance: Duration,
    ) -> Result<Self, InvalidSecret> {
        Ok(Self { keys: text_keys(secrets, Hash::Sha256)?, tolerance })
    }

    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        let (time, claimed) = read(headers.one(HEADER)?)?;
        let parts = [time.as_bytes(), b".", body];
        let secret = self.keys.signer(&parts, &claimed).ok_or(SignatureError::Wrong)?;
        let signed_at = fresh(time, Unit::Seconds, HEADER, self.tolerance, now)?;
        Ok(Verified { body, id: None, signed_at: Some(signed_at), secret: Some(secret) })
    }

    pub(super) fn sign(&self, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        let time = now.as_second().to_string();
        let mac = hex::encode(self.keys.sign(&[time.as_bytes(), b".", body]));
        vec![(HEADER.to_owned(), format!("t={time},v1={mac}"))]
    }
}

/// The time and the `v1` signatures of `t=…,v1=…,v1=…`; other schemes are passed over. A second time
/// is refused: which of them was signed is a guess.
fn read(value: &str) -> Result<(&str, Vec<Vec<u8>>), SignatureError> {
    let malformed = || SignatureError::Malformed(HEADER.to_owned());
    let (mut time, mut claimed, mut signatures) = (None, Vec::new(), 0);
    for (name, value) in value.split(',').filter_map(|part| part.trim().split_once('=')) {
        match name {
            "t" if time.replace(value).is_some() => return Err(malformed()),
            "v1" => {
                signatures += 1;
                claimed.extend(hex::decode(value).ok());
            }
            _ => {}
        }
    }
    if signatures > MOST_SIGNATURES {
        return Err(SignatureError::TooMany { most: MOST_SIGNATURES });
    }
    match time {
        Some(time) if !claimed.is_empty() => Ok((time, claimed)),
        _ => Err(malformed()),
    }
}
