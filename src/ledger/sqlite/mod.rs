//! The ledger in a SQLite file, which several processes of one host may share.
//!
//! Promises, beside those of every [`Ledger`]:
//! - a row that cannot be read is an error that names it, and never a panic;
//! - the books are counted from two sides that are written apart, so that they can disagree.

mod access;
mod audit;
mod books;
mod brakes;
mod callbacks;
mod claim;
mod deliveries;
mod edits;
mod erasures;
mod error;
mod events;
mod file;
mod incidents;
mod inspections;
mod issues;
mod journal;
mod lately;
mod leases;
mod missing;
mod overdue;
mod past;
mod pauses;
mod replays;
mod requeues;
mod search;
mod sessions;
mod silences;
#[cfg(test)]
mod tests;
mod waiting;
mod watching;

pub use file::SqliteLedger;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use self::{
    deliveries::OF_EVENT,
    error::unreadable,
    events::{EventRow, Which},
};
use super::{
    Books, BrakeRecord, By, Claim, Claimed, DeskLease, DeskRecord, Engaged, Engagement,
    EventRecord, FloodRecord, GivenUp, Ledger, LedgerError, Overdue, Requeue, Whereabouts,
};
use crate::{
    delivery::{Attempt, Delivery, DeliveryKey, Incident, Transition},
    event::{DeskName, Envelope, EventId, JournalGap, JournalMark, SourceName},
    inspection::Inspection,
    standing::Standing,
    ticket::Priority,
};

