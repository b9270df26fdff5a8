//! A KF5 account as a desk.

use async_trait::async_trait;

use super::{Client, Settings, calls, draft as tickets, life::beforehand, look_up};
use crate::{
    delivery::{DeliveryKey, Outcome, Step},
    desks::{
        Abilities, BuildError, Desk, DeskError, DeskSettings, Found, Idle, Pacer, Preview, SetUp,
        Sought, Task,
    },
    inspection::{Finding, Needs},
    ticket::{TicketDraft, TicketRef},
};

/// One KF5 account.
#[derive(Debug)]
pub struct Kf5 {
    pub(super) client: Client,
    pub(super) settings: Settings,
}

impl Kf5 {
    /// Sets the account's client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self { client: Client::new(settings, vendor)?, settings: vendor.clone() })
    }
}

#[async_trait]
impl Desk for Kf5 {
    /// The ticket alone: its requester is made together with it.
    fn plan(&self, _draft: &TicketDraft) -> Vec<Step> {
        vec![Step::Ticket]
    }

    fn abilities(&self) -> Abilities {
        Abilities { comment: true, raise: true, resolve: true, tie: false }
    }

    fn preview(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
        let call = calls::create(&tickets::ticket(&self.settings, key, draft)?);
        Ok(vec![self.client.preview(&Step::Ticket, None, call)])
    }

    fn pacer(&self) -> &Pacer {
        self.client.pacer()
    }

    async fn act(&self, step: &Step, task: &Task<'_>) -> Result<Outcome, DeskError> {
        match step {
            Step::Ticket => self.open(task.key, task.draft).await.map(Outcome::Ticket),
            Step::Comment(mark) => self.comment(mark, task).await,
            Step::Raise => self.raise(task).await,
            Step::Reopen => self.reopen(task).await,
            Step::Resolve => self.resolve(task).await,
            Step::Customer | Step::Record(_) | Step::TimeLine(_) | Step::Tie => {
                Err(DeskError::Incomplete(
                    "KF5 makes the requester together with the ticket".to_owned(),
                ))
            }
        }
    }

    async fn find(&self, sought: &Sought<'_>) -> Result<Found, DeskError> {
        match (sought, &self.settings.key_field) {
            (Sought::Ticket { .. }, None) => Ok(Found::CannotTell),
            (Sought::Ticket { key, .. }, Some(field)) => {
                look_up::find(&self.client, field, key).await
            }
            (Sought::Comment { mark, ticket }, _) => self.find_comment(mark, ticket).await,
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

impl Kf5 {
    /// Asks for the ticket; once more without a problem that turns out not to exist.
    async fn open(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<TicketRef, DeskError> {
        let ticket = tickets::ticket(&self.settings, key, draft)?;
        let refusal = match self.client.create(&ticket).await {
            Err(refusal @ DeskError::Refused(..)) => refusal,
            created => return created,
        };
        let Some(problem) = &ticket.change.problem else { return Err(refusal) };
        match self.client.show(problem).await {
            Ok(None) => {
                let draft = tickets::without_problem(draft)?;
                self.client.create(&tickets::ticket(&self.settings, key, &draft)?).await
            }
            // It is there, or the account cannot tell, now or later.
            Ok(Some(_)) | Err(DeskError::Refused(..) | DeskError::Account(_)) => Err(refusal),
            Err(error) => Err(beforehand(error)),
        }
    }
}
