//! The key that makes every copy of an event one delivery, and every second try recognisable.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::event::{DeskName, EventId, SourceName};

/// Identifies one delivery: the same for every copy of an event, another for each desk.
///
/// 32 lower-case hexadecimal digits, so that it fits any desk's field and needs no escaping in a
/// path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeliveryKey(String);

/// A text that is not a delivery key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a delivery key: 32 hexadecimal digits")]
pub struct InvalidKey;

impl DeliveryKey {
    /// The key of the event `id` of `source` at `desk`: half of a SHA-256 over the three, each
    /// with its length before it, so that no two triples run together.
    pub fn of(source: &SourceName, id: &EventId, desk: &DeskName) -> Self {
        let mut hash = Sha256::new();
        for part in [source.as_str(), id.as_str(), desk.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        Self(hex::encode(&digest[..16]))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DeliveryKey {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        let is_key =
            text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_key { Ok(Self(text)) } else { Err(InvalidKey) }
    }
}

impl std::str::FromStr for DeliveryKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Self::try_from(text.to_owned())
    }
}

impl From<DeliveryKey> for String {
    fn from(key: DeliveryKey) -> Self {
        key.0
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn key(source: &str, id: &str, desk: &str) -> DeliveryKey {
        DeliveryKey::of(&source.parse().unwrap(), &id.parse().unwrap(), &desk.parse().unwrap())
    }

    #[test]
    fn every_copy_of_an_event_has_the_same_key() {
        assert_eq!(key("shop", "evt_1", "crm"), key("shop", "evt_1", "crm"));
        assert_eq!(key("shop", "evt_1", "crm").as_str(), "e915b8136583ba4477fd052f9a169a9f");
    }

    #[test]
    fn parts_never_run_together() {
        assert_ne!(key("shop", "1a", "b"), key("shop", "1", "ab"));
        assert_ne!(key("shop", "1", "crm"), key("shop1", "1", "crm"));
    }

    #[test]
    fn only_a_key_reads_as_a_key() {
        assert!(DeliveryKey::try_from(String::from(key("shop", "1", "crm"))).is_ok());
        assert!(DeliveryKey::try_from("84FB".to_owned()).is_err());
    }
}