#[async_trait]
impl Ledger for SqliteLedger {
    async fn lease_desk(
        &self,
        desk: &DeskName,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<DeskLease, LedgerError> {
        let (desk, holder) = (desk.clone(), holder.to_owned());
        self.write(move |tx| leases::lease(tx, &desk, &holder, now, ttl)).await
    }

    async fn keep_desk(
        &self,
        desk: &DeskName,
        holder: &str,
        epoch: u64,
        standing: &Standing,
    ) -> Result<DeskLease, LedgerError> {
        let (desk, holder, until) = (desk.clone(), holder.to_owned(), standing.until);
        let standing = serde_json::to_string(standing)
            .map_err(unreadable(|| format!("the lease of {desk}")))?;
        self.write(move |tx| leases::keep(tx, &desk, (&holder, epoch), until, &standing)).await
    }

    async fn desks(&self) -> Result<Vec<DeskRecord>, LedgerError> {
        self.read(leases::desks).await
    }

    async fn release_desk(&self, desk: &DeskName, holder: &str) -> Result<(), LedgerError> {
        let (desk, holder) = (desk.clone(), holder.to_owned());
        self.write(move |tx| leases::release(tx, &desk, &holder)).await
    }

    async fn note_inspection(
        &self,
        desk: &DeskName,
        inspection: &Inspection,
    ) -> Result<(), LedgerError> {
        let (desk, inspection) = (desk.clone(), inspection.clone());
        self.write(move |tx| inspections::note(tx, &desk, &inspection)).await
    }

    async fn inspection(&self, desk: &DeskName) -> Result<Option<Inspection>, LedgerError> {
        let desk = desk.clone();
        self.read(move |tx| inspections::find(tx, &desk)).await
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerError> {
        let row = EventRow::of(&claim.envelope);
        self.write(move |tx| claim::claim(tx, &claim, &row)).await
    }

    async fn advance(
        &self,
        key: &DeliveryKey,
        transitions: Vec<Transition>,
    ) -> Result<Delivery, LedgerError> {
        let key = key.clone();
        self.write(move |tx| match deliveries::find(tx, &key)? {
            Some(delivery) => deliveries::advance(tx, delivery, transitions),
            None => Err(LedgerError::UnknownDelivery(key)),
        })
        .await
    }

    async fn engage(
        &self,
        key: &DeliveryKey,
        engagement: Engagement,
    ) -> Result<Engaged, LedgerError> {
        let key = key.clone();
        self.write(move |tx| incidents::engage(tx, &key, engagement)).await
    }

    async fn incident(&self, desk: &DeskName, key: &str) -> Result<Option<Incident>, LedgerError> {
        let (desk, key) = (desk.clone(), key.to_owned());
        self.read(move |tx| incidents::find(tx, &desk, &key)).await
    }

    async fn brakes(&self) -> Result<Vec<BrakeRecord>, LedgerError> {
        self.read(brakes::list).await
    }

    async fn release_brake(
        &self,
        desk: &DeskName,
        rule: &str,
        by: &By,
    ) -> Result<Option<FloodRecord>, LedgerError> {
        let (desk, rule, by) = (desk.clone(), rule.to_owned(), by.clone());
        self.write(move |tx| brakes::release(tx, &desk, &rule, &by)).await
    }

    async fn calm_brakes(&self, at: Timestamp) -> Result<Vec<FloodRecord>, LedgerError> {
        if !self.read(brakes::any_open).await? {
            return Ok(Vec::new());
        }
        self.write(move |tx| brakes::calm(tx, at)).await
    }

    async fn give_up(&self, job: GivenUp) -> Result<Delivery, LedgerError> {
        let row = EventRow::of(&job.envelope);
        self.write(move |tx| claim::give_up(tx, job, &row)).await
    }

    async fn overdue(
        &self,
        desk: &DeskName,
        priority: Priority,
        by: Timestamp,
        after: i64,
        most: usize,
    ) -> Result<Vec<Overdue>, LedgerError> {
        let desk = desk.clone();
        self.read(move |tx| overdue::overdue(tx, (&desk, priority), by, after, most)).await
    }

    async fn note_whereabouts(
        &self,
        desk: &DeskName,
        places: &[i64],
        whereabouts: Whereabouts,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        let (desk, places) = (desk.clone(), places.to_vec());
        self.write(move |tx| missing::note(tx, &desk, &places, whereabouts, at)).await
    }

    async fn note_gap(
        &self,
        behind: &JournalMark,
        gap: JournalGap,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        let behind = behind.clone();
        self.write(move |tx| journal::note_gap(tx, &behind, gap, at)).await
    }

    async fn forget_gaps(&self, by: &By) -> Result<u64, LedgerError> {
        let by = by.clone();
        self.write(move |tx| journal::forget_gaps(tx, &by)).await
    }

    async fn operate(
        &self,
        key: &DeliveryKey,
        transition: Transition,
        by: &By,
    ) -> Result<Delivery, LedgerError> {
        let (key, by) = (key.clone(), by.clone());
        self.write(move |tx| requeues::operate(tx, &key, transition, &by)).await
    }

    async fn requeues(&self, most: usize) -> Result<Vec<Requeue>, LedgerError> {
        self.read(move |tx| requeues::list(tx, most)).await
    }

    async fn requeued(&self, number: i64) -> Result<(), LedgerError> {
        self.write(move |tx| requeues::strike(tx, number)).await
    }

    async fn record(
        &self,
        events: &[Envelope],
        read_up_to: &JournalMark,
    ) -> Result<(), LedgerError> {
        let rows: Vec<EventRow> = events.iter().map(EventRow::of).collect();
        let mark = read_up_to.clone();
        self.write(move |tx| journal::record(tx, &rows, &mark)).await
    }

    async fn recorded_up_to(&self) -> Result<Option<JournalMark>, LedgerError> {
        self.read(journal::recorded_up_to).await
    }

    async fn event(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<Option<EventRecord>, LedgerError> {
        Ok(self.show(Which::Named, (id.to_string(), source.to_string())).await?.pop())
    }

    async fn events_with_id(&self, id: &EventId) -> Result<Vec<EventRecord>, LedgerError> {
        self.show(Which::OfId, [id.to_string()]).await
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<Delivery>, LedgerError> {
        let key = key.clone();
        self.read(move |tx| deliveries::find(tx, &key)).await
    }

    async fn deliveries_of(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<Vec<Delivery>, LedgerError> {
        let (source, id) = (source.clone(), id.clone());
        self.read(move |tx| deliveries::query(tx, OF_EVENT, &[&id.as_str(), &source.as_str()]))
            .await
    }

    async fn attempts(&self, key: &DeliveryKey) -> Result<Vec<Attempt>, LedgerError> {
        let key = key.clone();
        self.read(move |tx| deliveries::attempts(tx, &key)).await
    }

    async fn books(&self) -> Result<Books, LedgerError> {
        self.read(books::books).await
    }
}
