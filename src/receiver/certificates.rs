//! The certificates of senders that sign with one: fetched from the sender's own host, held against
//! the authorities that are trusted, and kept.
//!
//! Promises: only addresses that are a [`CertificateUrl`] are called, over https, without following
//! a redirect; a stranger cannot have more than a few of them called in a minute.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{StatusCode, redirect::Policy};
use rustls::RootCertStore;
use tokio::time::Instant;

use crate::signature::{Certificate, CertificateError, CertificateUrl};

/// How long a fetch may take, and how long one may wait for another's.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest chain of certificates, in bytes.
const LONGEST: usize = 64 * 1024;

/// Fetches in a [`WINDOW`]: PayPal has one certificate at a time, and exchanges it once a year.
const MOST_FETCHES: u32 = 10;

const WINDOW: Duration = Duration::from_mins(1);

/// Certificates that are kept.
const MOST_KEPT: usize = 16;

/// Why a certificate is not at hand.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("its address did not answer")]
    Unreachable(#[source] reqwest::Error),
    #[error("its address answered {0}")]
    Status(StatusCode),
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    #[error("too many were fetched in the last minute")]
    TooMany,
    #[error("another is being fetched")]
    Busy,
    #[error("this receiver fetches none")]
    Off,
}

/// No authority is trusted by this machine.
#[derive(Debug, thiserror::Error)]
pub enum NoAuthorities {
    /// The machine has none.
    #[error(
        "no certificate authorities are installed here, and without them no sender's certificate \
         can be checked: install ca-certificates"
    )]
    Installed,
    /// The client for them cannot be made.
    #[error("no client can be made to fetch certificates with")]
    Client(#[source] reqwest::Error),
}

/// What fetches certificates and keeps them. The default fetches none.
pub struct Certificates {
    client: Option<reqwest::Client>,
    roots: Arc<RootCertStore>,
    kept: Mutex<HashMap<CertificateUrl, Certificate>>,
    fetching: tokio::sync::Mutex<Option<(Instant, u32)>>,
}

impl Default for Certificates {
    fn default() -> Self {
        Self {
            client: None,
            roots: Arc::new(RootCertStore::empty()),
            kept: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Certificates {
    /// Trusts the authorities that this machine trusts. Blocks on the disk.
    pub fn of_this_machine() -> Result<Self, NoAuthorities> {
        let mut roots = RootCertStore::empty();
        // A certificate of the machine's that cannot be read is passed over: others will do.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(NoAuthorities::Installed);
        }
        Self::trusting(roots, reqwest::Client::builder()).map_err(NoAuthorities::Client)
    }

    /// Trusts `roots` alone for what was signed; `client` trusts whom it does.
    pub fn trusting(
        roots: RootCertStore,
        client: reqwest::ClientBuilder,
    ) -> Result<Self, reqwest::Error> {
        let client = client.https_only(true).redirect(Policy::none()).timeout(PATIENCE).build()?;
        Ok(Self { client: Some(client), roots: Arc::new(roots), ..Self::default() })
    }

    /// The certificate at `url`, which holds at `now`.
    pub(super) async fn get(
        &self,
        url: &CertificateUrl,
        now: Timestamp,
    ) -> Result<Certificate, GetError> {
        if let Some(certificate) = self.kept(url, now) {
            return Ok(certificate);
        }
        let fetching = tokio::time::timeout(PATIENCE, self.fetching.lock()).await;
        let mut fetching = fetching.map_err(|_elapsed| FetchError::Busy)?;
        if let Some(certificate) = self.kept(url, now) {
            return Ok(certificate);
        }
        *fetching = Some(count(*fetching)?);
        let pem = self.fetch(url).await?;
        let certificate = Certificate::read(&pem, self.roots.clone(), now)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(url.clone(), certificate.clone());
        Ok(certificate)
    }

    fn kept(&self, url: &CertificateUrl, now: Timestamp) -> Option<Certificate> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(url).filter(|certificate| certificate.holds(now)).cloned()
    }

    async fn fetch(&self, url: &CertificateUrl) -> Result<Vec<u8>, FetchError> {
        let client = self.client.as_ref().ok_or(FetchError::Off)?;
        let answer = client.get(url.as_str()).send().await;
        let mut answer = answer.map_err(FetchError::Unreachable)?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut pem = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(FetchError::Unreachable)? {
            if pem.len() + chunk.len() > LONGEST {
                return Err(FetchError::TooLong);
            }
            pem.extend_from_slice(&chunk);
        }
        Ok(pem)
    }
}

/// Counts one fetch more in the window that runs, or begins another.
fn count(window: Option<(Instant, u32)>) -> Result<(Instant, u32), FetchError> {
    match window {
        Some((_, MOST_FETCHES..)) if window.is_some_and(|(began, _)| began.elapsed() < WINDOW) => {
            Err(FetchError::TooMany)
        }
        Some((began, fetches)) if began.elapsed() < WINDOW => Ok((began, fetches + 1)),
        _ => Ok((Instant::now(), 1)),
    }
}

/// Why there is no certificate to verify with: nobody knows, or it does not hold.
#[derive(Debug)]
pub(super) enum GetError {
    Fetch(FetchError),
    Certificate(CertificateError),
}

impl From<FetchError> for GetError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
}

impl From<CertificateError> for GetError {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(error)
    }
}
