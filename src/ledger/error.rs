//! What can go wrong with the ledger.

use crate::{
    delivery::{DeliveryKey, InvalidTransition},
    event::DeskName,
};

/// Why the ledger did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store failed.
    #[error("the ledger's store failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was stored cannot be read.
    #[error("the ledger holds a row that cannot be read: {what}")]
    Unreadable {
        /// Which row.
        what: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing is known under that key.
    #[error("the ledger knows no delivery {0}")]
    UnknownDelivery(DeliveryKey),
    /// The delivery's state does not allow it.
    #[error("the delivery does not allow it")]
    NotAllowed(#[from] InvalidTransition),
    /// The desk has changed hands.
    #[error("another worker speaks to desk `{desk}` now")]
    LeaseOver {
        /// Which desk.
        desk: DeskName,
    },
}
