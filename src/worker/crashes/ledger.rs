//! The real ledger, watched.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use super::parts::{Shared, on_the_disk};
use crate::{
    delivery::{Attempt, Delivery, DeliveryKey, Incident, Transition},
    event::{DeskName, Envelope, EventId, JournalGap, JournalMark, SourceName},
    inspection::Inspection,
    ledger::{
        Books, BrakeRecord, By, Claim, Claimed, DeskLease, DeskRecord, Engaged, Engagement,
        EventRecord, FloodRecord, GivenUp, Ledger, LedgerError, Overdue, Requeue, Whereabouts,
        sqlite::SqliteLedger,
    },
    standing::Standing,
    ticket::Priority,
};

/// The ledger as one process sees it.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) inner: Arc<SqliteLedger>,
    pub(super) shared: Arc<Shared>,
}

fn failed() -> LedgerError {
    LedgerError::Store("the disk is full".into())
}

#[async_trait]
impl Ledger for Watched {
    /// Passes no point: leases are prolonged for as long as nothing happens.
    async fn lease_desk(
        &self,
        desk: &DeskName,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<DeskLease, LedgerError> {
        on_the_disk(self.inner.lease_desk(desk, holder, now, ttl))
    }

    async fn keep_desk(
        &self,
        desk: &DeskName,
        holder: &str,
        epoch: u64,
        standing: &Standing,
    ) -> Result<DeskLease, LedgerError> {
        on_the_disk(self.inner.keep_desk(desk, holder, epoch, standing))
    }

    async fn desks(&self) -> Result<Vec<DeskRecord>, LedgerError> {
        on_the_disk(self.inner.desks())
    }

    async fn note_inspection(
        &self,
        desk: &DeskName,
        inspection: &Inspection,
    ) -> Result<(), LedgerError> {
        on_the_disk(self.inner.note_inspection(desk, inspection))
    }

    async fn inspection(&self, desk: &DeskName) -> Result<Option<Inspection>, LedgerError> {
        on_the_disk(self.inner.inspection(desk))
    }

    async fn release_desk(&self, _: &DeskName, _: &str) -> Result<(), LedgerError> {
        unreachable!("no process here is stopped")
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerError> {
        let until = claim.until;
        let call = async {
            let claimed = on_the_disk(self.inner.claim(claim));
            if let Ok(Claimed::Granted(granted)) = &claimed {
                let mut truth = self.shared.truth();
                truth.given(&granted.envelope.event.data);
                truth.wrote(&granted.delivery);
                drop(truth);
                *self.shared.deadline() = until;
            }
            claimed
        };
        self.shared.points.pass_or(failed, call).await
    }

    async fn advance(
        &self,
        key: &DeliveryKey,
        transitions: Vec<Transition>,
    ) -> Result<Delivery, LedgerError> {
        let until = transitions.iter().find_map(|transition| match transition {
            Transition::Intend { until, .. } => Some(*until),
            _ => None,
        });
        let call = async {
            let advanced = on_the_disk(self.inner.advance(key, transitions));
            if let Ok(delivery) = &advanced {
                self.shared.truth().wrote(delivery);
                let mut deadline = self.shared.deadline();
                *deadline = until.unwrap_or(*deadline);
            }
            advanced
        };
        self.shared.points.pass_or(failed, call).await
    }

    async fn engage(
        &self,
        key: &DeliveryKey,
        engagement: Engagement,
    ) -> Result<Engaged, LedgerError> {
        let call = async {
            let engaged = on_the_disk(self.inner.engage(key, engagement));
            if let Ok(Engaged::Delivery(delivery)) = &engaged {
                self.shared.truth().wrote(delivery);
            }
            engaged
        };
        self.shared.points.pass_or(failed, call).await
    }

    async fn incident(&self, _: &DeskName, _: &str) -> Result<Option<Incident>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn brakes(&self) -> Result<Vec<BrakeRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn release_brake(
        &self,
        _: &DeskName,
        _: &str,
        _: &By,
    ) -> Result<Option<FloodRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn calm_brakes(&self, _: Timestamp) -> Result<Vec<FloodRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn attempts(&self, key: &DeliveryKey) -> Result<Vec<Attempt>, LedgerError> {
        let call = async { on_the_disk(self.inner.attempts(key)) };
        self.shared.points.pass_or(failed, call).await
    }

    async fn give_up(&self, _: GivenUp) -> Result<Delivery, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn overdue(
        &self,
        _: &DeskName,
        _: Priority,
        _: Timestamp,
        _: i64,
        _: usize,
    ) -> Result<Vec<Overdue>, LedgerError> {
        unreachable!("no lane here is idle")
    }

    async fn note_whereabouts(
        &self,
        _: &DeskName,
        _: &[i64],
        _: Whereabouts,
        _: Timestamp,
    ) -> Result<(), LedgerError> {
        unreachable!("no lane is idle here")
    }

    async fn note_gap(
        &self,
        _: &JournalMark,
        _: JournalGap,
        _: Timestamp,
    ) -> Result<(), LedgerError> {
        unreachable!("nobody reads the journal here")
    }

    async fn forget_gaps(&self, _: &By) -> Result<u64, LedgerError> {
        unreachable!("nobody reads the journal here")
    }

    async fn operate(
        &self,
        _: &DeliveryKey,
        _: Transition,
        _: &By,
    ) -> Result<Delivery, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn requeues(&self, _: usize) -> Result<Vec<Requeue>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn requeued(&self, _: i64) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn record(&self, _: &[Envelope], _: &JournalMark) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn recorded_up_to(&self) -> Result<Option<JournalMark>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn event(&self, _: &SourceName, _: &EventId) -> Result<Option<EventRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn events_with_id(&self, _: &EventId) -> Result<Vec<EventRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn delivery(&self, _: &DeliveryKey) -> Result<Option<Delivery>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn deliveries_of(
        &self,
        _: &SourceName,
        _: &EventId,
    ) -> Result<Vec<Delivery>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn books(&self) -> Result<Books, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}
