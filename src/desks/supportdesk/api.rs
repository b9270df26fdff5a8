//! SupportDesk's documented calls, typed. The pages document no other: no ticket is read, listed or
//! changed.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    Account, CustomerChange, NewEvent, NewTicket, Settings, Ticket, answers, client::Client,
    requests,
};
use crate::desks::{BuildError, DeskError, DeskSettings, call::Call};

/// One account's calls. Each waits for room in the account's windows.
#[derive(Debug)]
pub struct Api {
    client: Client,
}

impl Api {
    /// Sets the client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self { client: Client::new(settings, vendor)? })
    }

    /// Opens a ticket. Its agent is told by e-mail; doing it again opens another one.
    pub async fn create_ticket(&self, ticket: &NewTicket) -> Result<Ticket, DeskError> {
        self.ask("ticket", &requests::new_ticket(ticket)).await
    }

    /// Makes the customer `external_id`, or changes what `change` names.
    pub async fn upsert_customer(
        &self,
        external_id: &str,
        change: &CustomerChange,
    ) -> Result<Map<String, Value>, DeskError> {
        self.ask("customer", &requests::customer(external_id, change)?).await
    }

    /// Adds to a customer's time line.
    pub async fn add_event(&self, event: &NewEvent) -> Result<Map<String, Value>, DeskError> {
        self.ask("event", &requests::event(event)).await
    }

    /// Asks whose key it is; changes nothing.
    pub async fn whoami(&self) -> Result<Account, DeskError> {
        self.ask("whoami", &requests::whoami()).await
    }

    async fn ask<T: DeserializeOwned>(&self, step: &str, call: &Call) -> Result<T, DeskError> {
        answers::read(&self.client.send(step, call).await?)
    }
}
