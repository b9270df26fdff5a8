//! The documented paths below `/api/v1`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Bytes, Data, Path, ServiceConfig},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{SupportDesk, fields, refusal::Refusal, tickets::NewTicket};
use crate::sandbox::{SandboxTicket, SimulatedDesk, calls::Opened};

type Desk = Data<SimulatedDesk<SupportDesk>>;

/// Adds the paths.
pub(super) fn add(config: &mut ServiceConfig) {
    config
        .route("/api/v1/tickets/api-create", web::post().to(create))
        .route("/api/v1/customers/{external_id}", web::patch().to(upsert_customer))
        .route("/api/v1/customer-events", web::post().to(add_event))
        .route("/api/v1/auth/whoami", web::get().to(whoami));
}

/// The envelope of every success.
fn success(status: StatusCode, data: impl serde::Serialize, now: Timestamp) -> HttpResponse {
    HttpResponse::build(status).json(json!({
        "success": true,
        "data": data,
        "timestamp": iso(now),
    }))
}

fn iso(instant: Timestamp) -> String {
    format!("{instant:.3}")
}

async fn create(request: HttpRequest, desk: Desk, body: Bytes) -> Result<HttpResponse, Refusal> {
    let body = fields::json(&body)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let SupportDesk { settings, ids, customers, tickets, .. } = &mut *vendor;
    let new = NewTicket::read(&body, &settings.tags)?;
    let customer = customers.find(&new.customer_external_id)?;
    let ticket = tickets.open(new, customer, ids.next(now), settings, now)?;
    let opened = Opened { ticket: ticket.id.clone(), key: ticket.key.clone() };
    request.extensions_mut().insert(opened);
    let customer = json!({
        "id": customer.id,
        "externalId": customer.external_id,
        "email": customer.email,
    });
    let status = StatusCode::from_u16(settings.create_status).unwrap_or(StatusCode::CREATED);
    Ok(success(status, shown(ticket, &customer, settings.agent_free), now))
}

fn shown(ticket: &SandboxTicket, customer: &Value, agent_free: bool) -> Value {
    let agent = json!({"id": "clagentn1", "name": "Agent N1", "email": "agent@acme.com"});
    json!({
        "id": ticket.id,
        "ticketNumber": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "channel": "API",
        "customer": customer,
        "assignedAgent": agent_free.then_some(agent),
        "createdAt": iso(ticket.created_at),
    })
}

async fn upsert_customer(
    desk: Desk,
    external_id: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let body = fields::json(&body)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let SupportDesk { ids, customers, .. } = &mut *vendor;
    let customer = customers.upsert(&external_id, &body, ids, now)?;
    Ok(success(StatusCode::OK, customer, now))
}

async fn add_event(desk: Desk, body: Bytes) -> Result<HttpResponse, Refusal> {
    let body = fields::json(&body)?;
    let now = desk.now();
    let mut vendor = desk.vendor();
    let SupportDesk { ids, customers, events, tickets, .. } = &mut *vendor;
    let event = events.add(&body, customers, ids, now)?;
    if let (Some(ticket), Some(text)) = (event.member("ticketId"), event.member("text")) {
        tickets.note(ticket, text);
    }
    Ok(success(StatusCode::CREATED, event, now))
}

async fn whoami(desk: Desk) -> HttpResponse {
    let app = json!({
        "appId": "clsandboxapp",
        "slug": "sandbox",
        "name": "Sandbox",
        "keyType": "agent",
    });
    success(StatusCode::OK, app, desk.now())
}
