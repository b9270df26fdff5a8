//! What comes of a transition.

use super::{Attempt, Delivery};

/// A delivery after a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// As it is now.
    pub delivery: Delivery,
    /// The attempt that the transition ended.
    pub ended: Option<Attempt>,
}
