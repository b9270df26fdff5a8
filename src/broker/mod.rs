//! Carries events from the receiver to the workers. At least once: a job that is not settled comes
//! back.
//!
//! Promises, kept by every implementation and tested by one contract suite:
//! - what [`Broker::publish`] has answered with `Ok` survives any crash, with all its routes or
//!   none, and stands in the journal;
//! - a job is held by one [`Lease`] at a time, and comes back when the lease is dropped or its
//!   holder dies;
//! - a job put back with [`Lease::retry_after`] does not come before its time, and the move is durable
//!   before the job leaves its lane;
//! - what comes back too often to be delivered is not dropped: [`Broker::buried`] gives it out;
//! - jobs of an urgent lane come before those of a lower one, which never starve.

pub mod embedded;
mod fairness;
pub mod rabbitmq;

pub use fairness::Fairness;

use std::{collections::HashSet, fmt, num::NonZeroU16, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    event::{DeskName, Envelope, EventId, JournalGap, JournalMark, RuleName, SourceName},
    ticket::Priority,
};

/// How much of the past the journal keeps at most, in bytes. What is past either bound goes, oldest
/// first.
pub const JOURNAL_BYTES: u64 = 10_000_000_000;

/// How long the journal keeps an entry at most, in days.
pub const JOURNAL_DAYS: u64 = 30;

/// The message queue: RabbitMQ, or SQLite on one machine.
#[async_trait]
pub trait Broker: fmt::Debug + Send + Sync {
    /// Takes over an event with all its routes. `Ok` means that it is durable; any error means that
    /// it may be durable or not, and that the sender should post it again.
    async fn publish(&self, envelope: &Envelope) -> Result<(), BrokerError>;

    /// Puts one delivery back on its desk's lane. Neither the journal nor other readers of the
    /// events see it.
    async fn requeue(&self, job: &Job) -> Result<(), BrokerError>;

    /// Opens the lanes of `desk`. `prefetch` jobs of each lane may be held at a time.
    async fn lanes(
        &self,
        desk: &DeskName,
        prefetch: NonZeroU16,
    ) -> Result<Box<dyn Lanes>, BrokerError>;

    /// Opens the journal behind the entry that `after` marks. Where another entry stands there, or
    /// none does, it is not the journal that was read: it opens at its oldest entry, as for `None`.
    async fn journal(&self, after: Option<&JournalMark>) -> Result<Box<dyn Journal>, BrokerError>;

    /// Whoever copies the journal has all entries up to the marked one: they may make room. The
    /// embedded journal keeps an entry until it is told so; a stream goes by its bounds alone.
    fn recorded(&self, _up_to: &JournalMark) {}

    /// Opens what the broker has given up.
    async fn buried(&self) -> Result<Box<dyn Buried>, BrokerError>;

    /// Puts an operator event, a CloudEvents document, into the queue that operators read. A broker
    /// that has none refuses it.
    async fn tell_operators(&self, _id: &str, _body: &str) -> Result<(), BrokerError> {
        Err(BrokerError::Unroutable)
    }

    /// What traces call it (OpenTelemetry's `messaging.system`).
    fn system(&self) -> &'static str {
        "deskbell"
    }

    /// Whether [`Broker::publish`] would be tried now, and if not, why.
    fn readiness(&self) -> Readiness;
}

/// The five lanes of one desk.
#[async_trait]
pub trait Lanes: Send {
    /// Waits for a job and takes it. Cancelling the wait loses nothing.
    ///
    /// An error ends these lanes: open them again, after a pause.
    async fn next(&mut self) -> Result<Lease, BrokerError>;

    /// The lanes in which no job waits with the broker. Jobs that were put off do not wait; those
    /// that are given out may count or not.
    ///
    /// An error ends these lanes.
    async fn idle(&mut self) -> Result<Vec<IdleLane>, BrokerError>;
}

