//! Proof that a body was posted by its source.
//!
//! Only [`Scheme::verify`] makes a [`Verified`], and only a [`Verified`] becomes an event. Promises:
//! - the signature is over the raw bytes, before anything reads them;
//! - MACs are compared in constant time, and every secret is tried whatever an earlier one said;
//! - a time is judged only when its signature holds, so that a stranger learns nothing from it;
//! - no error, and no debug output, holds a secret or a signature.

mod error;
mod headers;
mod hmac;
mod mac;
mod secret;
mod settings;
mod standard;

pub use error::SignatureError;
pub use headers::Headers;
pub use secret::InvalidSecret;
pub use settings::{Encoding, Hash, HmacSettings, SchemeSettings, Timestamped};

use bytes::Bytes;
use jiff::Timestamp;

use self::{hmac::HmacScheme, standard::StandardWebhooks};

/// How one source proves who it is, with its secrets ready for use.
#[derive(Debug, Clone)]
pub struct Scheme(Kind);

#[derive(Debug, Clone)]
enum Kind {
    StandardWebhooks(StandardWebhooks),
    Hmac(HmacScheme),
    None,
}

/// A body whose signature holds. Where the source's scheme is `none`, nothing was to be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<'b> {
    body: &'b Bytes,
    id: Option<String>,
    signed_at: Option<Timestamp>,
    secret: Option<usize>,
}

impl Verified<'_> {
    /// The bytes that were signed, as they came.
    pub fn body(&self) -> &[u8] {
        self.body
    }

    /// The event's id that was signed with the body, where the scheme has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// When the sender signed, where the scheme says so.
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }

    /// Which of the source's secrets verified, counted from 0 in the order of the settings.
    pub fn secret(&self) -> Option<usize> {
        self.secret
    }
}

impl Scheme {
    /// Makes the secrets of `settings` ready for use.
    pub fn new(settings: SchemeSettings) -> Result<Self, InvalidSecret> {
        Ok(Self(match settings {
            SchemeSettings::StandardWebhooks { secrets, tolerance } => {
                Kind::StandardWebhooks(StandardWebhooks::new(&secrets, tolerance)?)
            }
            SchemeSettings::Hmac { secrets, settings } => {
                Kind::Hmac(HmacScheme::new(&secrets, settings)?)
            }
            SchemeSettings::None => Kind::None,
        }))
    }

    /// Whether a sender has to prove anything.
    pub fn is_signed(&self) -> bool {
        !matches!(self.0, Kind::None)
    }

    /// Checks that `body` was signed with one of the secrets, and not too long ago.
    pub fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        match &self.0 {
            Kind::StandardWebhooks(scheme) => scheme.verify(headers, body, now),
            Kind::Hmac(scheme) => scheme.verify(headers, body, now),
            Kind::None => Ok(Verified { body, id: None, signed_at: None, secret: None }),
        }
    }

    /// The headers that a sender adds to `body`, signed with the first secret.
    ///
    /// `id` is part of them for Standard Webhooks only; one with a dot in it does not verify.
    pub fn sign(&self, id: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        match &self.0 {
            Kind::StandardWebhooks(scheme) => scheme.sign(id, body, now),
            Kind::Hmac(scheme) => scheme.sign(body, now),
            Kind::None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
