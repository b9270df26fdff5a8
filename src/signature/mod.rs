//! Proof that a body was posted by its source.
//!
//! Only [`Scheme::verify`] makes a [`Verified`], and only a [`Verified`] becomes an event. Promises:
//! - the signature is over the raw bytes, before anything reads them;
//! - MACs are compared in constant time, and every secret is tried whatever an earlier one said;
//! - a time is judged only when its signature holds, so that a stranger learns nothing from it;
//! - no error, and no debug output, holds a secret or a signature.

mod adyen;
mod body;
mod certificate;
mod credentials;
mod error;
mod fingerprint;
mod headers;
mod hmac;
mod hubspot;
mod mac;
mod paypal;
mod secret;
mod settings;
mod standard;
mod stripe;
mod time;

pub use certificate::{Certificate, CertificateError, CertificateUrl};
pub use error::SignatureError;
pub use fingerprint::Fingerprint;
pub use headers::Headers;
pub use secret::InvalidSecret;
pub use settings::{Encoding, Hash, HmacSettings, HubSpotVersion, SchemeSettings, Timestamped};

use bytes::Bytes;
use jiff::Timestamp;

use self::{
    adyen::Adyen,
    body::{github, is_woocommerce_ping, shopify, woocommerce},
    credentials::{Credentials, Manner},
    hmac::HmacScheme,
    hubspot::HubSpot,
    paypal::PayPal,
    standard::StandardWebhooks,
    stripe::Stripe,
};

/// How one source proves who it is, with its secrets ready for use.
#[derive(Debug, Clone)]
pub struct Scheme {
    kind: Kind,
    fingerprints: Vec<Fingerprint>,
}

#[derive(Debug, Clone)]
enum Kind {
    StandardWebhooks(StandardWebhooks),
    Hmac(HmacScheme),
    WooCommerce(HmacScheme),
    Stripe(Stripe),
    Adyen(Adyen),
    PayPal(PayPal),
    HubSpot(HubSpot),
    Credentials(Credentials),
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

    /// Which of the source's secrets verified, counted from 0 in the order of the settings; PayPal's
    /// web hook id counts as its one.
    pub fn secret(&self) -> Option<usize> {
        self.secret
    }
}

impl Scheme {
    /// Makes the secrets of `settings` ready for use.
    pub fn new(settings: SchemeSettings) -> Result<Self, InvalidSecret> {
        let fingerprints = settings.secrets().iter().map(Fingerprint::of).collect();
        let over_body = |secrets: &[_], settings| HmacScheme::new(secrets, settings);
        let kind = match settings {
            SchemeSettings::StandardWebhooks { secrets, tolerance } => {
                Kind::StandardWebhooks(StandardWebhooks::new(&secrets, tolerance)?)
            }
            SchemeSettings::Hmac { secrets, settings } => {
                Kind::Hmac(HmacScheme::new(&secrets, settings)?)
            }
            SchemeSettings::Stripe { secrets, tolerance } => {
                Kind::Stripe(Stripe::new(&secrets, tolerance)?)
            }
            SchemeSettings::GitHub { secrets } => Kind::Hmac(over_body(&secrets, github())?),
            SchemeSettings::Shopify { secrets } => Kind::Hmac(over_body(&secrets, shopify())?),
            SchemeSettings::WooCommerce { secrets } => {
                Kind::WooCommerce(over_body(&secrets, woocommerce())?)
            }
            SchemeSettings::Adyen { secrets } => Kind::Adyen(Adyen::new(&secrets)?),
            SchemeSettings::PayPal { webhook_id } => Kind::PayPal(PayPal::new(webhook_id)),
            SchemeSettings::HubSpot { secrets, url, versions, tolerance } => {
                Kind::HubSpot(HubSpot::new(secrets, url, versions, tolerance)?)
            }
            SchemeSettings::Bearer { secrets } => {
                Kind::Credentials(Credentials::new(Manner::Bearer, &secrets)?)
            }
            SchemeSettings::Basic { user, secrets } => {
                Kind::Credentials(Credentials::new(Manner::Basic { user }, &secrets)?)
            }
            SchemeSettings::None => Kind::None,
        };
        Ok(Self { kind, fingerprints })
    }

