//! The book of deliveries: what was asked of a desk before it is asked, and what came of it.
//!
//! Promises, kept by every implementation and tested by one contract suite:
//! - what a method has answered with `Ok` survives any crash;
//! - a delivery is claimed by one worker at a time, and only by the holder of its desk's lease;
//! - a transition under a claim that is over is refused and changes nothing;
//! - the first body under an event's id stands; another is counted as a conflict;
//! - an event is kept whole and as it was posted: an edit of it counts for one delivery, and is kept, and what its source redacts is neither shown nor found;
//! - what is erased of an event is gone, and the event is still known by its id;
//! - what an operator does stands in the audit log, in the transaction of the act.

mod access;
mod audit;
mod books;
mod brakes;
mod callbacks;
mod desks;
mod edits;
mod engagement;
mod erasures;
mod error;
mod field_match;
mod issues;
mod jobs;
mod lately;
mod past;
mod pauses;
mod reading;
mod replays;
mod retention;
mod search;
mod search_document;
mod sessions;
mod silences;
pub mod sqlite;
mod watching;

pub use access::{
    Access, InvalidTokenName, NewToken, Scope, TokenHash, TokenId, TokenName, TokenRecord,
};
pub use audit::{Act, Audit, AuditEntry, AuditSearch, By, InvalidWord, Via};
pub use books::{BookLine, Books, Gap, MOST_NAMED, Missing, Waiting};
pub use brakes::{BrakeRecord, FloodRecord};
pub use callbacks::{
    Callback, CallbackOutcome, CallbackRecord, CallbackWishes, Callbacks, Resent, WhichCallbacks,
};
pub use desks::{DeskLease, DeskRecord};
pub use edits::{Amended, Amendment, EditRecord, Edited, Edits, Rerouting, Whole};
pub use engagement::{Engaged, Engagement};
pub use erasures::{ErasedPart, Erasing, Erasure, Erasures, OpenDelivery, ToldTicket, Whether};
pub use error::LedgerError;
pub use field_match::{FieldMatch, InvalidField};
pub use issues::{Issue, IssueStatus, Issues, Judgement};
pub use jobs::{Claim, Claimed, GivenUp, Granted, Overdue, Requeue, Whereabouts};
pub use lately::{
    DeskLately, Flow, Lately, MOST_COUNTED, MOST_PACED, MOST_TIMED, OldestWaiting, PACED_OVER,
    Pace, TimeToTicket,
};
pub use past::{EventSpan, Past, PastEvents};
pub use pauses::{DeskPause, Pauses};
pub use reading::EventRecord;
pub use replays::{
    Begun, DeadLetter, Fed, Feed, InvalidReplayName, MOST_FED_FROM, MOST_OPENED_TO_FEED, NewReplay,
    ReplayDesk, ReplayName, ReplayRecord, ReplayState, Replays, Steering,
};
pub use retention::{Expired, ExpiredPart, Expiring, ExpiryPlace, Privacy, Retention};
pub use search::{
    Cursor, Found, IncidentRecord, InvalidCursor, MOST_WALKED, Page, Search, Searches,
};
pub use search_document::{InvalidSearch, SearchDocument};
pub use sessions::{NewSession, SessionRecord, Sessions};
pub use silences::{Silence, Silences};
pub use watching::{DeadLetters, Figures, Outcomes, Watching};

use std::{fmt, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    delivery::{Attempt, Delivery, DeliveryKey, Incident, Transition},
    event::{DeskName, Envelope, EventId, JournalGap, JournalMark, SourceName},
    inspection::Inspection,
    standing::Standing,
    ticket::Priority,
};

