//! A plain HMAC over the body, with or without a signed time: what most senders of their own make.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    Encoding, Headers, HmacSettings, InvalidSecret, SignatureError, Verified,
    mac::Keys,
    secret::text_keys,
    time::{Unit, fresh},
};

#[derive(Debug, Clone)]
pub(super) struct HmacScheme {
    keys: Keys,
    settings: HmacSettings,
}

impl HmacScheme {
    pub(super) fn new(
        secrets: &[SecretString],
        settings: HmacSettings,
    ) -> Result<Self, InvalidSecret> {
        Ok(Self { keys: text_keys(secrets, settings.hash)?, settings })
    }

    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        let claimed = self.claimed(headers.one(&self.settings.header)?)?;
        let Some(timestamped) = &self.settings.timestamp else {
            let secret = self.keys.signer(&[body], &[claimed]).ok_or(SignatureError::Wrong)?;
            return Ok(Verified { body, id: None, signed_at: None, secret: Some(secret) });
        };
        let time = headers.one(&timestamped.header)?;
        let parts = [time.as_bytes(), timestamped.separator.as_bytes(), body];
        let secret = self.keys.signer(&parts, &[claimed]).ok_or(SignatureError::Wrong)?;
        let signed_at =
            fresh(time, Unit::Seconds, &timestamped.header, timestamped.tolerance, now)?;
        Ok(Verified { body, id: None, signed_at: Some(signed_at), secret: Some(secret) })
    }

    pub(super) fn sign(&self, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        let time = now.as_second().to_string();
        let stamped = self.settings.timestamp.as_ref();
        let parts: &[&[u8]] = match stamped {
            Some(stamped) => &[time.as_bytes(), stamped.separator.as_bytes(), body],
            None => &[body],
        };
        let mac = self.keys.sign(parts);
        let written = match self.settings.encoding {
            Encoding::Hex => hex::encode(mac),
            Encoding::Base64 => STANDARD.encode(mac),
        };
        let mut headers =
            vec![(self.settings.header.clone(), format!("{}{written}", self.settings.prefix))];
        headers.extend(stamped.map(|stamped| (stamped.header.clone(), time.clone())));
        headers
    }

    /// The MAC's bytes; the prefix is checked, not skipped.
    fn claimed(&self, value: &str) -> Result<Vec<u8>, SignatureError> {
        let malformed = || SignatureError::Malformed(self.settings.header.clone());
        let text = value.strip_prefix(&self.settings.prefix).ok_or_else(malformed)?;
        match self.settings.encoding {
            Encoding::Hex => hex::decode(text).ok(),
            Encoding::Base64 => STANDARD.decode(text).ok(),
        }
        .ok_or_else(malformed)
    }
}