    /// Whether only the sender can sign: with PayPal's key, or with the private half of an ed25519
    /// pair of which the public one is here.
    pub fn signs_elsewhere(&self) -> bool {
        match &self.kind {
            Kind::PayPal(_) => true,
            Kind::StandardWebhooks(scheme) => !scheme.can_sign(),
            _ => false,
        }
    }

    /// Whether a sender has to prove anything.
    pub fn is_signed(&self) -> bool {
        !matches!(self.kind, Kind::None)
    }

    /// One for each secret, in the order of [`Verified::secret`].
    pub fn fingerprints(&self) -> &[Fingerprint] {
        &self.fingerprints
    }

    /// What `WWW-Authenticate` asks of a sender whose proof was refused.
    pub fn challenge(&self) -> &'static str {
        match &self.kind {
            Kind::Credentials(credentials) => credentials.challenge(),
            _ => "Signature realm=\"hooks\"",
        }
    }

    /// Whether this sender posts pings.
    pub fn takes_pings(&self) -> bool {
        matches!(self.kind, Kind::WooCommerce(_))
    }

    /// Where the scheme asks for a certificate that somebody has to fetch.
    pub fn needs_certificates(&self) -> bool {
        matches!(self.kind, Kind::PayPal(_))
    }

    /// Whether `body` is what this sender posts unsigned to learn that somebody is there: WooCommerce,
    /// when a web hook is saved. It says nothing and is no event.
    pub fn is_ping(&self, body: &[u8]) -> bool {
        self.takes_pings() && is_woocommerce_ping(body)
    }

    /// Where the certificate is that [`Self::verify`] needs, to be given by
    /// [`Headers::with_certificate`]; `None` where the scheme needs none.
    pub fn certificate_url(
        &self,
        headers: &Headers<'_>,
    ) -> Result<Option<CertificateUrl>, SignatureError> {
        match &self.kind {
            Kind::PayPal(_) => PayPal::certificate_url(headers).map(Some),
            _ => Ok(None),
        }
    }

    /// Checks that `body` was signed with one of the secrets, and not too long ago.
    pub fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
        now: Timestamp,
    ) -> Result<Verified<'b>, SignatureError> {
        match &self.kind {
            Kind::StandardWebhooks(scheme) => scheme.verify(headers, body, now),
            Kind::Hmac(scheme) | Kind::WooCommerce(scheme) => scheme.verify(headers, body, now),
            Kind::Stripe(scheme) => scheme.verify(headers, body, now),
            Kind::Adyen(scheme) => scheme.verify(headers, body),
            Kind::PayPal(scheme) => scheme.verify(headers, body, now),
            Kind::HubSpot(scheme) => scheme.verify(headers, body, now),
            Kind::Credentials(scheme) => scheme.verify(headers, body),
            Kind::None => Ok(Verified { body, id: None, signed_at: None, secret: None }),
        }
    }

    /// The headers that a sender adds to `body`, signed with the first secret; none where
    /// it [`Self::signs_elsewhere`].
    ///
    /// `id` is part of them for Standard Webhooks only; one with a dot in it does not verify.
    pub fn sign(&self, id: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        match &self.kind {
            Kind::StandardWebhooks(scheme) => scheme.sign(id, body, now),
            Kind::Hmac(scheme) | Kind::WooCommerce(scheme) => scheme.sign(body, now),
            Kind::Stripe(scheme) => scheme.sign(body, now),
            Kind::Adyen(scheme) => scheme.sign(body),
            Kind::HubSpot(scheme) => scheme.sign(body, now),
            Kind::Credentials(scheme) => scheme.sign(),
            Kind::PayPal(_) | Kind::None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