/// Stores deliveries, attempts, and the events that they are about.
#[async_trait]
pub trait Ledger:
    Callbacks
    + Access
    + Audit
    + Edits
    + Erasures
    + Issues
    + Past
    + Pauses
    + Replays
    + Searches
    + Sessions
    + Silences
    + Watching
    + fmt::Debug
    + Send
    + Sync
{
    /// Makes `holder` the one worker that speaks to `desk` until `now + ttl`, or prolongs that. How
    /// the desk stood with the worker before is not changed by it.
    async fn lease_desk(
        &self,
        desk: &DeskName,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<DeskLease, LedgerError>;

    /// Prolongs the lease that `holder` has of `desk` under `epoch` to [`Standing::until`], and writes
    /// down how the desk stands. A lease that lapsed goes on if nobody else has taken the desk.
    async fn keep_desk(
        &self,
        desk: &DeskName,
        holder: &str,
        epoch: u64,
        standing: &Standing,
    ) -> Result<DeskLease, LedgerError>;

    /// All desks that a worker has ever spoken to, by name.
    async fn desks(&self) -> Result<Vec<DeskRecord>, LedgerError>;

    /// Ends `holder`'s lease of `desk`, so that another worker need not wait.
    async fn release_desk(&self, desk: &DeskName, holder: &str) -> Result<(), LedgerError>;

    /// Writes down what was found at the account of `desk`, in place of what was found before.
    async fn note_inspection(
        &self,
        desk: &DeskName,
        inspection: &Inspection,
    ) -> Result<(), LedgerError>;

    /// What was found last at the account of `desk`.
    async fn inspection(&self, desk: &DeskName) -> Result<Option<Inspection>, LedgerError>;

    /// Takes a delivery up for an attempt, and records its event where it is new.
    async fn claim(&self, claim: Claim) -> Result<Claimed, LedgerError>;

    /// Advances a delivery by `transitions`, all or none.
    async fn advance(
        &self,
        key: &DeliveryKey,
        transitions: Vec<Transition>,
    ) -> Result<Delivery, LedgerError>;

    /// Decides what a delivery does about its incident or in a flood, and writes that down with the
    /// incident and the rule's brake, all or none. While a delivery opens a ticket, or changes what it
    /// stands for, others wait.
    async fn engage(
        &self,
        key: &DeliveryKey,
        engagement: Engagement,
    ) -> Result<Engaged, LedgerError>;

    /// What is known of an incident at a desk.
    async fn incident(&self, desk: &DeskName, key: &str) -> Result<Option<Incident>, LedgerError>;

    /// The brakes of all rules that have one, by desk and rule, once an event of theirs has come.
    async fn brakes(&self) -> Result<Vec<BrakeRecord>, LedgerError>;

    /// An operator lets a rule's brake go: gives the flood that it was about, or `None` where it is
    /// not on.
    async fn release_brake(
        &self,
        desk: &DeskName,
        rule: &str,
        by: &By,
    ) -> Result<Option<FloodRecord>, LedgerError>;

    /// Lets go of what is quiet at `at`. A delivery whose ticket stands for a flood that is over goes
    /// back to work for its last word, by the list of [`Ledger::requeues`], in the same transaction.
    /// Gives each flood once that has come to its end.
    async fn calm_brakes(&self, at: Timestamp) -> Result<Vec<FloodRecord>, LedgerError>;

    /// Records that the broker gave a job up, and its event where it is new. A settled delivery
    /// stays as it is; one that a worker has is
    /// [`InvalidTransition::Held`](crate::delivery::InvalidTransition::Held).
    async fn give_up(&self, job: GivenUp) -> Result<Delivery, LedgerError>;

    /// Deliveries of one lane that a worker should have taken up by `by` and none has, of the first
    /// recorded events first: those behind [`Overdue::place`] `after`, `most` at most.
    ///
    /// What was accepted before the first lease of the desk is left out: the ledger cannot know
    /// what became of it.
    async fn overdue(
        &self,
        desk: &DeskName,
        priority: Priority,
        by: Timestamp,
        after: i64,
        most: usize,
    ) -> Result<Vec<Overdue>, LedgerError>;

    /// Notes that the messages of the deliveries at these [`Overdue::place`]s are nowhere, so that the
    /// books name them until a worker takes them up, or that their lane has them again.
    async fn note_whereabouts(
        &self,
        desk: &DeskName,
        places: &[i64],
        whereabouts: Whereabouts,
        at: Timestamp,
    ) -> Result<(), LedgerError>;

    /// Notes once that entries of the journal behind this one were never recorded and cannot be read
    /// any more.
    async fn note_gap(
        &self,
        behind: &JournalMark,
        gap: JournalGap,
        at: Timestamp,
    ) -> Result<(), LedgerError>;

    /// Forgets the gaps that were found by now: an operator has seen to them. Gives how many.
    async fn forget_gaps(&self, by: &By) -> Result<u64, LedgerError>;

    /// An operator's act on a delivery; where it sends the delivery back to work, the job is put
    /// on the list of [`Ledger::requeues`] in the same transaction.
    async fn operate(
        &self,
        key: &DeliveryKey,
        transition: Transition,
        by: &By,
    ) -> Result<Delivery, LedgerError>;

    /// Deliveries that operators have sent back to work and that no lane has yet, oldest first.
    async fn requeues(&self, most: usize) -> Result<Vec<Requeue>, LedgerError>;

    /// Strikes one off the list of [`Ledger::requeues`]: its lane has it.
    async fn requeued(&self, number: i64) -> Result<(), LedgerError>;

    /// Records accepted events from the journal, and the entry up to which it has been read.
    async fn record(
        &self,
        events: &[Envelope],
        read_up_to: &JournalMark,
    ) -> Result<(), LedgerError>;

    /// The entry that [`Ledger::record`] was told last.
    async fn recorded_up_to(&self) -> Result<Option<JournalMark>, LedgerError>;

    /// One event.
    async fn event(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<Option<EventRecord>, LedgerError>;

    /// All recorded events of this id, of whatever source.
    async fn events_with_id(&self, id: &EventId) -> Result<Vec<EventRecord>, LedgerError>;

    /// One delivery.
    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<Delivery>, LedgerError>;

    /// The deliveries of one event, by desk.
    async fn deliveries_of(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<Vec<Delivery>, LedgerError>;

    /// The attempts of one delivery, oldest first.
    async fn attempts(&self, key: &DeliveryKey) -> Result<Vec<Attempt>, LedgerError>;

    /// The accounts.
    async fn books(&self) -> Result<Books, LedgerError>;
}
