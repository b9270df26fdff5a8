//! A sender's certificate: where it may be, and whether it holds.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, UnixTime, pem::PemObject as _},
};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage};

/// The domain of PayPal's certificates and of the host that serves them.
const PAYPAL: &str = "paypal.com";

/// The longest address of a certificate (PayPal's API reference: `cert_url`).
const LONGEST_URL: usize = 500;

/// As many certificates as a chain may have.
const LONGEST_CHAIN: usize = 8;

/// Why a certificate is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// There is none.
    #[error("the sender's certificate is not at hand")]
    Absent,
    /// It is no certificate in PEM.
    #[error("the sender's certificate cannot be read")]
    Unreadable,
    /// It is out of date, or nobody that is trusted has signed it.
    #[error("the sender's certificate does not hold: out of date, or of an unknown authority")]
    Untrusted,
    /// It is somebody else's.
    #[error("the sender's certificate is not of its own domain")]
    OtherName,
}

/// The address of a certificate at a host of PayPal's: nothing else may be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateUrl(String);

impl CertificateUrl {
    /// Reads `https://host.paypal.com/path`, without port, user, query or fragment, so that no two
    /// readers can take it for different hosts.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (host, path) = text.strip_prefix("https://")?.split_once('/')?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
        let good = text.len() <= LONGEST_URL && path.bytes().all(is_plain) && is_of_paypal(host);
        good.then(|| Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a host's name is PayPal's domain or below it.
fn is_of_paypal(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.strip_suffix(PAYPAL).is_some_and(|below| {
        below.is_empty()
            || below.strip_suffix('.').is_some_and(|below| below.split('.').all(is_label))
    })
}

/// A certificate of PayPal's that held when it was read.
#[derive(Debug, Clone)]
pub struct Certificate {
    chain: Arc<[CertificateDer<'static>]>,
    roots: Arc<RootCertStore>,
}

impl Certificate {
    /// Reads a certificate and those that vouch for it, in PEM, and holds them against `roots`.
    pub fn read(
        pem: &[u8],
        roots: Arc<RootCertStore>,
        now: Timestamp,
    ) -> Result<Self, CertificateError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_not_pem| CertificateError::Unreadable)?;
        if chain.is_empty() || chain.len() > LONGEST_CHAIN {
            return Err(CertificateError::Unreadable);
        }
        let certificate = Self { chain: chain.into(), roots };
        certificate.hold(now)?;
        Ok(certificate)
    }

    /// Whether it is in date, of the right name, and vouched for.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.hold(now).is_ok()
    }

    /// Whether its key made `signature` of `message`, with RSA PKCS#1 v1.5 and SHA-256.
    pub(super) fn has_signed(
        &self,
        message: &[u8],
        signature: &[u8],
        now: Timestamp,
    ) -> Result<bool, CertificateError> {
        let leaf = self.hold(now)?;
        let rsa = webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256;
        Ok(leaf.verify_signature(rsa, message, signature).is_ok())
    }

    /// Checks names, dates and authorities. A certificate that is kept can go out of date.
    fn hold(&self, now: Timestamp) -> Result<EndEntityCert<'_>, CertificateError> {
        let (leaf, vouching) = self.chain.split_first().ok_or(CertificateError::Unreadable)?;
        let leaf = EndEntityCert::try_from(leaf).map_err(|_odd| CertificateError::Unreadable)?;
        let since_epoch = Duration::try_from(now.as_duration()).unwrap_or_default();
        leaf.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &self.roots.roots,
            vouching,
            UnixTime::since_unix_epoch(since_epoch),
            KeyUsage::server_auth(),
            None,
            None,
        )
        .map_err(|_reason| CertificateError::Untrusted)?;
        if !leaf.valid_dns_names().any(|name| is_of_paypal(name.trim_start_matches("*."))) {
            return Err(CertificateError::OtherName);
        }
        Ok(leaf)
    }
}
