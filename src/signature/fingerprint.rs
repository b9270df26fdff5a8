//! Tells a source's secrets apart without saying them.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Sixteen bits of a digest: enough to tell a handful of secrets apart, too few to confirm a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u16);

impl Fingerprint {
    /// The fingerprint of a secret.
    pub(super) fn of(secret: &SecretString) -> Self {
        let digest = Sha256::new()
            .chain_update(b"deskbell secret\0")
            .chain_update(secret.expose_secret())
            .finalize();
        Self(u16::from_be_bytes([digest[0], digest[1]]))
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04x}", self.0)
    }
}
