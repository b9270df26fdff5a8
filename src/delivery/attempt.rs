//! The tries of a delivery, for operators.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;

/// One try of a delivery at a desk, as the ledger keeps it for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attempt {
    /// The claim's number: attempts of one delivery count from 1.
    pub number: u32,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub began: Timestamp,
    /// When it ended, or was found to have ended.
    #[schema(value_type = String, format = DateTime)]
    pub ended: Timestamp,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Whether it counts against the desk's `max_attempts`.
    pub counts: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// With the ticket.
    Ticketed,
    /// Added to the ticket of its incident.
    Merged,
    /// With its incident resolved.
    Resolved,
    /// Without a ticket, because somebody said so beforehand.
    Suppressed,
    /// With another attempt to follow.
    Retrying,
    /// In doubt.
    Uncertain,
    /// For good.
    Dead,
    /// With the process.
    Crashed,
}

impl AttemptOutcome {
    /// The name that the ledger, metrics and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticketed => "ticketed",
            Self::Merged => "merged",
            Self::Resolved => "resolved",
            Self::Suppressed => "suppressed",
            Self::Retrying => "retrying",
            Self::Uncertain => "uncertain",
            Self::Dead => "dead",
            Self::Crashed => "crashed",
        }
    }
}
