//! HMACs of either hash, and sets of keys that are all tried.

use ::hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

use super::Hash;

/// One secret, ready to sign.
#[derive(Clone)]
pub(super) enum Key {
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(..)")
    }
}

impl Key {
    pub(super) fn new(hash: Hash, secret: &[u8]) -> Self {
        match hash {
            Hash::Sha256 => Self::Sha256(keyed(secret)),
            Hash::Sha512 => Self::Sha512(keyed(secret)),
        }
    }

    /// Whether one of the MACs `claimed` is this key's over `parts`. All are tried.
    pub(super) fn has_made_one(&self, parts: &[&[u8]], claimed: &[Vec<u8>]) -> bool {
        let fed = self.fed(parts);
        let mut found = false;
        for mac in claimed {
            found |= fed.has_made(mac);
        }
        found
    }

    /// The MAC over `parts`, one after the other.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.fed(parts).finish()
    }

    fn fed(&self, parts: &[&[u8]]) -> Self {
        let mut fed = self.clone();
        for part in parts {
            match &mut fed {
                Self::Sha256(mac) => mac.update(part),
                Self::Sha512(mac) => mac.update(part),
            }
        }
        fed
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha512(mac) => mac.finalize().into_bytes().to_vec(),
        }
    }

    /// Whether what was fed has the MAC `claimed`, in constant time over its bytes.
    fn has_made(&self, claimed: &[u8]) -> bool {
        match self {
            Self::Sha256(mac) => mac.clone().verify_slice(claimed).is_ok(),
            Self::Sha512(mac) => mac.clone().verify_slice(claimed).is_ok(),
        }
    }
}

/// A source's secrets: at least one, all live.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    first: Key,
    others: Vec<Key>,
}

impl Keys {
    /// `None` where there is no key.
    pub(super) fn new(keys: impl IntoIterator<Item = Key>) -> Option<Self> {
        let mut keys = keys.into_iter();
        Some(Self { first: keys.next()?, others: keys.collect() })
    }

    /// The first key's MAC over `parts`, one after the other.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.first.sign(parts)
    }

    /// Which key made one of the MACs `claimed` over `parts`. All are tried, without early exit.
    pub(super) fn signer(&self, parts: &[&[u8]], claimed: &[Vec<u8>]) -> Option<usize> {
        let mut found = None;
        for (index, key) in std::iter::once(&self.first).chain(&self.others).enumerate() {
            let made = key.has_made_one(parts, claimed);
            found = found.or(made.then_some(index));
        }
        found
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, 2)")]
fn keyed<M: KeyInit>(secret: &[u8]) -> M {
    M::new_from_slice(secret).expect("a key of any length")
}
