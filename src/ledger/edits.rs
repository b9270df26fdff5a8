//! What operators make of a dead letter's event, and how they send it back to work.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{By, LedgerError, Via};
use crate::{
    delivery::{Delivery, DeliveryKey},
    event::{Change, DataPath, Envelope, Redaction, Route, RuleName},
    ticket::Priority,
};

/// Edits of dead letters.
///
/// Promises: the event as it was first recorded is never changed, and every edit is kept; from the
/// edit on a claim hands out the edited payload, whatever crashes in between; an edit, the replay
/// with it and their entries in the audit log are written together or not at all; nobody edits what
/// somebody else has edited since they looked.
#[async_trait]
pub trait Edits {
    /// A delivery with its event, whole: for who makes an edit, and shows nothing of it.
    async fn whole(&self, key: &DeliveryKey) -> Result<Option<Whole>, LedgerError>;

    /// Edits a dead letter, replays it, or both.
    async fn amend(
        &self,
        key: &DeliveryKey,
        amendment: &Amendment,
        by: &By,
    ) -> Result<Amended, LedgerError>;

    /// The edits of one delivery, the first one first.
    async fn edits(&self, key: &DeliveryKey) -> Result<Vec<EditRecord>, LedgerError>;
}

/// A delivery with all that its event says.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The delivery.
    pub delivery: Delivery,
    /// The event as it was first recorded.
    pub envelope: Envelope,
    /// The payload that counts: of the last edit, or as it was posted.
    pub data: Value,
    /// What of it nobody may read.
    pub hidden: Redaction,
}

/// What an operator does with a dead letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// The edit that the operator has seen last; 0: the event as it was posted.
    pub seen: u32,
    /// The payload from now on.
    pub edit: Option<Edited>,
    /// How it goes back to work; `None`: it stays dead.
    pub replay: Option<Rerouting>,
}

/// A payload that somebody has edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// All of it.
    pub data: Value,
    /// The places that were written.
    pub touched: Vec<DataPath>,
}

/// How a dead letter goes back to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rerouting {
    /// By the rule and in the lane that it has.
    AsRouted,
    /// As today's rules send the event.
    Today {
        /// The rule that sends it to its desk.
        rule: RuleName,
        /// Its lane.
        priority: Priority,
        /// Where else the rules send the event: a desk without a delivery of it gets one.
        others: Vec<Route>,
    },
}

/// What became of an [`Amendment`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amended {
    /// The delivery.
    pub delivery: Delivery,
    /// The deliveries that other desks got.
    pub others: Vec<Delivery>,
}

/// One edit, as everybody may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EditRecord {
    /// Which one: edits of one delivery count from 1.
    pub number: u32,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The token's name, or the account's on the command line.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: Option<String>,
    /// What is different from the event as it was posted.
    pub changes: Vec<Change>,
}
