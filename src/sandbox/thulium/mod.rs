//! A simulated Thulium: tickets with custom fields and messages, customers, and the system's lists.
//!
//! From the vendor's pages on tickets and customers. Where they are silent, the sandbox does this:
//! errors have the status 400 and the status as their code, unknown members are ignored, ids and
//! custom fields that are not there are refused, a page longer than allowed is refused, there are no
//! windows, and the filter by custom fields is exact and knows of a ticket at once (both can be
//! switched). It counts the e-mails that a customer would get.

mod customers;
mod fields;
mod listing;
mod lists;
mod query;
mod refusal;
mod routes;
mod settings;
mod tickets;

use actix_web::{
    HttpResponse,
    http::{
        Method, StatusCode,
        header::{AUTHORIZATION, HeaderMap, HeaderValue},
    },
    web,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use settings::{EXAMPLE_MAILBOX, ThuliumSwitches};

use self::{
    customers::Customers, fields::Fields, refusal::Refusal, settings::Settings, tickets::Tickets,
};
use super::{
    Exceeded, InvalidSeed, LimitSettings, Operation, SandboxSettings, SandboxTicket, Standing,
    Vendor,
};

/// What the simulated Thulium keeps.
#[derive(Debug)]
pub struct Thulium {
    user: String,
    password: String,
    settings: Settings,
    tickets: Tickets,
    customers: Customers,
}

impl Thulium {
    /// A system with the customer of the vendor's example, and no tickets.
    pub(super) fn new(settings: &SandboxSettings) -> Self {
        let mut desk = Self {
            user: settings.thulium_user.clone(),
            password: settings.thulium_password.clone(),
            settings: Settings::default(),
            tickets: Tickets::default(),
            customers: Customers::default(),
        };
        desk.reset(settings.clock.now());
        desk
    }
}

impl Vendor for Thulium {
    type Switches = ThuliumSwitches;

    const BASE_PATH: &'static str = "/api";

    fn routes(config: &mut web::ServiceConfig) {
        routes::add(config);
    }

    fn operation(method: &Method, path: &str) -> Operation {
        let path = path.strip_prefix(Self::BASE_PATH).unwrap_or_default();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method, &segments[..]) {
            (&Method::POST, ["tickets"]) => Operation::Create,
            (&Method::GET, ["tickets"]) => Operation::List,
            (&Method::GET, ["tickets", _]) => Operation::Get,
            (&Method::PUT, ["tickets", _]) => Operation::Update,
            (&Method::POST, ["tickets", _, _]) => Operation::Comment,
            (_, ["customers", ..]) => Operation::Customers,
            (
                &Method::GET,
                ["ticket_statuses" | "ticket_queues" | "ticket_categories" | "agents", ..],
            ) => Operation::Schema,
            _ => Operation::Any,
        }
    }

    fn default_limits() -> LimitSettings {
        LimitSettings::default()
    }

    fn refuse_key(&self, headers: &HeaderMap) -> Option<HttpResponse> {
        let good = format!("Basic {}", STANDARD.encode(format!("{}:{}", self.user, self.password)));
        let key = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        (key != Some(good.as_bytes())).then(|| Refusal::Unauthorized.response())
    }

    fn unknown_path() -> HttpResponse {
        Refusal::NotFound.response()
    }

    fn answer(status: StatusCode) -> HttpResponse {
        refusal::answer(status)
    }

    fn throttled(_: Exceeded) -> HttpResponse {
        Refusal::TooManyRequests.response()
    }

    fn plan_limit() -> HttpResponse {
        Refusal::Forbidden.response()
    }

    fn room(_: Operation, _: Standing) -> Vec<(&'static str, HeaderValue)> {
        Vec::new()
    }

    fn reset(&mut self, _: Timestamp) {
        self.settings = Settings::default();
        self.tickets = Tickets::default();
        self.customers = Customers::default();
        let example = json!({
            "name": "Jan", "surname": "Kowalski", "email": "jan.kowalski@foo.bar",
            "phone_number": "222333444", "identifier": "user_42",
        });
        // The example has what is required.
        let _ = Fields::of_value(&example).and_then(|fields| self.customers.add(fields));
    }

    fn switch(&mut self, switches: ThuliumSwitches) {
        self.settings.apply(switches);
    }

    /// Takes `{"customers": [{"surname", "name", "email", "identifier", …}]}`.
    fn seed(&mut self, customers: &Value, _: Timestamp) -> Result<Value, InvalidSeed> {
        let list = customers["customers"].as_array().ok_or_else(|| InvalidSeed {
            reason: "a member \"customers\" with a list is needed".to_owned(),
        })?;
        let mut added = Vec::new();
        for customer in list {
            let id = Fields::of_value(customer).and_then(|fields| self.customers.add(fields));
            added.push(id.map_err(|refused| InvalidSeed { reason: refused.to_string() })?);
        }
        Ok(json!({"customers": added}))
    }

    fn tickets(&self) -> Vec<SandboxTicket> {
        self.tickets.all().iter().map(|ticket| ticket.shown(&self.customers)).collect()
    }

    fn tickets_with(&self, key: &str) -> Vec<SandboxTicket> {
        self.tickets.with_key(key).map(|ticket| ticket.shown(&self.customers)).collect()
    }
}
