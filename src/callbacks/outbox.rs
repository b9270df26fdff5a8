//! Where messages wait for their receiver: call-backs of a source, and operator events.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use metrics::Counter;

use super::schedule::{wait_after, wait_for_operators};
use crate::{
    causes::Causes,
    event::{ReceiverName, SourceName},
    ledger::{Callback, CallbackOutcome, Ledger, LedgerError},
};

/// What waits for one receiver.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) holds: Messages,
}

/// Which messages.
#[derive(Debug, Clone)]
pub(super) enum Messages {
    /// The call-backs of one source.
    Callbacks(SourceName),
    /// The operator events for one receiver.
    OperatorEvents(ReceiverName),
}

impl Outbox {
    /// Takes what has been due longest at `now`. Nobody else gets it before `until`.
    pub(super) async fn take(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        match &self.holds {
            Messages::Callbacks(source) => self.ledger.take_callback(source, now, until).await,
            Messages::OperatorEvents(receiver) => {
                self.ledger.take_operator_event(receiver, now, until).await
            }
        }
    }

    /// Ends a turn.
    pub(super) async fn settle(
        &self,
        message: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError> {
        match &self.holds {
            Messages::Callbacks(_) => self.ledger.settle_callback(message, outcome).await,
            Messages::OperatorEvents(receiver) => {
                self.ledger.settle_operator_event(receiver, message, outcome).await
            }
        }
    }

    /// How long to wait after a turn that failed; `None` when it was the last.
    pub(super) fn wait_after(
        &self,
        message: &Callback,
        asked: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        match self.holds {
            Messages::Callbacks(_) => wait_after(message.attempt_of_schedule, asked, chance),
            Messages::OperatorEvents(_) => Some(wait_for_operators(message.attempt, asked, chance)),
        }
    }

    /// What counts the turns that came to this.
    pub(super) fn counter(&self, outcome: &'static str) -> Counter {
        match &self.holds {
            Messages::Callbacks(source) => metrics::counter!(
                "deskbell_callbacks_total", "source" => source.to_string(), "outcome" => outcome
            ),
            Messages::OperatorEvents(receiver) => metrics::counter!(
                "deskbell_operator_events_total",
                "receiver" => receiver.to_string(), "outcome" => outcome
            ),
        }
    }

    /// Logs that the ledger does not give anything out.
    pub(super) fn tell_of_waiting(&self, error: &LedgerError) {
        let error = Causes(error);
        match &self.holds {
            Messages::Callbacks(source) => {
                tracing::warn!(source.name = %source, %error, "Call-backs wait for the ledger");
            }
            Messages::OperatorEvents(receiver) => {
                tracing::warn!(%receiver, %error, "Operator events wait for the ledger");
            }
        }
    }

    /// Logs that this is not sent any more.
    pub(super) fn tell_of_end(&self, message: &Callback, error: &str) {
        let Callback { id, attempt: attempts, .. } = message;
        match &self.holds {
            Messages::Callbacks(source) => tracing::warn!(
                source.name = %source, callback.id = id, attempts, error,
                "Gave a call-back to `{source}` up",
            ),
            Messages::OperatorEvents(receiver) => tracing::warn!(
                %receiver, event.id = id, attempts, error,
                "Gave an operator event for `{receiver}` up",
            ),
        }
    }
}
