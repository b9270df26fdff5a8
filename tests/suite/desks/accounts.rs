//! Desk accounts and drafts for tests.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use deskbell::{
    delivery::{DeliveryKey, Mark, Outcome, Progress, RetrySchedule, Step, StepRecord},
    desks::{
        Desk, DeskConfig, DeskError, DeskSettings, Found, OnUncertain, Sought, Task, Vendor,
        hubspot, kf5, supportdesk, thulium,
    },
    ticket::{Customer, Priority, TicketDraft, TicketRef},
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

/// The secret of every account here.
pub(super) const SECRET: &str = "sk_live_do_not_print";

/// A delivery's key.
pub(super) const KEY: &str = "e915b8136583ba4477fd052f9a169a9f";

pub(super) fn key() -> DeliveryKey {
    KEY.to_owned().try_into().unwrap()
}

pub(super) fn config(base_url: &str, vendor: Vendor) -> DeskConfig {
    let settings = DeskSettings {
        name: "desk".parse().unwrap(),
        base_url: base_url.to_owned(),
        timeout: Duration::from_secs(10),
        pacing: Vec::new(),
        retry: RetrySchedule::default(),
        on_uncertain: OnUncertain::Park,
    };
    DeskConfig { settings, vendor }
}

pub(super) fn supportdesk_vendor() -> Vendor {
    Vendor::SupportDesk(supportdesk::Settings { api_key: SECRET.into() })
}

pub(super) fn hubspot_settings() -> hubspot::Settings {
    hubspot::Settings {
        token: SECRET.into(),
        pipeline: "0".to_owned(),
        stage: "1".to_owned(),
        resolved_stage: None,
        key_property: Some("deskbell_key".to_owned()),
        version: "v3".to_owned(),
        properties: BTreeMap::new(),
    }
}

pub(super) fn thulium_settings() -> thulium::Settings {
    thulium::Settings {
        user: "api_user".to_owned(),
        password: SECRET.into(),
        mailbox: "mailbox@foo.bar".to_owned(),
        key_field: Some("deskbell_key".to_owned()),
        priority_field: None,
        priority_tags: BTreeMap::new(),
        status: None,
        resolved_status: None,
        queue: None,
        category: None,
        custom_fields: BTreeMap::new(),
        comment_field: None,
    }
}

pub(super) fn kf5_settings() -> kf5::Settings {
    kf5::Settings {
        email: "agent@example.org".to_owned(),
        token: SECRET.into(),
        key_field: Some("field_1".to_owned()),
        kind: None,
        group: None,
        assignee: None,
        status: None,
        resolved_status: kf5::Status::Solved,
        fields: BTreeMap::new(),
    }
}

pub(super) fn kf5(server: &MockServer) -> Arc<dyn Desk> {
    kf5_with(server, kf5_settings())
}

pub(super) fn kf5_with(server: &MockServer, settings: kf5::Settings) -> Arc<dyn Desk> {
    build(&config(&format!("{}/apiv2", server.uri()), Vendor::Kf5(settings)))
}

pub(super) fn kf5_client(server: &MockServer) -> kf5::Client {
    let vendor = kf5_settings();
    let config = config(&format!("{}/apiv2", server.uri()), Vendor::Kf5(vendor.clone()));
    kf5::Client::new(&config.settings, &vendor).unwrap()
}

pub(super) fn build(config: &DeskConfig) -> Arc<dyn Desk> {
    deskbell::desks::build(config).unwrap()
}

pub(super) fn supportdesk(server: &MockServer) -> Arc<dyn Desk> {
    build(&config(&server.uri(), supportdesk_vendor()))
}

pub(super) fn hubspot(server: &MockServer) -> Arc<dyn Desk> {
    hubspot_with(server, hubspot_settings())
}

pub(super) fn hubspot_with(server: &MockServer, settings: hubspot::Settings) -> Arc<dyn Desk> {
    build(&config(&server.uri(), Vendor::HubSpot(settings)))
}

pub(super) fn thulium(server: &MockServer) -> Arc<dyn Desk> {
    thulium_with(server, thulium_settings())
}

pub(super) fn thulium_with(server: &MockServer, settings: thulium::Settings) -> Arc<dyn Desk> {
    build(&config(&server.uri(), Vendor::Thulium(settings)))
}

