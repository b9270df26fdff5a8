//! Where messages wait for their receiver: call-backs of a source, and operator events.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use metrics::Counter;

use super::schedule::{wait_after, wait_for_operators};
use crate::{
    causes::Causes,
    event::{ReceiverName, SourceName},
    ledger::{Callback, CallbackOutcome, Ledger, LedgerError},
};

/// What waits for one receiver.
#[async_trait]
pub(super) trait Outbox: fmt::Debug + Send + Sync {
    /// Takes what has been due longest at `now`. Nobody else gets it before `until`.
    async fn take(&self, now: Timestamp, until: Timestamp)
    -> Result<Option<Callback>, LedgerError>;

    /// Ends a turn.
    async fn settle(&self, message: &Callback, outcome: CallbackOutcome)
    -> Result<(), LedgerError>;

    /// How long to wait after a turn that failed; `None` when it was the last.
    fn wait_after(
        &self,
        message: &Callback,
        asked: Option<Duration>,
        chance: f64,
    ) -> Option<Duration>;

    /// What counts the turns that came to this.
    fn counter(&self, outcome: &'static str) -> Counter;

    /// Logs that the ledger does not give anything out.
    fn tell_of_waiting(&self, error: &LedgerError);

    /// Logs that this is not sent any more.
    fn tell_of_end(&self, message: &Callback, error: &str);
}

/// The call-backs of one source.
#[derive(Debug)]
pub(super) struct OfSource {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) source: SourceName,
}

#[async_trait]
impl Outbox for OfSource {
    async fn take(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        self.ledger.take_callback(&self.source, now, until).await
    }

    async fn settle(
        &self,
        message: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError> {
        self.ledger.settle_callback(message, outcome).await
    }

    fn wait_after(
        &self,
        message: &Callback,
        asked: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        wait_after(message.attempt_of_schedule, asked, chance)
    }

    fn counter(&self, outcome: &'static str) -> Counter {
        let source = self.source.to_string();
        metrics::counter!("deskbell_callbacks_total", "source" => source, "outcome" => outcome)
    }

    fn tell_of_waiting(&self, error: &LedgerError) {
        let error = Causes(error);
        tracing::warn!(source.name = %self.source, %error, "Call-backs wait for the ledger");
    }

    fn tell_of_end(&self, message: &Callback, error: &str) {
        tracing::warn!(
            source.name = %self.source, callback.id = message.id, attempts = message.attempt, error,
            "Gave a call-back to `{}` up", self.source,
        );
    }
}

/// The operator events for one receiver.
#[derive(Debug)]
pub(super) struct OfOperators {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) receiver: ReceiverName,
}

#[async_trait]
impl Outbox for OfOperators {
    async fn take(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        self.ledger.take_operator_event(&self.receiver, now, until).await
    }

    async fn settle(
        &self,
        message: &Callback,
        outcome: CallbackOutcome,
    ) -> Result<(), LedgerError> {
        self.ledger.settle_operator_event(&self.receiver, message, outcome).await
    }

    fn wait_after(
        &self,
        message: &Callback,
        asked: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        Some(wait_for_operators(message.attempt, asked, chance))
    }

    fn counter(&self, outcome: &'static str) -> Counter {
        let receiver = self.receiver.to_string();
        metrics::counter!(
            "deskbell_operator_events_total", "receiver" => receiver, "outcome" => outcome
        )
    }

    fn tell_of_waiting(&self, error: &LedgerError) {
        let error = Causes(error);
        tracing::warn!(receiver = %self.receiver, %error, "Operator events wait for the ledger");
    }

    fn tell_of_end(&self, message: &Callback, error: &str) {
        tracing::warn!(
            receiver = %self.receiver, event.id = message.id, attempts = message.attempt, error,
            "Gave an operator event for `{}` up", self.receiver,
        );
    }
}
