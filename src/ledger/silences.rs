//! Silences: deliveries that operators want no tickets of for a while.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{By, LedgerError, Via};
use crate::delivery::{Delivery, DeliveryKey, NewSilence, SilenceChoice, SilenceId};

/// Operators' silences, and what they suppressed.
///
/// Promises: a silence outlives every process; making, ending and releasing are in the audit log,
/// each once; what is released has its ticket once, though the process ends in the midst of it.
#[async_trait]
pub trait Silences {
    /// Makes a silence. Whether it may be made is for the caller to check.
    async fn create_silence(&self, silence: &NewSilence, by: &By) -> Result<Silence, LedgerError>;

    /// Ends a silence before its time; one that is over stays as it is, and `None` is unknown. What
    /// it suppressed stays suppressed.
    async fn end_silence(&self, id: SilenceId, by: &By) -> Result<Option<Silence>, LedgerError>;

    /// One silence.
    async fn silence(&self, id: SilenceId) -> Result<Option<Silence>, LedgerError>;

    /// Those before `before`, the last made first, `most` at most.
    async fn silences(
        &self,
        before: Option<SilenceId>,
        most: usize,
    ) -> Result<Vec<Silence>, LedgerError>;

    /// Those that are not over at `at`, the first made first, without their counts.
    async fn silences_at(&self, at: Timestamp) -> Result<Vec<Silence>, LedgerError>;

    /// Lets all that a silence has suppressed by now have its ticket: [`Silences::release_some`]
    /// carries it out. `None`: there is no such silence.
    async fn release_silence(&self, id: SilenceId, by: &By)
    -> Result<Option<Silence>, LedgerError>;

    /// Lets one suppressed delivery have its ticket; it is put on the list of
    /// [`Ledger::requeues`](super::Ledger::requeues).
    async fn release_delivery(&self, key: &DeliveryKey, by: &By) -> Result<Delivery, LedgerError>;

    /// Puts `most` deliveries of [`Silences::release_silence`] on the list of
    /// [`Ledger::requeues`](super::Ledger::requeues) at `at`; gives how many, `most` at most.
    async fn release_some(&self, at: Timestamp, most: usize) -> Result<usize, LedgerError>;
}

/// A silence, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Its number.
    pub id: SilenceId,
    /// When it begins.
    pub from: Timestamp,
    /// When it is over, where nobody ends it before.
    pub until: Timestamp,
    /// About which deliveries.
    pub choice: SilenceChoice,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: String,
    /// When an operator ended it, and who.
    pub ended: Option<(Timestamp, String)>,
    /// How many deliveries it suppresses.
    pub suppressed: u64,
    /// How many it did that were released.
    pub released: u64,
    /// Whether more of them are being released.
    pub is_releasing: bool,
}

impl Silence {
    /// Whether it holds at `at`.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && !self.is_over_at(at)
    }

    /// Whether it is over at `at`.
    pub fn is_over_at(&self, at: Timestamp) -> bool {
        self.ended.is_some() || self.until <= at
    }
}
