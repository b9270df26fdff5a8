//! What a delivery does about its incident, as a worker asks for it.

use jiff::Timestamp;

use crate::delivery::{Approach, Delivery};

/// What a worker says to have a delivery's incident decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// The worker's claim of the delivery.
    pub claim: u32,
    /// Now.
    pub at: Timestamp,
    /// What the delivery comes with.
    pub approach: Approach,
}

/// The answer to an engagement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engaged {
    /// The delivery, which knows its part now.
    Delivery(Box<Delivery>),
    /// Another delivery has to come to its end first: this one.
    Wait(Option<Box<Delivery>>),
}
