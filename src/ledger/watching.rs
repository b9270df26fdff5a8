//! What operators are told of the house's own troubles, until its receivers have taken it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Callback, CallbackOutcome, Lately, LedgerError};
use crate::{
    conditions::{Look, OperatorEvent},
    delivery::Reason,
    event::{DeskName, ReceiverName},
};

/// The watch over conditions, and operator events on their way.
///
/// Promises: what is told of a condition and what was told of it are one transaction, whoever looked; of
/// each condition one event waits for each receiver, the newest; an event is handed out to one sender
/// at a time, and comes again until it is settled.
#[async_trait]
pub trait Watching {
    /// What can be counted at the desks: deliveries that came to an outcome since `since`, and dead
    /// letters.
    async fn figures(&self, since: Timestamp) -> Result<Figures, LedgerError>;

    /// What was done lately as of `at`, and what waits longest: bounded work, however much there is.
    async fn lately(&self, at: Timestamp) -> Result<Lately, LedgerError>;

    /// Takes up what somebody has found, and writes what is to be told of it to each of `receivers`.
    async fn watch(
        &self,
        look: &Look,
        receivers: &[ReceiverName],
    ) -> Result<Vec<OperatorEvent>, LedgerError>;

    /// Forgets what waits for others than `receivers`: there is nobody to take it.
    async fn keep_receivers(&self, receivers: &[ReceiverName]) -> Result<(), LedgerError>;

    /// Takes the event that has been due longest for `receiver` at `now`. Nobody else gets it before
    /// `until`.
    async fn take_operator_event(
        &self,
        receiver: &ReceiverName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError>;

    /// Ends a turn that [`Watching::take_operator_event`] gave. Where a newer event has taken its
    /// place, or somebody else its turn, that one stays.
    async fn settle_operator_event(
        &self,
        receiver: &ReceiverName,
        event: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError>;
}

/// What can be counted at the desks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// What became of deliveries lately, a line for each desk.
    pub outcomes: Vec<Outcomes>,
    /// Dead letters, a line for each desk and reason.
    pub dead: Vec<DeadLetters>,
}

/// What became of the deliveries of one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// The desk.
    pub desk: DeskName,
    /// Deliveries that a worker has brought to an outcome.
    pub deliveries: u64,
    /// Of these, how many did not become a ticket: they wait to be tried again, are in doubt, or dead.
    pub failed: u64,
}

/// The dead letters of one desk and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetters {
    /// The desk.
    pub desk: DeskName,
    /// What they died of.
    pub reason: Reason,
    /// How many.
    pub deliveries: u64,
    /// When the first of them died.
    pub since: Timestamp,
}
