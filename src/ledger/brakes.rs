//! Brakes as operators and workers see them.

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
