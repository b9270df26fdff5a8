//! A simulated SupportDesk (InnovArtx): tickets, customers, customer events, and whose key it is.
//!
//! From the vendor's pages on tickets, customers, events, authentication and errors. Where they are
//! silent, the sandbox does this: a create answers 201, a ticket without a free agent is `OPEN`,
//! unknown fields are ignored, a refused call carries no `Retry-After`.

mod customers;
mod events;
mod fields;
mod ids;
mod refusal;
mod routes;
mod settings;
mod tickets;

use actix_web::{
    HttpResponse,
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderValue},
    },
    web,
};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use settings::{EXAMPLE_TAG, SupportDeskSwitches};

use self::{
    customers::Customers, events::Events, ids::Ids, refusal::Refusal, settings::Settings,
    tickets::Tickets,
};
use super::{
    Exceeded, InvalidSeed, LimitSettings, Operation, SandboxSettings, SandboxTicket, Standing,
    Vendor,
};

/// What the simulated SupportDesk keeps.
#[derive(Debug)]
pub struct SupportDesk {
    key: String,
    settings: Settings,
    ids: Ids,
    customers: Customers,
    tickets: Tickets,
    events: Events,
}

impl SupportDesk {
    /// A desk with the customers and tags of the vendor's examples, and no tickets.
    pub(super) fn new(settings: &SandboxSettings) -> Self {
        let mut desk = Self {
            key: settings.supportdesk_key.clone(),
            settings: Settings::default(),
            ids: Ids::default(),
            customers: Customers::default(),
            tickets: Tickets::default(),
            events: Events::default(),
        };
        desk.reset(settings.clock.now());
        desk
    }
}

impl Vendor for SupportDesk {
    type Switches = SupportDeskSwitches;

    const BASE_PATH: &'static str = "/api/v1";

    fn routes(config: &mut web::ServiceConfig) {
        routes::add(config);
    }

    fn operation(method: &Method, path: &str) -> Operation {
        match (method, path.strip_prefix(Self::BASE_PATH).unwrap_or_default()) {
            (&Method::POST, "/tickets/api-create") => Operation::Create,
            (&Method::POST, "/customer-events") => Operation::Events,
            (&Method::GET, "/auth/whoami") => Operation::Whoami,
            (&Method::PATCH, path) if path.starts_with("/customers/") => Operation::Customers,
            _ => Operation::Any,
        }
    }

    fn default_limits() -> LimitSettings {
        settings::documented_limits()
    }

    fn refuse_key(&self, headers: &HeaderMap) -> Option<HttpResponse> {
        let key = headers.get("X-API-Key").map(|key| key.to_str().unwrap_or_default());
        refusal::check_key(&self.key, key).err().map(|refused| refused.response())
    }

    fn unknown_path() -> HttpResponse {
        Refusal::UnknownPath.response()
    }

    fn answer(status: StatusCode) -> HttpResponse {
        refusal::answer(status)
    }

    fn throttled(_: Exceeded) -> HttpResponse {
        Refusal::TooManyRequests.response()
    }

    fn plan_limit() -> HttpResponse {
        Refusal::PlanLimitReached.response()
    }

    fn room(_: Operation, _: Standing) -> Vec<(&'static str, HeaderValue)> {
        Vec::new()
    }

    fn reset(&mut self, now: Timestamp) {
        self.settings = Settings::default();
        self.ids = Ids::default();
        self.customers = Customers::default();
        self.tickets = Tickets::default();
        self.events = Events::default();
        self.customers.add_examples(&mut self.ids, now);
    }

    fn switch(&mut self, switches: SupportDeskSwitches) {
        self.settings.apply(switches);
    }

    /// Takes `{"customers": [{"externalId", "email", "name", …}]}`.
    fn seed(&mut self, customers: &Value, now: Timestamp) -> Result<Value, InvalidSeed> {
        let list = customers["customers"].as_array().ok_or_else(|| InvalidSeed {
            reason: "a member \"customers\" with a list is needed".to_owned(),
        })?;
        let mut added = Vec::new();
        for customer in list {
            let external_id = customer["externalId"].as_str().unwrap_or_default();
            let upserted = self.customers.upsert(external_id, customer, &mut self.ids, now);
            added.push(upserted.map_err(|refused| InvalidSeed { reason: refused.to_string() })?);
        }
        Ok(json!({"customers": added}))
    }

    fn tickets(&self) -> Vec<SandboxTicket> {
        self.tickets.shown()
    }

    fn tickets_with(&self, key: &str) -> Vec<SandboxTicket> {
        self.tickets.shown_with(key)
    }
}
