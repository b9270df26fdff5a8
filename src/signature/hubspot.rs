//! HubSpot: `v3` is an HMAC over method, address, body and time; `v1` and `v2` are digests that begin
//! with the secret.
//!
//! Sources: developers.hubspot.com, "Validating requests"; hubspot-api-python, `utils/signature.py`.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::{
    Hash, Headers, HubSpotVersion, InvalidSecret, SignatureError, Verified,
    mac::Keys,
    secret::text_keys,
    time::{Unit, fresh},
};

const V3: &str = "X-HubSpot-Signature-v3";
const TIMESTAMP: &str = "X-HubSpot-Request-Timestamp";
const DIGEST: &str = "X-HubSpot-Signature";
const VERSION: &str = "X-HubSpot-Signature-Version";

/// What HubSpot decodes in the address before it signs with `v3`, and nothing else.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

#[derive(Debug, Clone)]
pub(super) struct HubSpot {
    keys: Keys,
    secrets: Vec<SecretString>,
    url: String,
    decoded_url: String,
    versions: Vec<HubSpotVersion>,
    tolerance: Duration,
}

impl HubSpot {
    pub(super) fn new(
        secrets: Vec<SecretString>,
        url: String,
        versions: Vec<HubSpotVersion>,
        tolerance: Duration,
    ) -> Result<Self, InvalidSecret> {
        let keys = text_keys(&secrets, Hash::Sha256)?;
        let decoded_url = DECODED.iter().fold(url.clone(), |url, (code, letter)| {
            url.replace(code, letter).replace(&code.to_ascii_lowercase(), letter)
        });
        Ok(Self { keys, secrets, url, decoded_url, versions, tolerance })
    }

    /// The strongest version that the source takes and the sender sent decides, alone.
    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        let takes = |version| self.versions.contains(&version);
        let only_v3 = !takes(HubSpotVersion::V1) && !takes(HubSpotVersion::V2);
        if takes(HubSpotVersion::V3) && (headers.has(V3) || only_v3) {
            return self.verify_v3(headers, body, now);
        }
        let claimed = headers.one(DIGEST)?;
        let version = match headers.one(VERSION)? {
            "v1" => HubSpotVersion::V1,
            "v2" => HubSpotVersion::V2,
            _ => return Err(SignatureError::Malformed(VERSION.to_owned())),
        };
        if !takes(version) {
            return Err(SignatureError::Malformed(VERSION.to_owned()));
        }
        let claimed = hex::decode(claimed)
            .map_err(|_not_hex| SignatureError::Malformed(DIGEST.to_owned()))?;
        let before = match version {
            HubSpotVersion::V2 => [headers.method(), &self.url].concat(),
            HubSpotVersion::V1 | HubSpotVersion::V3 => String::new(),
        };
        let secret = self.digester(&before, body, &claimed).ok_or(SignatureError::Wrong)?;
        Ok(Verified { body, id: None, signed_at: None, secret: Some(secret) })
    }

    fn verify_v3<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        let claimed = STANDARD
            .decode(headers.one(V3)?)
            .map_err(|_not_base64| SignatureError::Malformed(V3.to_owned()))?;
        let time = headers.one(TIMESTAMP)?;
        let parts = self.parts(headers.method(), body, time);
        let secret = self.keys.signer(&parts, &[claimed]).ok_or(SignatureError::Wrong)?;
        let signed_at = fresh(time, Unit::Milliseconds, TIMESTAMP, self.tolerance, now)?;
        Ok(Verified { body, id: None, signed_at: Some(signed_at), secret: Some(secret) })
    }

    /// Signs with `v3`.
    pub(super) fn sign(&self, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        let time = now.as_millisecond().to_string();
        let mac = STANDARD.encode(self.keys.sign(&self.parts("POST", body, &time)));
        vec![(V3.to_owned(), mac), (TIMESTAMP.to_owned(), time)]
    }

    fn parts<'p>(&'p self, method: &'p str, body: &'p [u8], time: &'p str) -> [&'p [u8]; 4] {
        [method.as_bytes(), self.decoded_url.as_bytes(), body, time.as_bytes()]
    }

    /// Which secret stands before `before` and the body in the digest `claimed`.
    fn digester(&self, before: &str, body: &[u8], claimed: &[u8]) -> Option<usize> {
        let mut found = None;
        for (index, secret) in self.secrets.iter().enumerate() {
            let digest = Sha256::new()
                .chain_update(secret.expose_secret())
                .chain_update(before)
                .chain_update(body)
                .finalize();
            let is_it = bool::from(digest.as_slice().ct_eq(claimed));
            found = found.or(is_it.then_some(index));
        }
        found
    }
}
