//! A simulated HubSpot portal: tickets, contacts, companies, deals, notes, their properties, pipelines
//! and associations.
//!
//! From the vendor's guides and its public specification, under both path shapes
//! (`/crm/v3/objects/tickets` and `/crm/objects/2026-03/tickets`). The portal has one pipeline `0`
//! with the stages 1 to 4, contact 201, company 301, deal 401, and the unique ticket property
//! `deskbell_key`. Where the documents are silent, the sandbox takes the stricter way: a property's
//! value has to be a string, and a recycled ticket keeps its unique values.

mod association_calls;
mod association_types;
mod batch_calls;
mod input;
mod links;
mod object_calls;
mod pipelines;
mod portal;
mod properties;
mod query;
mod records;
mod refusal;
mod routes;
mod schema_calls;
mod scopes;
mod search;
mod search_query;
mod settings;
mod shown;
mod values;

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{
        Method, StatusCode,
        header::{AUTHORIZATION, HeaderMap, HeaderValue},
    },
    web,
};
use jiff::Timestamp;
use serde_json::Value;

pub use settings::HubSpotSwitches;

use self::{portal::Portal, refusal::Refusal};
use super::{
    Exceeded, InvalidSeed, LimitSettings, Operation, SandboxSettings, SandboxTicket, Standing,
    Vendor, answers,
};

/// What the simulated HubSpot keeps.
#[derive(Debug)]
pub struct HubSpot {
    token: String,
    search_lag: Duration,
    portal: Portal,
}

impl HubSpot {
    /// A portal with its default properties and customers, and no tickets.
    pub(super) fn new(settings: &SandboxSettings) -> Self {
        let (token, search_lag) = (settings.hubspot_token.clone(), settings.search_lag);
        Self { token, search_lag, portal: Portal::new(search_lag, settings.clock.now()) }
    }
}

impl Vendor for HubSpot {
    type Switches = HubSpotSwitches;

    const BASE_PATH: &'static str = "";

    fn routes(config: &mut web::ServiceConfig) {
        routes::add(config);
    }

    fn operation(method: &Method, path: &str) -> Operation {
        routes::operation(method, path)
    }

    fn default_limits() -> LimitSettings {
        settings::documented_limits()
    }

    fn refuse_key(&self, headers: &HeaderMap) -> Option<HttpResponse> {
        let header = headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer "));
        if token != Some(self.token.as_str()) {
            return Some(Refusal::unauthenticated().response());
        }
        if self.portal.settings.missing_scopes {
            return Some(Refusal::missing_scopes().response());
        }
        None
    }

    fn refuse_right(&self, method: &Method, path: &str) -> Option<HttpResponse> {
        let lacking = scopes::lacking(&self.portal.settings.revoked_scopes, method, path)?;
        Some(Refusal::missing_scope(lacking).response())
    }

    fn unknown_path() -> HttpResponse {
        answers::html(StatusCode::NOT_FOUND)
    }

    fn answer(status: StatusCode) -> HttpResponse {
        refusal::answer(status)
    }

    fn throttled(exceeded: Exceeded) -> HttpResponse {
        refusal::throttled(exceeded)
    }

    fn plan_limit() -> HttpResponse {
        refusal::throttled(Exceeded::Daily)
    }

    fn room(operation: Operation, standing: Standing) -> Vec<(&'static str, HeaderValue)> {
        if operation == Operation::Search {
            return Vec::new();
        }
        let mut room = Vec::new();
        if let Some((quota, left)) = standing.daily {
            room.push(("X-HubSpot-RateLimit-Daily", HeaderValue::from(quota)));
            room.push(("X-HubSpot-RateLimit-Daily-Remaining", HeaderValue::from(left)));
        }
        if let Some(window) = standing.window {
            let per = u64::try_from(window.per.as_millis()).unwrap_or(u64::MAX);
            room.push(("X-HubSpot-RateLimit-Interval-Milliseconds", HeaderValue::from(per)));
            room.push(("X-HubSpot-RateLimit-Max", HeaderValue::from(window.requests)));
            room.push(("X-HubSpot-RateLimit-Remaining", HeaderValue::from(standing.remaining)));
        }
        room
    }

    fn reset(&mut self, now: Timestamp) {
        self.portal = Portal::new(self.search_lag, now);
    }

    fn switch(&mut self, switches: HubSpotSwitches) {
        self.portal.switch(&switches);
    }

    /// Takes `{"contacts": [{property: value}], "companies": […], "deals": […]}`.
    fn seed(&mut self, customers: &Value, now: Timestamp) -> Result<Value, InvalidSeed> {
        self.portal
            .seed(customers, now)
            .map_err(|refused| InvalidSeed { reason: refused.to_string() })
    }

    fn tickets(&self) -> Vec<SandboxTicket> {
        self.portal.shown_tickets()
    }

    fn tickets_with(&self, key: &str) -> Vec<SandboxTicket> {
        self.portal.shown_ticket_with(key).into_iter().collect()
    }
}
