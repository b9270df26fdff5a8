//! Brakes as operators and workers see them.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    delivery::{Brake, Flood},
    event::DeskName,
};

/// The brake of one rule at one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrakeRecord {
    /// The desk.
    pub desk: DeskName,
    /// The rule.
    pub rule: String,
    /// What is known.
    pub brake: Brake,
}

/// A flood that is over, or that an operator has let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FloodRecord {
    /// The desk.
    pub desk: DeskName,
    /// The rule.
    pub rule: String,
    /// What is known.
    pub flood: Flood,
}

/// An operator's word to let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Now.
    pub at: Timestamp,
    /// Who says so.
    pub by: String,
    /// In the operator's words.
    pub why: String,
}
