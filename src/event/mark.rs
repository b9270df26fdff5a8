//! A reader's place in the journal, and what it may find missing there.

use sha2::{Digest, Sha256};

use super::Envelope;

/// An entry of the journal, and what stands there. A journal that was deleted and begins again, and
/// that of another broker, have other entries at the same places: a mark tells them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalMark {
    /// The entry's number.
    pub number: u64,
    /// Half of a SHA-256 over what tells this post of the event from every other.
    pub entry: String,
}

impl JournalMark {
    /// Marks the entry of this number and envelope.
    pub fn of(number: u64, envelope: &Envelope) -> Self {
        let Envelope { event, request_id, received_at, .. } = envelope;
        let received_at = received_at.to_string();
        let mut hash = Sha256::new();
        for part in [event.source.as_str(), event.id.as_str(), request_id.as_str(), &received_at] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        Self { number, entry: hex::encode(&digest[..16]) }
    }
}

/// Entries of the journal that nobody can read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalGap {
    /// So many made room before they were read: the reader fell behind the journal's bounds.
    Overtaken(u64),
    /// The journal was deleted, and begins again. Nobody knows what was unread in it.
    Replaced,
}
