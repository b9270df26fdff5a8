//! Desks, as the ledger knows them.

use jiff::Timestamp;

use crate::{event::DeskName, standing::Standing};

/// The answer to [`Ledger::lease_desk`](super::Ledger::lease_desk) and
/// [`Ledger::keep_desk`](super::Ledger::keep_desk).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskLease {
    /// The desk is the asker's.
    Held {
        /// Grows whenever the desk changes hands.
        epoch: u64,
    },
    /// Another worker has it.
    Taken {
        /// Until then, unless it is prolonged.
        until: Timestamp,
    },
}

/// A desk as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskRecord {
    /// Which desk.
    pub desk: DeskName,
    /// The worker that speaks to it, or did until its lease lapsed; `None` where it was given back.
    pub holder: Option<String>,
    /// The last one given.
    pub epoch: u64,
    /// The end of the last lease.
    pub until: Timestamp,
    /// What the last worker wrote down.
    pub standing: Option<Standing>,
}
