//! A simulated KF5: tickets as agents see them, with comments, users, ticket fields and attachments.
//!
//! From the vendor's pages on tickets (for agents), comments, users, ticket fields, groups, attachments and
//! authentication. Errors, limits and search's freshness are not documented. There the sandbox does
//! this: what it refuses gets 422 with `{"message"}` in Chinese; there are no windows until some are
//! set; search learns of a ticket late and takes part of a field's value for the whole; a comment
//! that does not say so is public; a closed ticket does not change any more; times are those of
//! China. Fields `field_1` to `field_200` take any text, but `field_36` is the page's list.

mod comments;
mod input;
mod other_calls;
mod query;
mod refusal;
mod routes;
mod settings;
mod ticket;
mod tickets;
mod users;

use std::time::Duration;

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
use serde_json::Value;

pub use settings::{Kf5Role, Kf5Switches};

use self::{
    comments::Uploads, refusal::Refusal, settings::Settings, tickets::Tickets, users::Users,
};
use super::{
    Exceeded, InvalidSeed, LimitSettings, Operation, SandboxSettings, SandboxTicket, Standing,
    Vendor,
};

/// What the simulated KF5 keeps.
#[derive(Debug)]
pub struct Kf5 {
    email: String,
    token: String,
    search_lag: Duration,
    settings: Settings,
    users: Users,
    tickets: Tickets,
    uploads: Uploads,
}

impl Kf5 {
    /// An account with two agents and no tickets.
    pub(super) fn new(settings: &SandboxSettings) -> Self {
        let email = settings.kf5_email.clone();
        Self {
            token: settings.kf5_token.clone(),
            search_lag: settings.search_lag,
            settings: Settings::new(settings.search_lag),
            users: Users::with_agents(&email),
            email,
            tickets: Tickets::default(),
            uploads: Uploads::default(),
        }
    }
}

impl Vendor for Kf5 {
    type Switches = Kf5Switches;

    const BASE_PATH: &'static str = "/apiv2";

    fn routes(config: &mut web::ServiceConfig) {
        routes::add(config);
    }

    fn operation(method: &Method, path: &str) -> Operation {
        routes::operation(method, path)
    }

    /// None is documented.
    fn default_limits() -> LimitSettings {
        LimitSettings::default()
    }

    /// The agent's address with `/token` behind it, and the token in the place of a password.
    fn refuse_key(&self, headers: &HeaderMap) -> Option<HttpResponse> {
        let header = headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let sent = header.and_then(|header| header.strip_prefix("Basic "));
        let sent = sent.and_then(|sent| STANDARD.decode(sent).ok());
        let good = format!("{}/token:{}", self.email, self.token);
        (sent.as_deref() != Some(good.as_bytes())).then(|| Refusal::Key.response())
    }

    fn unknown_path() -> HttpResponse {
        Refusal::NotFound.response()
    }

    fn answer(status: StatusCode) -> HttpResponse {
        refusal::answer(status)
    }

    fn throttled(_: Exceeded) -> HttpResponse {
        Refusal::TooMany.response()
    }

    fn plan_limit() -> HttpResponse {
        Refusal::Role.response()
    }

    fn room(_: Operation, _: Standing) -> Vec<(&'static str, HeaderValue)> {
        Vec::new()
    }

    fn reset(&mut self, _: Timestamp) {
        self.settings = Settings::new(self.search_lag);
        self.users = Users::with_agents(&self.email);
        self.tickets = Tickets::default();
        self.uploads = Uploads::default();
    }

    fn switch(&mut self, switches: Kf5Switches) {
        self.settings.apply(&switches);
    }

    /// Takes `{"customers": [{"email"?, "phone"?, "name"?}]}`.
    fn seed(&mut self, customers: &Value, _: Timestamp) -> Result<Value, InvalidSeed> {
        self.users.seed(customers).map_err(|refused| InvalidSeed { reason: refused.to_string() })
    }

    fn tickets(&self) -> Vec<SandboxTicket> {
        self.tickets.all().map(|ticket| ticket.for_tests(&self.users)).collect()
    }

    fn tickets_with(&self, key: &str) -> Vec<SandboxTicket> {
        let tickets = self.tickets.all().filter(|ticket| ticket.key().as_deref() == Some(key));
        tickets.map(|ticket| ticket.for_tests(&self.users)).collect()
    }
}
