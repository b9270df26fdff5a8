//! Erasing what events say: those of one customer, and those whose time is over.

use async_trait::async_trait;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{By, ExpiredPart, Expiring, FieldMatch, LedgerError};
use crate::{
    event::{Erased, EventId, SourceName},
    ticket::TicketRef,
};

/// Erasures.
///
/// Promises: an event is erased whole or not at all, with all of its deliveries, edits and
/// conflicts, whatever crashes; what is erased once is not found again; its id still is, so that it
/// is recognised when it is posted again; the books balance before and after.
#[async_trait]
pub trait Erasures {
    /// Goes through some of the events behind [`Erasing::after`] and erases those of the customer.
    async fn erase(&self, erasing: &Erasing, by: &By) -> Result<ErasedPart, LedgerError>;

    /// Goes through some of the events behind [`Expiring::after`], the oldest first, and erases those
    /// of which the time of every delivery is over. What has not come to its end is never touched. Where
    /// nothing is written, one call looks at a thousand.
    async fn expire(&self, expiring: &Expiring) -> Result<ExpiredPart, LedgerError>;

    /// When and by whom these events were erased, in their order; `None`: not erased.
    async fn erased(&self, events: &[(SourceName, EventId)]) -> Result<Vec<Whether>, LedgerError>;

    /// Empties the store's log of changes, which still has what was overwritten; whether nobody was
    /// in the way.
    async fn forget_changes(&self) -> Result<bool, LedgerError>;
}

/// What is known of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whether {
    /// It is not recorded.
    Unknown,
    /// It is kept.
    Kept,
    /// It is erased.
    Erased(Erased),
}

/// Whose events, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasing {
    /// What an event of the customer says: one of these is enough.
    pub customer: Vec<FieldMatch>,
    /// Whether events are erased whose deliveries have not come to an end; these are discarded.
    pub even_open: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Events up to this number were looked at; 0 to begin.
    pub after: i64,
    /// What the log of operators' acts says, with the first event that is erased.
    pub note: Option<String>,
}

impl Erasing {
    /// Names the customer without saying who it is: a SHA-256, so that whoever knows the id can tell
    /// that it was erased.
    pub fn digest(&self) -> String {
        let value = self.customer.first().map(FieldMatch::value).unwrap_or_default();
        format!("sha256:{}", hex::encode(Sha256::digest(value)))
    }
}

/// What one call of [`Erasures::erase`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedPart {
    /// What was erased.
    pub erasure: Erasure,
    /// Where to go on; `None`: that was all.
    pub next: Option<i64>,
    /// Whether [`Erasing::note`] was written.
    pub noted: bool,
}

/// What was erased of a customer, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erasure {
    /// Events.
    pub events: u64,
    /// Their deliveries.
    pub deliveries: u64,
    /// Attempts of these.
    pub attempts: u64,
    /// What operators had made of the events.
    pub edits: u64,
    /// Other bodies that were posted under the events' ids: of these there were only hashes.
    pub conflicts: u64,
    /// Call-backs that their receivers have not taken yet.
    pub callbacks: u64,
    /// Parts that they played in incidents. An incident without other events is gone; of another the
    /// key stays.
    pub incidents: u64,
    /// Bulk replays that had been chosen by the customer's id.
    pub replays: u64,
    /// Deliveries that have not come to an end: their events are not erased.
    pub open: Vec<OpenDelivery>,
    /// Deliveries that had not come to an end, and are discarded.
    pub discarded: Vec<OpenDelivery>,
    /// Tickets that say what the events said. Only their desks can erase these.
    pub tickets: Vec<ToldTicket>,
}

/// A delivery that has not come to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenDelivery {
    /// The source of its event.
    pub source: String,
    /// The id of its event.
    pub event: String,
    /// Its desk.
    pub desk: String,
    /// Its key; what a desk knows of it stands under it.
    pub key: String,
    /// Its state.
    pub state: &'static str,
    /// Whether its desk may have a ticket or a comment that nobody knows of.
    pub may_be_told: bool,
}

/// A ticket that says what an event said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ToldTicket {
    /// Its desk.
    pub desk: String,
    /// Its id there.
    pub id: String,
    /// Its number there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl ToldTicket {
    /// A ticket at a desk.
    pub fn of(desk: &str, ticket: &TicketRef) -> Self {
        let TicketRef { id, number, url } = ticket.clone();
        Self { desk: desk.to_owned(), id, number, url }
    }
}

impl Erasure {
    /// Adds what another part did.
    pub fn add(&mut self, other: Self) {
        self.events += other.events;
        self.deliveries += other.deliveries;
        self.attempts += other.attempts;
        self.edits += other.edits;
        self.conflicts += other.conflicts;
        self.callbacks += other.callbacks;
        self.incidents += other.incidents;
        self.replays += other.replays;
        self.open.extend(other.open);
        self.discarded.extend(other.discarded);
        self.tickets.extend(other.tickets);
        self.tickets.sort();
        self.tickets.dedup();
    }
}
