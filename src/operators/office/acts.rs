//! Acts on one thing each.

use jiff::Timestamp;
use secrecy::SecretString;

use super::Office;
use crate::{
    delivery::{Delivery, DeliveryKey, Reason, State, Transition},
    event::{DeskName, RuleName},
    ledger::{
        By, Issue, IssueStatus, LedgerError, NewToken, Resent, Scope, TokenId, TokenName,
        TokenRecord, Via, WhichCallbacks,
    },
    operators::{
        OfficeError, mint,
        views::{BrakeView, DeliveryView, DeskView},
    },
    ticket::TicketRef,
};

impl Office {
    /// The holder of a token acts now.
    pub fn by_token(&self, token: &TokenRecord, why: Option<String>) -> By {
        By { at: self.clock.now(), who: token.name.clone(), via: Via::Token, why }
    }

    /// Puts a dead letter back to work. One that is back already stays so.
    pub async fn replay(&self, key: &DeliveryKey, by: &By) -> Result<DeliveryView, OfficeError> {
        let act = Transition::Replay { at: by.at };
        self.operate(key, act, by, |state| matches!(state, State::Queued)).await
    }

    /// Gives a dead letter or a doubt up.
    pub async fn discard(&self, key: &DeliveryKey, by: &By) -> Result<DeliveryView, OfficeError> {
        let why = by.why.clone().unwrap_or_default();
        let act = Transition::Discard { at: by.at, by: by.who.clone(), why };
        self.operate(key, act, by, |state| matches!(state, State::Discarded { .. })).await
    }

    /// Settles a doubt: the desk has this ticket, or none.
    pub async fn settle(
        &self,
        key: &DeliveryKey,
        ticket: Option<String>,
        by: &By,
    ) -> Result<DeliveryView, OfficeError> {
        let seen = ticket.map(|id| TicketRef { id, number: None, url: None });
        let act = match seen.clone() {
            Some(ticket) => Transition::Exists { at: by.at, ticket },
            None => Transition::Absent { at: by.at },
        };
        let is_done = |state: &State| match (state, &seen) {
            (State::Ticketed { ticket, .. }, Some(seen)) => ticket.id == seen.id,
            (State::Queued, None) => true,
            _ => false,
        };
        self.operate(key, act, by, is_done).await
    }

    /// Acts, unless it `is_done` already.
    async fn operate(
        &self,
        key: &DeliveryKey,
        act: Transition,
        by: &By,
        is_done: impl Fn(&State) -> bool,
    ) -> Result<DeliveryView, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let refused = match ledger.operate(key, act, by).await {
            Ok(delivery) => return Ok(DeliveryView::of(&delivery)),
            Err(LedgerError::NotAllowed(why)) => why,
            Err(error) => return Err(error.into()),
        };
        match ledger.delivery(key).await? {
            Some(delivery) if is_done(&delivery.state) => Ok(DeliveryView::of(&delivery)),
            Some(Delivery { state, .. }) => {
                Err(OfficeError::NotAllowed(format!("{refused}; it is {}", state.name())))
            }
            None => Err(OfficeError::unknown("delivery", key.as_str())),
        }
    }

    /// Lets a rule's brake go; `None` where it is not on.
    pub async fn release_brake(
        &self,
        desk: &DeskName,
        rule: &RuleName,
        by: &By,
    ) -> Result<Option<BrakeView>, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let known = ledger.brakes().await?;
        if !known.iter().any(|known| &known.desk == desk && known.rule == rule.as_str()) {
            return Err(OfficeError::unknown("brake", format!("{rule} at {desk}")));
        }
        let released = ledger.release_brake(desk, rule.as_str(), by).await?;
        Ok(released.map(|record| BrakeView::of(&record)))
    }

    /// Forgets what the journal lost so far; gives how many gaps.
    pub async fn forget_gaps(&self, by: &By) -> Result<u64, OfficeError> {
        Ok(self.archive.ledger().await?.forget_gaps(by).await?)
    }

    /// Has call-backs that were given up sent again, under their ids.
    pub async fn resend_callbacks(
        &self,
        which: &WhichCallbacks,
        by: &By,
    ) -> Result<Resent, OfficeError> {
        Ok(self.archive.ledger().await?.resend_callbacks(which, by).await?)
    }

    /// Keeps deliveries from a desk.
    pub async fn pause(&self, desk: &DeskName, by: &By) -> Result<DeskView, OfficeError> {
        self.desk(desk).await?;
        self.archive.ledger().await?.pause_desk(desk, by).await?;
        self.desk(desk).await
    }

    /// Lets deliveries pass to a desk again.
    pub async fn resume(&self, desk: &DeskName, by: &By) -> Result<DeskView, OfficeError> {
        self.desk(desk).await?;
        self.archive.ledger().await?.resume_desk(desk, by).await?;
        self.desk(desk).await
    }

    /// Says how an issue stands.
    pub async fn judge_issue(
        &self,
        desk: &DeskName,
        reason: Reason,
        status: IssueStatus,
        by: &By,
    ) -> Result<Issue, OfficeError> {
        let judged = self.archive.ledger().await?.judge_issue(reason, desk, status, by).await?;
        judged.ok_or_else(|| OfficeError::unknown("issue", format!("{reason} at {desk}")))
    }

    /// Makes a token and shows it, this once.
    pub async fn create_token(
        &self,
        name: TokenName,
        scope: Scope,
        expires_at: Option<Timestamp>,
        by: &By,
    ) -> Result<(SecretString, TokenRecord), OfficeError> {
        let (text, hash) = mint().map_err(|error| OfficeError::Ledger(Box::new(error)))?;
        let why_not = format!("there is a token `{}` already", name.as_str());
        let token = NewToken { name, hash, scope, expires_at };
        let created = self.archive.ledger().await?.create_token(&token, by).await?;
        created.map(|record| (text, record)).ok_or(OfficeError::NotAllowed(why_not))
    }

    /// Ends a token. One that is ended already stays so.
    pub async fn revoke_token(&self, id: i64, by: &By) -> Result<TokenRecord, OfficeError> {
        let ledger = self.archive.ledger().await?;
        if let Some(revoked) = ledger.revoke_token(&TokenId::Number(id), by).await? {
            return Ok(revoked);
        }
        let all = ledger.tokens().await?;
        let known = all.into_iter().find(|token| token.id == id);
        known.ok_or_else(|| OfficeError::unknown("token", id.to_string()))
    }
}
