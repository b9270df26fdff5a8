//! Call-backs: what a source is told of the ends of its deliveries, until its receiver has taken it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::{By, Found, LedgerError, Page};
use crate::event::SourceName;

/// The states, by the contract's names, that each source is called back about.
pub type CallbackWishes = BTreeMap<SourceName, BTreeSet<&'static str>>;

/// Call-backs on their way.
///
/// Promises: the end of a delivery that its source wishes to hear of and its call-back are one
/// transaction, whoever ends it; a call-back is handed out to one sender at a time, and comes again
/// until it is settled.
#[async_trait]
pub trait Callbacks {
    /// Says what is called back about from now on, in place of what was said before. Call-backs that
    /// are on their way stay.
    async fn wish_callbacks(&self, wishes: &CallbackWishes) -> Result<(), LedgerError>;

    /// Takes the call-back of `source` that has been due longest at `now`. Nobody else gets it
    /// before `until`.
    async fn take_callback(
        &self,
        source: &SourceName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError>;

    /// Ends a turn that [`Callbacks::take_callback`] gave. That somebody else has taken the call-back
    /// since leaves it to them, unless it was received.
    async fn settle_callback(
        &self,
        callback: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError>;

    /// An operator has those that were given up sent again at once, by a schedule that begins anew,
    /// under their ids: all or none. Of one that is on its way nothing changes.
    async fn resend_callbacks(
        &self,
        which: &WhichCallbacks,
        by: &By,
    ) -> Result<Resent, LedgerError>;

    /// A page of those that have not been received, the given up ones among them: the oldest first.
    async fn callbacks(&self, page: &Page) -> Result<Found<CallbackRecord>, LedgerError>;
}

/// A call-back whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The same each time that it is sent.
    pub id: String,
    /// The number of this turn, from 1.
    pub attempt: u32,
    /// The same since it was last resent: what its schedule goes by.
    pub attempt_of_schedule: u32,
    /// What is sent: JSON.
    pub body: String,
}

/// How a turn at a call-back ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackOutcome {
    /// Its receiver has it.
    Received,
    /// Another turn is to follow.
    Again {
        /// Not before this.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// It is not sent again.
    GivenUp {
        /// Now.
        at: Timestamp,
        /// Why.
        error: String,
    },
}

/// Which call-backs an operator means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichCallbacks {
    /// Those of these ids.
    Ids(Vec<String>),
    /// All of this source that were given up.
    Source(SourceName),
}

/// What became of an operator's wish to send call-backs again, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Resent {
    /// They were given up, and are sent again.
    pub resent: Vec<String>,
    /// They were on their way, and still are.
    pub under_way: Vec<String>,
    /// There are none of these ids: they were received, or are forgotten.
    pub unknown: Vec<String>,
}

/// A call-back as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CallbackRecord {
    /// The same each time that it is sent.
    pub id: String,
    /// Who is called back.
    pub source: String,
    /// The event's id.
    pub event: String,
    /// The delivery's desk.
    pub desk: String,
    /// What the delivery came to.
    pub state: String,
    /// When it did.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// How often the call-back was begun.
    pub attempts: u32,
    /// When it is sent next; `None` where it was given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// When it was given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub given_up_at: Option<Timestamp>,
    /// What became of the last attempt.
    pub error: Option<String>,
}
