//! What operators ask of the ledger is nobody's business here.

use async_trait::async_trait;
use jiff::Timestamp;

use super::ledger::Watched;
use crate::{
    delivery::{Delivery, DeliveryKey, NewSilence, Reason, SilenceId},
    event::DeskName,
    ledger::{
        Access, Audit, AuditEntry, AuditSearch, Begun, By, Cursor, DeadLetter, DeskPause,
        EventRecord, EventSpan, Fed, Feed, Found, IncidentRecord, Issue, IssueStatus, Issues,
        LedgerError, NewReplay, NewSession, NewToken, Page, Past, PastEvents, Pauses, ReplayDesk,
        ReplayName, ReplayRecord, Replays, Search, Searches, SessionRecord, Sessions, Silence,
        Silences, Steering, TokenHash, TokenId, TokenRecord,
    },
};

#[async_trait]
impl Access for Watched {
    async fn create_token(&self, _: &NewToken, _: &By) -> Result<Option<TokenRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn tokens(&self) -> Result<Vec<TokenRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn revoke_token(&self, _: &TokenId, _: &By) -> Result<Option<TokenRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn token(&self, _: &TokenHash) -> Result<Option<TokenRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn note_token_use(&self, _: i64, _: Timestamp) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Audit for Watched {
    async fn audit(
        &self,
        _: &AuditSearch,
        _: Option<i64>,
        _: usize,
    ) -> Result<Vec<AuditEntry>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Pauses for Watched {
    async fn pause_desk(&self, _: &DeskName, _: &By) -> Result<bool, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn resume_desk(&self, _: &DeskName, _: &By) -> Result<bool, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn pauses(&self) -> Result<Vec<DeskPause>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Sessions for Watched {
    async fn open_session(&self, _: &NewSession, _: &By) -> Result<(), LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn session(&self, _: &TokenHash) -> Result<Option<SessionRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn end_session(&self, _: &TokenHash, _: &By) -> Result<bool, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn end_sessions(&self, _: i64, _: &By) -> Result<usize, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Searches for Watched {
    async fn search_deliveries(
        &self,
        _: &Search,
        _: &Page,
    ) -> Result<Found<Delivery>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn search_events(&self, _: &Search, _: &Page) -> Result<Found<EventRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn search_incidents(
        &self,
        _: &Search,
        _: &Page,
    ) -> Result<Found<IncidentRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Issues for Watched {
    async fn issues(&self) -> Result<Vec<Issue>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn judge_issue(
        &self,
        _: Reason,
        _: &DeskName,
        _: IssueStatus,
        _: &By,
    ) -> Result<Option<Issue>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Replays for Watched {
    async fn begin_replay(&self, _: &NewReplay, _: &By) -> Result<Begun, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn replays(&self, _: usize) -> Result<Vec<ReplayRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn find_replay(&self, _: &ReplayName) -> Result<Option<ReplayRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn replay_progress(&self, _: &ReplayName) -> Result<Vec<ReplayDesk>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn steer_replay(
        &self,
        _: &ReplayName,
        _: Steering,
        _: &By,
    ) -> Result<Option<ReplayRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn desks_to_feed(&self) -> Result<Vec<DeskName>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn feed(&self, _: &Feed) -> Result<Fed, LedgerError> {
        unreachable!("no replay runs here")
    }

    async fn dead_by_desk(&self, _: &Search) -> Result<Vec<(DeskName, u64)>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn dead_letters(&self, _: &Search, _: &Page) -> Result<Found<DeadLetter>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Silences for Watched {
    async fn create_silence(&self, _: &NewSilence, _: &By) -> Result<Silence, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn end_silence(&self, _: SilenceId, _: &By) -> Result<Option<Silence>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn silence(&self, _: SilenceId) -> Result<Option<Silence>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn silences(&self, _: Option<SilenceId>, _: usize) -> Result<Vec<Silence>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn silences_at(&self, _: Timestamp) -> Result<Vec<Silence>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn release_silence(&self, _: SilenceId, _: &By) -> Result<Option<Silence>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn release_delivery(&self, _: &DeliveryKey, _: &By) -> Result<Delivery, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn release_some(&self, _: Timestamp, _: usize) -> Result<usize, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}

#[async_trait]
impl Past for Watched {
    async fn past_events(
        &self,
        _: &EventSpan,
        _: Option<&Cursor>,
        _: usize,
    ) -> Result<PastEvents, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}
