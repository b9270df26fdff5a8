//! Jobs, as a worker and the ledger tell each other of them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    delivery::{Delivery, Failure},
    event::{DeskName, Envelope, RuleName},
    ticket::Priority,
};

/// What a worker says to take a delivery up.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The event as the message carries it.
    pub envelope: Arc<Envelope>,
    /// The desk.
    pub desk: DeskName,
    /// The rule that routed it there.
    pub rule: RuleName,
    /// Its lane.
    pub priority: Priority,
    /// The epoch of the worker's lease of the desk.
    pub epoch: u64,
    /// Now.
    pub at: Timestamp,
    /// When the worker will be through.
    pub until: Timestamp,
}

/// A job that the broker gave up.
#[derive(Debug, Clone)]
pub struct GivenUp {
    /// The event as the message carries it.
    pub envelope: Arc<Envelope>,
    /// The desk.
    pub desk: DeskName,
    /// The rule that routed it there.
    pub rule: RuleName,
    /// Its lane.
    pub priority: Priority,
    /// Now.
    pub at: Timestamp,
    /// Why.
    pub failure: Failure,
}

/// A delivery that no worker has taken up in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Overdue {
    /// Its place among the recorded events; greater than 0.
    pub place: i64,
    /// The rule that routed it there.
    pub rule: RuleName,
    /// Its event.
    pub envelope: Envelope,
}

/// Where the message of a delivery is that no worker has taken up in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// In no lane.
    Nowhere,
    /// In its lane again.
    PutBack,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    /// It is the worker's.
    Granted(Box<Granted>),
    /// There is nothing left to do: acknowledge the job.
    Settled(Box<Delivery>),
    /// Not before this instant: another worker has it, or it is not due.
    NotBefore(Timestamp),
}

/// A delivery that a worker has claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// The delivery, in the state `attempting`.
    pub delivery: Delivery,
    /// The event as it was first recorded, which counts where two bodies came under one id, with the
    /// payload of its last edit, where it has one.
    pub envelope: Envelope,
}

/// A delivery on its way from an operator back to its lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Requeue {
    /// Its place on the list.
    pub number: i64,
    /// The delivery.
    pub delivery: Delivery,
    /// The lane that it goes to: that of its priority, or the lowest where a bulk replay put it back.
    pub lane: Priority,
    /// Its event as it was first recorded, edited or not: the lane carries it, and the claim edits.
    pub envelope: Envelope,
}
