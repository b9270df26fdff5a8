//! Operator events are nobody's business here: a desk's loop tells of nothing.

use async_trait::async_trait;
use jiff::Timestamp;

use super::ledger::Watched;
use crate::{
    conditions::{Look, OperatorEvent},
    event::ReceiverName,
    ledger::{Callback, CallbackOutcome, Figures, Lately, LedgerError, Watching},
};

#[async_trait]
impl Watching for Watched {
    async fn figures(&self, _: Timestamp) -> Result<Figures, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn lately(&self, _: Timestamp) -> Result<Lately, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn watch(&self, _: &Look, _: &[ReceiverName]) -> Result<Vec<OperatorEvent>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn keep_receivers(&self, _: &[ReceiverName]) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn take_operator_event(
        &self,
        _: &ReceiverName,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn settle_operator_event(
        &self,
        _: &ReceiverName,
        _: &Callback,
        _: CallbackOutcome,
    ) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}
