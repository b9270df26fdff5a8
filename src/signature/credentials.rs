//! Bearer tokens and basic credentials: who knows them is believed, whatever the body says.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Headers, InvalidSecret, SignatureError, Verified, secret::each};

const HEADER: &str = "Authorization";

/// How the credentials are written.
#[derive(Debug, Clone)]
pub(super) enum Manner {
    /// RFC 6750
    Bearer,
    /// RFC 7617, with this user.
    Basic { user: String },
}

/// The credentials of a source.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    manner: Manner,
    secrets: Vec<SecretString>,
}

impl Credentials {
    pub(super) fn new(manner: Manner, secrets: &[SecretString]) -> Result<Self, InvalidSecret> {
        let secrets = each(secrets, |_, text| Ok(SecretString::from(text)))?;
        Ok(Self { manner, secrets })
    }

    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
    ) -> Result<Verified<'b>, SignatureError> {
        let value = headers.one(HEADER)?;
        let malformed = || SignatureError::Malformed(HEADER.to_owned());
        let (word, rest) = value.split_once(' ').ok_or_else(malformed)?;
        if !word.eq_ignore_ascii_case(self.word()) {
            return Err(malformed());
        }
        let given = match &self.manner {
            Manner::Bearer => rest.trim_start().as_bytes().to_vec(),
            Manner::Basic { .. } => {
                STANDARD.decode(rest.trim_start()).map_err(|_not_base64| malformed())?
            }
        };
        let secret = self.owner(&given).ok_or(SignatureError::WrongCredentials)?;
        Ok(Verified { body, id: None, signed_at: None, secret: Some(secret) })
    }

    pub(super) fn sign(&self) -> Vec<(String, String)> {
        let Some(secret) = self.secrets.first() else { return Vec::new() };
        let expected = self.expected(secret);
        let written = match self.manner {
            Manner::Bearer => secret.expose_secret().to_owned(),
            Manner::Basic { .. } => STANDARD.encode(expected),
        };
        vec![(HEADER.to_owned(), format!("{} {written}", self.word()))]
    }

    pub(super) fn challenge(&self) -> &'static str {
        match self.manner {
            Manner::Bearer => "Bearer realm=\"hooks\"",
            Manner::Basic { .. } => "Basic realm=\"hooks\", charset=\"UTF-8\"",
        }
    }

    fn word(&self) -> &'static str {
        match self.manner {
            Manner::Bearer => "Bearer",
            Manner::Basic { .. } => "Basic",
        }
    }

    fn expected(&self, secret: &SecretString) -> Vec<u8> {
        match &self.manner {
            Manner::Bearer => secret.expose_secret().as_bytes().to_vec(),
            Manner::Basic { user } => format!("{user}:{}", secret.expose_secret()).into_bytes(),
        }
    }

    /// Which secret was given. Digests are compared, in constant time and without early exit, so that
    /// not even a length shows.
    fn owner(&self, given: &[u8]) -> Option<usize> {
        let given = Sha256::digest(given);
        let mut found = None;
        for (index, secret) in self.secrets.iter().enumerate() {
            let is_it = bool::from(Sha256::digest(self.expected(secret)).ct_eq(&given));
            found = found.or(is_it.then_some(index));
        }
        found
    }
}
