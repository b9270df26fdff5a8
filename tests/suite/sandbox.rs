//! The simulated desks against the vendors' documents.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admin;
mod faults;
mod hubspot;
mod hubspot_associations;
mod hubspot_refusals;
mod hubspot_schema;
mod hubspot_search;
mod kf5;
mod supportdesk;
mod supportdesk_refusals;
mod thulium;
mod windows;

use std::sync::Arc;

use deskbell::{
    clock::ManualClock,
    sandbox::{LimitSettings, Sandbox, SandboxSettings, start},
};
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Both desks on free ports, their windows lifted, and a clock that stands still.
struct Desks {
    sandbox: Sandbox,
    clock: ManualClock,
    http: reqwest::Client,
}

/// An answer that was read whole.
struct Answer {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Desks {
    /// Desks that take any number of calls.
    fn unlimited() -> Self {
        let desks = Self::documented();
        desks.sandbox.supportdesk().limits(LimitSettings::default());
        desks.sandbox.hubspot().limits(LimitSettings::default());
        desks
    }

    /// Desks with the vendors' windows.
    fn documented() -> Self {
        let clock = ManualClock::starting_at("2026-04-18T10:00:00Z".parse::<Timestamp>().unwrap());
        let settings = SandboxSettings::on_loopback(Arc::new(clock.clone()));
        let sandbox = start(settings, CancellationToken::new()).unwrap();
        Self { sandbox, clock, http: reqwest::Client::new() }
    }

    fn supportdesk(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.supportdesk().base_url().unwrap());
        self.http.request(method, url).header("X-API-Key", "sk_live_sandbox")
    }

    fn hubspot(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.hubspot().base_url().unwrap());
        self.http.request(method, url).bearer_auth("pat-sandbox")
    }

    async fn open_at_supportdesk(&self, body: &Value) -> Answer {
        read(self.supportdesk(Method::POST, "/tickets/api-create").json(body)).await
    }

    async fn post_to_hubspot(&self, path: &str, body: &Value) -> Answer {
        read(self.hubspot(Method::POST, path).json(body)).await
    }

    async fn get_from_hubspot(&self, path: &str) -> Answer {
        read(self.hubspot(Method::GET, path)).await
    }

    /// Opens a HubSpot ticket with this key and answers its id.
    async fn open_with_key(&self, key: &str) -> String {
        let answer = self.post_to_hubspot(TICKETS, &ticket_with_key(key)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }
}

/// Where HubSpot's tickets are.
const TICKETS: &str = "/crm/v3/objects/tickets";

/// The vendor's example of a ticket, and a key.
fn ticket_with_key(key: &str) -> Value {
    let mut ticket = hubspot::example();
    ticket["properties"]["deskbell_key"] = json!(key);
    ticket
}

async fn read(request: RequestBuilder) -> Answer {
    let response: Response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
