//! What the ledger keeps for how long, and what of it is over.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Office;
use crate::{
    ledger::{Expired, Expiring},
    operators::OfficeError,
};

/// What the ledger keeps for how long, and what of it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetentionReport {
    /// Seconds for which what an event said is kept, by the state in which its deliveries ended, or
    /// `unmatched`; what is not named is kept for ever.
    pub seconds: BTreeMap<&'static str, u64>,
    /// What would be erased now.
    pub over: Expired,
}

impl Office {
    /// Tells what retention would erase now, and writes nothing. It goes through all events that are
    /// older than the shortest time.
    pub async fn retention(&self) -> Result<RetentionReport, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let (retention, now) = (self.privacy.retention.clone(), self.clock.now());
        let seconds = retention.times().map(|(end, time)| (end, time.as_secs())).collect();
        let mut over = Expired::default();
        let mut expiring = Expiring { retention, now, dry_run: true, after: None };
        loop {
            let part = ledger.expire(&expiring).await?;
            over.add(part.expired);
            match part.next {
                Some(_) => expiring.after = part.next,
                None => return Ok(RetentionReport { seconds, over }),
            }
        }
    }
}
