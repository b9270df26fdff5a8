//! Call-backs are nobody's business here: the ledger writes them, and another task sends them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::ledger::Watched;
use crate::{
    event::SourceName,
    ledger::{
        By, Callback, CallbackOutcome, CallbackRecord, CallbackWishes, Callbacks, Found,
        LedgerError, Page, Resent, WhichCallbacks,
    },
};

#[async_trait]
impl Callbacks for Watched {
    async fn wish_callbacks(&self, _: &CallbackWishes) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn take_callback(
        &self,
        _: &SourceName,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Option<Callback>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn settle_callback(&self, _: &Callback, _: CallbackOutcome) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn resend_callbacks(&self, _: &WhichCallbacks, _: &By) -> Result<Resent, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn callbacks(&self, _: &Page) -> Result<Found<CallbackRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}
