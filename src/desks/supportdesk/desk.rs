//! A SupportDesk account as a desk.

use async_trait::async_trait;

use super::{Settings, answers::CUSTOMER_NOT_FOUND, client::Client, requests};
use crate::{
    delivery::{DeliveryKey, Outcome, Step},
    desks::{
        Abilities, Answer, BuildError, Desk, DeskError, DeskSettings, Found, Idle, Pacer, Preview,
        Ready, SetUp, Sought, Task,
    },
    inspection::{Finding, Needs},
    ticket::TicketDraft,
};

/// One SupportDesk account.
#[derive(Debug)]
pub struct SupportDesk {
    pub(super) client: Client,
}

impl SupportDesk {
    /// Sets the account's client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self { client: Client::new(settings, vendor)? })
    }
}

#[async_trait]
impl Desk for SupportDesk {
    /// The ticket alone. The customer becomes a step once the desk has said that it knows none.
    fn plan(&self, _draft: &TicketDraft) -> Vec<Step> {
        vec![Step::Ticket]
    }

    /// None: the pages offer no call that changes a ticket.
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn preview(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
        let ticket = requests::create_ticket(key, draft)?;
        let only = Some("if the desk does not know the customer");
        let customer = requests::upsert_customer(draft)?
            .map(|call| self.client.preview(&Step::Customer, only, call));
        let ticket = self.client.preview(&Step::Ticket, None, ticket);
        Ok(customer.into_iter().chain([ticket]).collect())
    }

    fn pacer(&self) -> &Pacer {
        self.client.pacer()
    }

    async fn act(&self, step: &Step, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let Task { key, draft, .. } = *task;
        match step {
            Step::Ticket => {
                let call = requests::create_ticket(key, draft)?;
                Ok(Outcome::Ticket(self.client.create_ticket(&call).await?))
            }
            Step::Customer => {
                let call = requests::upsert_customer(draft)?.ok_or_else(unknown_for_good)?;
                self.client.upsert_customer(&call).await?;
                Ok(Outcome::Done)
            }
            Step::TimeLine(mark) => {
                let call = requests::add_event(mark, task)?;
                self.client.add_event(step, &call).await?;
                Ok(Outcome::Done)
            }
            Step::Record(_) | Step::Tie => {
                Err(DeskError::Incomplete("SupportDesk ties tickets to no records".to_owned()))
            }
            Step::Comment(_) | Step::Raise | Step::Reopen | Step::Resolve => {
                Err(DeskError::Incomplete("SupportDesk changes no ticket".to_owned()))
            }
        }
    }

    async fn find(&self, _: &Sought<'_>) -> Result<Found, DeskError> {
        Ok(Found::CannotTell)
    }

    async fn inspect(&self, needs: &Needs, idle: &Idle) -> Result<Vec<Finding>, DeskError> {
        self.inspected(needs, idle).await
    }

    /// The pages offer nothing to make: metadata is free, and holds the key.
    async fn set_up(&self) -> Result<SetUp, DeskError> {
        let words = "SupportDesk needs nothing: the delivery's key stands in a ticket's metadata";
        Ok(SetUp::new(Ready::There, words))
    }

    fn set_up_preview(&self) -> Vec<Preview> {
        Vec::new()
    }
}

/// The desk's "unknown customer" stands, since the rule does not say enough to make one.
fn unknown_for_good() -> DeskError {
    DeskError::UnknownCustomer(Answer {
        status: 404,
        code: Some(CUSTOMER_NOT_FOUND.to_owned()),
        words: "the desk does not know the customer, and to create one the rule must give \
                `customer.name` and `customer.email`"
            .to_owned(),
        correlation_id: None,
    })
}
