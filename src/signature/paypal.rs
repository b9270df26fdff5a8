//! PayPal: RSA over transmission id, time, web hook id and the body's CRC-32.
//!
//! Source: developer.paypal.com, "Integrate webhooks"; PayPal-Python-SDK, `notifications.py`. A CRC
//! is no digest: who can read one message can make another body that it fits. The signature proves
//! that PayPal sent something; that nobody changed it on the way is left to TLS.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;

use super::{CertificateError, CertificateUrl, Headers, SignatureError, Verified};

const ID: &str = "PAYPAL-TRANSMISSION-ID";
const TIME: &str = "PAYPAL-TRANSMISSION-TIME";
const SIGNATURE: &str = "PAYPAL-TRANSMISSION-SIG";
const CERTIFICATE: &str = "PAYPAL-CERT-URL";
const ALGORITHM: &str = "PAYPAL-AUTH-ALGO";

#[derive(Debug, Clone)]
pub(super) struct PayPal {
    webhook_id: String,
}

impl PayPal {
    pub(super) fn new(webhook_id: String) -> Self {
        Self { webhook_id }
    }

    /// Where the certificate is. Nothing is to be fetched for a request that lacks another header.
    pub(super) fn certificate_url(headers: &Headers<'_>) -> Result<CertificateUrl, SignatureError> {
        for name in [ID, TIME, SIGNATURE] {
            headers.one(name)?;
        }
        if headers.one(ALGORITHM)? != "SHA256withRSA" {
            return Err(SignatureError::Malformed(ALGORITHM.to_owned()));
        }
        CertificateUrl::parse(headers.one(CERTIFICATE)?)
            .ok_or(SignatureError::ForeignCertificate(CERTIFICATE))
    }

    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        Self::certificate_url(headers)?;
        let certificate = headers.certificate().ok_or(CertificateError::Absent)?;
        let (id, time) = (headers.one(ID)?, headers.one(TIME)?);
        let signature = STANDARD
            .decode(headers.one(SIGNATURE)?)
            .map_err(|_not_base64| SignatureError::Malformed(SIGNATURE.to_owned()))?;
        let message = self.message(id, time, body);
        if !certificate.has_signed(message.as_bytes(), &signature, now)? {
            return Err(SignatureError::Wrong);
        }
        // A bar in either would leave open where it ends.
        let signed_at: Timestamp =
            time.parse().map_err(|_not_a_time| SignatureError::Malformed(TIME.to_owned()))?;
        if id.contains('|') {
            return Err(SignatureError::Malformed(ID.to_owned()));
        }
        Ok(Verified { body, id: None, signed_at: Some(signed_at), secret: Some(0) })
    }

    fn message(&self, id: &str, time: &str, body: &[u8]) -> String {
        format!("{id}|{time}|{}|{}", self.webhook_id, crc32fast::hash(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_message_has_the_sum_of_the_raw_body_in_decimal() {
        let scheme = PayPal::new("WID".to_owned());
        let message = scheme.message("tid", "2026-01-01T00:00:00Z", b"{}");
        assert_eq!(message, "tid|2026-01-01T00:00:00Z|WID|2745614147");
    }
}
