//! What a comment is recognised by.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::DeliveryKey;

/// Digits of the key that a mark has: enough to tell the comments of one ticket apart, and short
/// enough to stand in a sentence.
const DIGITS: usize = 12;

/// Stands in every comment, so that one whose answer was lost is found again: the first digits of
/// the key of the delivery that the comment is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mark(String);

/// A text that is no mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a mark: 12 hexadecimal digits")]
pub struct InvalidMark;

impl Mark {
    /// The mark of `key`.
    pub fn of(key: &DeliveryKey) -> Self {
        Self(key.as_str().chars().take(DIGITS).collect())
    }

    /// The mark of what is said for `key` beside its own words, told from the rest by `which`.
    pub(super) fn beside(key: &DeliveryKey, which: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(key.as_str());
        hash.update(which.to_be_bytes());
        Self(hex::encode(hash.finalize()).chars().take(DIGITS).collect())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is a comment of this mark.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.sign())
    }

    /// The mark as it stands in a comment: `[deskbell e915b8136583]`.
    pub fn sign(&self) -> String {
        format!("[deskbell {}]", self.0)
    }
}

impl FromStr for Mark {
    type Err = InvalidMark;

    fn from_str(text: &str) -> Result<Self, InvalidMark> {
        let is_mark = text.len() == DIGITS
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_mark { Ok(Self(text.to_owned())) } else { Err(InvalidMark) }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_known_by_its_own_mark_alone() {
        let key: DeliveryKey = "e915b8136583ba4477fd052f9a169a9f".parse().unwrap();
        let mark = Mark::of(&key);
        assert!(mark.is_in(&format!("It failed again. {}", mark.sign())));
        assert!(!mark.is_in("It failed again. [deskbell 000000000000]"));
        assert_eq!(mark.to_string().parse::<Mark>().unwrap(), mark);
        assert!("E915B8136583".parse::<Mark>().is_err() && "e915".parse::<Mark>().is_err());
    }
}