/// The calls of a Thulium system, without the desk around them.
pub(super) fn thulium_account(base_url: &str, settings: &thulium::Settings) -> thulium::Account {
    let config = config(base_url, Vendor::Thulium(settings.clone()));
    thulium::Account::new(&config.settings, settings).unwrap()
}

/// The draft of the vendors' examples.
pub(super) fn draft() -> TicketDraft {
    TicketDraft {
        priority: Priority::High,
        subject: "troubleshoot report".to_owned(),
        description: "**No** power.".to_owned(),
        customer: Some(Customer {
            external_id: Some("user_42".to_owned()),
            name: Some("Jean de la Tour".to_owned()),
            email: Some("jean@acme.com".to_owned()),
            phone: Some("+33 1".to_owned()),
        }),
        ..TicketDraft::default()
    }
}

/// Does one step of a delivery that has no ticket yet.
pub(super) async fn act(
    desk: &dyn Desk,
    step: &Step,
    draft: &TicketDraft,
    done: &[StepRecord],
) -> Result<Outcome, DeskError> {
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    desk.act(step, &Task { key: &key(), draft, ticket: None, done, at }).await
}

/// Does one step about the ticket `id`.
pub(super) async fn act_on(
    desk: &dyn Desk,
    step: &Step,
    draft: &TicketDraft,
    id: &str,
) -> Result<Outcome, DeskError> {
    let at = "2026-04-18T10:00:00Z".parse().unwrap();
    let ticket = ticket(id);
    desk.act(step, &Task { key: &key(), draft, ticket: Some(&ticket), done: &[], at }).await
}

pub(super) fn ticket(id: &str) -> TicketRef {
    TicketRef { id: id.to_owned(), number: None, url: None }
}

pub(super) fn mark() -> Mark {
    Mark::of(&key())
}

/// Looks for the ticket of the delivery.
pub(super) async fn find(desk: &dyn Desk) -> Result<Found, DeskError> {
    desk.find(&Sought::Ticket { key: &key(), lane: Priority::High }).await
}

pub(super) async fn ask_ticket(
    desk: &dyn Desk,
    draft: &TicketDraft,
) -> Result<TicketRef, DeskError> {
    match act(desk, &Step::Ticket, draft, &[]).await? {
        Outcome::Ticket(ticket) => Ok(ticket),
        other => panic!("not a ticket: {other:?}"),
    }
}

/// Does all steps of the plan, as a worker does.
pub(super) async fn deliver(desk: &dyn Desk, draft: &TicketDraft) -> Result<TicketRef, DeskError> {
    let mut done = Vec::new();
    for step in desk.plan(draft) {
        let outcome = act(desk, &step, draft, &done).await?;
        if let Outcome::Ticket(ticket) = outcome {
            return Ok(ticket);
        }
        let at = "2026-04-18T10:00:00Z".parse().unwrap();
        done.push(StepRecord { step, progress: Progress::Done { at, outcome } });
    }
    panic!("the plan ends without a ticket");
}

pub(super) async fn answer(
    server: &MockServer,
    method: &str,
    path: &str,
    status: u16,
    body: impl Into<Value>,
) {
    let reply = ResponseTemplate::new(status).set_body_json(body.into());
    answer_with(server, method, path, reply).await;
}

pub(super) async fn answer_with(
    server: &MockServer,
    method: &str,
    path: &str,
    reply: ResponseTemplate,
) {
    let mock = Mock::given(matchers::method(method)).and(matchers::path(path));
    mock.respond_with(reply).mount(server).await;
}

/// What the server has been asked, as `POST /path?query`.
pub(super) async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let line = |request: &wiremock::Request| {
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", request.method, request.url.path())
    };
    requests.iter().map(line).collect()
}

/// The body of the last request.
pub(super) async fn last_body(server: &MockServer) -> Value {
    let requests = server.received_requests().await.unwrap();
    serde_json::from_slice(&requests.last().unwrap().body).unwrap()
}

/// A recorded or documented body.
pub(super) fn data(file: &str) -> Value {
    serde_json::from_slice(&bytes(file)).unwrap()
}

pub(super) fn bytes(file: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/desks");
    std::fs::read(format!("{folder}/{file}")).unwrap()
}

/// A HubSpot error.
pub(super) fn hubspot_error(category: &str, message: &str) -> Value {
    json!({
        "status": "error",
        "message": message,
        "category": category,
        "correlationId": "a43683b0-5717-4ceb-80b4-104d02915d8c",
    })
}
