//! The documented paths below `/api`, and the comment's, which third-party clients know.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    web::{self, Bytes, Data, Path, ServiceConfig},
};
use serde_json::{Value, json};

use super::{
    Thulium,
    fields::Fields,
    listing, lists,
    query::Query,
    refusal::Refusal,
    tickets::{MessageKind, Ticket},
};
use crate::sandbox::{SimulatedDesk, calls::Opened};

type Desk = Data<SimulatedDesk<Thulium>>;
type Answer = Result<HttpResponse, Refusal>;

/// Adds the paths.
pub(super) fn add(config: &mut ServiceConfig) {
    config
        .route("/api/tickets", web::get().to(list))
        .route("/api/tickets", web::post().to(create))
        .route("/api/tickets/{id}", web::get().to(get))
        .route("/api/tickets/{id}", web::put().to(update))
        .route("/api/tickets/{id}/customer_response", web::post().to(respond_as_customer))
        .route("/api/tickets/{id}/agent_response", web::post().to(respond_as_agent))
        .route("/api/tickets/{id}/comment", web::post().to(comment))
        .route("/api/customers", web::get().to(customers))
        .route("/api/customers", web::post().to(add_customer))
        .route("/api/customers/{id}", web::get().to(customer))
        .route("/api/ticket_statuses", web::get().to(statuses))
        .route("/api/ticket_queues", web::get().to(|| async { ok(&lists::queues()) }))
        .route("/api/ticket_categories", web::get().to(|| async { ok(&lists::categories()) }))
        .route("/api/agents", web::get().to(|| async { ok(&lists::agents()) }))
        .route("/api/agents/{login}", web::get().to(agent));
}

fn ok(body: &Value) -> HttpResponse {
    HttpResponse::Ok().json(body)
}

fn id(id: u64, is_text: bool) -> Value {
    if is_text { id.to_string().into() } else { id.into() }
}

async fn list(desk: Desk, request: HttpRequest) -> Answer {
    let query = Query::of(request.query_string())?;
    let now = desk.now();
    let vendor = desk.vendor();
    listing::page(vendor.tickets.all(), &query, &vendor.settings, now).map(|page| ok(&page))
}

async fn get(desk: Desk, ticket: Path<String>, request: HttpRequest) -> Answer {
    let query = Query::of(request.query_string())?;
    let vendor = desk.vendor();
    let with_fields = query.flag("include_custom_fields");
    Ok(ok(&listing::shown(vendor.tickets.find(&ticket)?, &vendor.settings, with_fields)))
}

async fn create(desk: Desk, request: HttpRequest, body: Bytes) -> Answer {
    let now = desk.now();
    let mut vendor = desk.vendor();
    let Thulium { tickets, customers, settings, .. } = &mut *vendor;
    let ticket: &Ticket = tickets.open(Fields::of(&body)?, customers, settings, now)?;
    let shown = ticket.shown(customers);
    request.extensions_mut().insert(Opened { ticket: shown.id, key: shown.key });
    Ok(ok(&json!({"ticket_id": id(ticket.id, settings.ids_as_text)})))
}

async fn update(desk: Desk, ticket: Path<String>, body: Bytes) -> Answer {
    let now = desk.now();
    let mut vendor = desk.vendor();
    let Thulium { tickets, settings, .. } = &mut *vendor;
    tickets.change(&ticket, Fields::of(&body)?, settings, now)?;
    Ok(HttpResponse::Ok().finish())
}

async fn respond_as_customer(desk: Desk, ticket: Path<String>, body: Bytes) -> Answer {
    say(&desk, &ticket, MessageKind::Mail, "body", &body)?;
    Ok(HttpResponse::Ok().finish())
}

async fn respond_as_agent(desk: Desk, ticket: Path<String>, body: Bytes) -> Answer {
    say(&desk, &ticket, MessageKind::Reply, "body", &body)?;
    Ok(ok(&json!([])))
}

async fn comment(desk: Desk, ticket: Path<String>, body: Bytes) -> Answer {
    say(&desk, &ticket, MessageKind::Comment, "content", &body)?;
    Ok(HttpResponse::Ok().finish())
}

fn say(
    desk: &Desk,
    ticket: &str,
    kind: MessageKind,
    member: &str,
    body: &Bytes,
) -> Result<(), Refusal> {
    let now = desk.now();
    desk.vendor().tickets.say(ticket, kind, member, Fields::of(body)?, now)
}

async fn customers(desk: Desk, request: HttpRequest) -> Answer {
    let query = Query::of(request.query_string())?;
    desk.vendor().customers.list(&query).map(|page| ok(&page))
}

async fn customer(desk: Desk, customer: Path<String>, request: HttpRequest) -> Answer {
    let query = Query::of(request.query_string())?;
    desk.vendor().customers.get(&customer, &query).map(|customer| ok(&customer))
}

async fn add_customer(desk: Desk, body: Bytes) -> Answer {
    let mut vendor = desk.vendor();
    let Thulium { customers, settings, .. } = &mut *vendor;
    let customer = customers.add(Fields::of(&body)?)?;
    Ok(ok(&json!({"customer_id": id(customer, settings.ids_as_text)})))
}

async fn statuses(desk: Desk) -> HttpResponse {
    ok(&lists::statuses(&desk.vendor().settings.missing_statuses))
}

async fn agent(login: Path<String>) -> Answer {
    lists::agent_of(&login).map(|agent| ok(&agent)).ok_or(Refusal::NotFound)
}
