//! Desks that an operator keeps deliveries from.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::{By, LedgerError, Via};
use crate::event::DeskName;

/// Operators' pauses.
///
/// Promises: a pause outlives every process; pausing and resuming are in the audit log, each once.
#[async_trait]
pub trait Pauses {
    /// Keeps deliveries from `desk`; whether they were not kept from it before.
    async fn pause_desk(&self, desk: &DeskName, by: &By) -> Result<bool, LedgerError>;

    /// Lets deliveries pass to `desk` again; whether they were kept from it.
    async fn resume_desk(&self, desk: &DeskName, by: &By) -> Result<bool, LedgerError>;

    /// The desks that are paused, by name.
    async fn pauses(&self) -> Result<Vec<DeskPause>, LedgerError>;
}

/// A desk that an operator has paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeskPause {
    /// The desk.
    #[schema(value_type = String)]
    pub desk: DeskName,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Who did it.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: Option<String>,
}
