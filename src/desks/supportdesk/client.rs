//! One SupportDesk account over HTTP.

use reqwest::header::HeaderName;

use super::{Settings, answers};
use crate::{
    delivery::Step,
    desks::{
        BuildError, DeskError, DeskSettings, Pacer, Preview,
        call::{Call, Credential},
        caller::Caller,
        reply::Reply,
    },
    ticket::TicketRef,
};

/// Sends SupportDesk's requests and reads its answers.
#[derive(Debug)]
pub(super) struct Client {
    caller: Caller,
}

impl Client {
    pub(super) fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        let credential = Credential {
            header: HeaderName::from_static("x-api-key"),
            scheme: "",
            secret: vendor.api_key.clone(),
        };
        Ok(Self { caller: Caller::new(settings, credential)? })
    }

    pub(super) async fn create_ticket(&self, call: &Call) -> Result<TicketRef, DeskError> {
        let reply = self.caller.send(&Step::Ticket.to_string(), call).await?;
        answers::ticket(&reply)
    }

    pub(super) async fn upsert_customer(&self, call: &Call) -> Result<(), DeskError> {
        let reply = self.caller.send(&Step::Customer.to_string(), call).await?;
        answers::customer(&reply)
    }

    pub(super) async fn add_event(&self, step: &Step, call: &Call) -> Result<(), DeskError> {
        answers::event(&self.caller.send(&step.to_string(), call).await?)
    }

    /// Sends `call`; `step` is for the log.
    pub(super) async fn send(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        self.caller.send(step, call).await
    }

    pub(super) fn pacer(&self) -> &Pacer {
        self.caller.pacer()
    }

    pub(super) fn preview(&self, step: &Step, only: Option<&str>, call: Call) -> Preview {
        self.caller.preview(step, only, call)
    }
}
