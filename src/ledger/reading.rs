//! What readers of the ledger are shown.

use crate::event::EnvelopeView;

/// An accepted event as the ledger shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    /// The event with its routes, without what its source redacts.
    pub envelope: EnvelopeView,
    /// How often another body came under the same id.
    pub conflicts: u64,
}
