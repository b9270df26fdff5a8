//! Where the receiver reads what became of events. It writes nothing there: the composition gives it
//! this much of the ledger and no more.

use std::fmt;

use async_trait::async_trait;

use crate::{
    delivery::Delivery,
    event::{EnvelopeView, EventId, SourceName},
};

/// An event that is recorded, with its deliveries that a worker has taken up.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The event with its routes, as everybody may read it.
    pub envelope: EnvelopeView,
    /// Of these routes.
    pub deliveries: Vec<Delivery>,
}

/// Why nothing can be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// They are on another machine, or no worker has run yet.
    #[error("this receiver has no ledger to read")]
    None,
    /// They cannot be read.
    #[error("the ledger cannot be read")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Finds events.
#[async_trait]
pub trait Records: fmt::Debug + Send + Sync {
    /// What is recorded of an event; `None` where nothing is.
    async fn find(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<Option<Recorded>, RecordsError>;
}
