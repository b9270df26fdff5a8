//! A HubSpot account as a desk.

use std::{num::NonZeroU16, time::Duration};

use async_trait::async_trait;

use super::{Settings, api::LARGEST_BATCH, client::Client, preview, ties};
use crate::{
    delivery::{DeliveryKey, Outcome, Step},
    desks::{
        Abilities, BuildError, Desk, DeskError, DeskSettings, Found, HANDFUL, Idle, Pacer, Preview,
        SetUp, Sought, Task,
    },
    inspection::{Finding, Needs},
    standing::Past,
    ticket::{Priority, TicketDraft},
};

/// One HubSpot account.
#[derive(Debug)]
pub struct HubSpot {
    pub(super) client: Client,
    pub(super) settings: Settings,
}

impl HubSpot {
    /// Sets the account's client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self { client: Client::new(settings, vendor)?, settings: vendor.clone() })
    }
}

#[async_trait]
impl Desk for HubSpot {
    /// One step for each record that has to be looked up, then the ticket with all its ties.
    fn plan(&self, draft: &TicketDraft) -> Vec<Step> {
        [ties::steps(draft), vec![Step::Ticket]].concat()
    }

    fn abilities(&self) -> Abilities {
        let resolve = self.settings.resolved_stage.is_some();
        Abilities { comment: true, raise: true, resolve, tie: true }
    }

    fn preview(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
        check(draft)?;
        Ok(preview::requests(&self.client, &self.settings, key, draft))
    }

    fn pacer(&self) -> &Pacer {
        self.client.account().caller().pacer()
    }

    fn resume(&self, past: &Past) {
        self.client.account().resume(past);
    }

    /// Enough for two whole batches: one is under way while the next one gathers.
    fn at_once(&self) -> NonZeroU16 {
        let batches = 2 * LARGEST_BATCH;
        u16::try_from(batches).ok().and_then(NonZeroU16::new).unwrap_or(HANDFUL)
    }

    fn begin(&self, lane: Priority, waited: Duration) {
        self.client.begin(lane, waited);
    }

    async fn act(&self, step: &Step, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let Task { key, draft, done, .. } = *task;
        match step {
            Step::Record(key) => {
                check(draft)?;
                self.record(key, draft, None).await
            }
            Step::Ticket => {
                check(draft)?;
                self.open(key, draft, done).await.map(Outcome::Ticket)
            }
            Step::Comment(mark) => self.comment(mark, task).await,
            Step::Raise => self.raise(task).await,
            Step::Reopen => self.reopen(task).await,
            Step::Resolve => self.close(task).await,
            Step::Tie => self.tie(task).await,
            Step::Customer | Step::TimeLine(_) => {
                Err(DeskError::Incomplete("HubSpot knows contacts, not customers".to_owned()))
            }
        }
    }

    async fn find(&self, sought: &Sought<'_>) -> Result<Found, DeskError> {
        match sought {
            Sought::Ticket { key, lane } => self.client.find_ticket(*lane, key).await,
            Sought::Comment { mark, ticket } => self.find_comment(mark, ticket).await,
        }
    }

    async fn inspect(&self, needs: &Needs, idle: &Idle) -> Result<Vec<Finding>, DeskError> {
        self.inspected(needs, idle).await
    }

    async fn set_up(&self) -> Result<SetUp, DeskError> {
        self.made_ready().await
    }

    fn set_up_preview(&self) -> Vec<Preview> {
        self.making_ready()
    }
}

/// What HubSpot requires of every ticket; said before anything is sent.
fn check(draft: &TicketDraft) -> Result<(), DeskError> {
    if draft.subject.trim().is_empty() {
        return Err(DeskError::Incomplete(
            "HubSpot requires `subject`, and it is empty".to_owned(),
        ));
    }
    ties::check(draft)
}
