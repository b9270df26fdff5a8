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
        let (report, _all) = self.retention_within(usize::MAX).await?;
        Ok(report)
    }

    /// The same of the oldest of these events alone, so many thousands; and whether there are no others.
    pub async fn retention_within(
        &self,
        thousands: usize,
    ) -> Result<(RetentionReport, bool), OfficeError> {
        let ledger = self.archive.ledger().await?;
        let (retention, now) = (self.privacy.retention.clone(), self.clock.now());
        let seconds = retention.times().map(|(end, time)| (end, time.as_secs())).collect();
        let mut report = RetentionReport { seconds, over: Expired::default() };
        let mut expiring = Expiring { retention, now, dry_run: true, after: None };
        for _ in 0..thousands {
            let part = ledger.expire(&expiring).await?;
            report.over.add(part.expired);
            if part.next.is_none() {
                return Ok((report, true));
            }
            expiring.after = part.next;
        }
        Ok((report, false))
    }
}