/// A lane in which no job waits with the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleLane {
    /// Which lane.
    pub lane: Priority,
    /// The events whose jobs were sent ahead to this reader and are not given out yet.
    pub sent_ahead: HashSet<(SourceName, EventId)>,
}

/// The jobs that the broker gave up, because they came back too often.
#[async_trait]
pub trait Buried: Send {
    /// Waits for a job and takes it. Put off, it goes back to its own lane. Cancelling the wait
    /// loses nothing.
    ///
    /// An error ends this reader: open another, after a pause.
    async fn next(&mut self) -> Result<Lease, BrokerError>;
}

/// The append-only record of accepted events, oldest first.
#[async_trait]
pub trait Journal: Send {
    /// Waits for entries and takes as many as are there, `most` at a time. Cancelling the wait loses
    /// nothing.
    async fn next(&mut self, most: usize) -> Result<Vec<JournalEntry>, BrokerError>;

    /// What cannot be read any more of the entries behind the mark that it was opened with; `None`
    /// where nothing is missing.
    fn gap(&self) -> Option<JournalGap>;
}

/// One accepted event in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Grows from entry to entry, with gaps.
    pub number: u64,
    /// The event.
    pub envelope: Envelope,
}

impl JournalEntry {
    /// Marks the entry, so that a reader can go on behind it.
    pub fn mark(&self) -> JournalMark {
        JournalMark::of(self.number, &self.envelope)
    }
}

/// One event for one desk, on its way to a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The event with all its routes.
    pub envelope: Arc<Envelope>,
    /// The desk that this job is for.
    pub desk: DeskName,
    /// The rule that routed it there.
    pub rule: RuleName,
    /// Its lane.
    pub priority: Priority,
}

/// A job in the hands of one worker. It is settled once; a lease that is dropped instead puts its
/// job back.
#[must_use = "a lease that is not settled puts its job back"]
pub struct Lease {
    job: Job,
    settle: Box<dyn Settle>,
}

/// What an implementation does when a lease is settled. Dropping it puts the job back.
#[async_trait]
pub trait Settle: Send {
    /// Removes the job.
    async fn ack(self: Box<Self>) -> Result<(), BrokerError>;

    /// Puts the job off for `wait`.
    async fn retry_after(self: Box<Self>, wait: Duration) -> Result<(), BrokerError>;
}

impl Lease {
    /// A job and the way to settle it.
    pub fn new(job: Job, settle: Box<dyn Settle>) -> Self {
        Self { job, settle }
    }

    /// The job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Removes the job: the ledger has its outcome. An error means that it comes back.
    pub async fn ack(self) -> Result<(), BrokerError> {
        self.settle.ack().await
    }

    /// Puts the job back, not to come before `wait` is over. An error means that it comes back at any
    /// time, perhaps twice.
    pub async fn retry_after(self, wait: Duration) -> Result<(), BrokerError> {
        self.settle.retry_after(wait).await
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lease").field("desk", &self.job.desk).finish_non_exhaustive()
    }
}

/// Whether the broker takes events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It does.
    Ready,
    /// It takes events, but not those for every desk, for this reason; no secret is part of it.
    Partial(String),
    /// It does not, for this reason; no secret is part of it.
    Unavailable(String),
}

/// Why the broker did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// There is no connection, or the store cannot be used now.
    #[error("the broker cannot be reached: {0}")]
    Unavailable(String),
    /// No confirm came in time; the message may have been taken or not.
    #[error("the broker gave no confirm within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The broker refused the message (a `basic.nack`).
    #[error("the broker refused the message")]
    Refused,
    /// The broker found no queue for the message (a `basic.return`).
    #[error("the broker has no queue for the message")]
    Unroutable,
    /// The queues are not as Deskbell needs them; the text says what to do.
    #[error("the broker's topology does not fit: {0}")]
    Topology(String),
    /// The connection or channel ended.
    #[error("the connection to the broker ended: {0}")]
    Disconnected(String),
    /// The embedded store failed.
    #[error("the embedded store failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}
