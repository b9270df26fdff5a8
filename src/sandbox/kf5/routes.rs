//! The documented paths below `/apiv2`, and what they do with tickets.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{Method, header::LOCATION},
    web::{self, Bytes, Data, Path, ServiceConfig},
};
use serde_json::{Value, json};

use super::{Kf5, other_calls, query::Asked, refusal::Refusal, settings::Kf5Role, tickets::Sought};
use crate::sandbox::{Operation, SimulatedDesk, calls::Opened};

pub(super) type Desk = Data<SimulatedDesk<Kf5>>;

/// Adds the paths.
pub(super) fn add(config: &mut ServiceConfig) {
    config
        .route("/apiv2/tickets.json", web::get().to(list))
        .route("/apiv2/tickets.json", web::post().to(create))
        .route("/apiv2/tickets/show_many.json", web::get().to(show_many))
        .route("/apiv2/tickets/update_many.json", web::put().to(update_many))
        .route("/apiv2/tickets/delete_many.json", web::delete().to(delete_many))
        .route("/apiv2/tickets/destroy_many.json", web::delete().to(delete_many))
        .route("/apiv2/tickets/search.json", web::get().to(search))
        .route("/apiv2/tickets/problems.json", web::get().to(problems))
        .route("/apiv2/tickets/{id:[0-9]+}.json", web::get().to(show))
        .route("/apiv2/tickets/{id:[0-9]+}.json", web::put().to(update))
        .route("/apiv2/tickets/{id:[0-9]+}.json", web::delete().to(delete))
        .route("/apiv2/tickets/{id:[0-9]+}/incidents.json", web::get().to(incidents))
        .route("/apiv2/users/{id:[0-9]+}/tickets.json", web::get().to(list_of))
        .configure(other_calls::add);
}

/// Names the operation that a request asks for.
pub(super) fn operation(method: &Method, path: &str) -> Operation {
    let path = path.strip_prefix("/apiv2").unwrap_or_default();
    match (method, path) {
        (&Method::POST, "/tickets.json") => Operation::Create,
        (&Method::PUT, path) if path.starts_with("/tickets/") => Operation::Update,
        (&Method::DELETE, path) if path.starts_with("/tickets/") => Operation::Archive,
        (&Method::GET, "/tickets/search.json") => Operation::Search,
        (&Method::GET, "/users/me.json") => Operation::Whoami,
        (&Method::GET, "/users/search.json" | "/users/show_many.json") => Operation::Customers,
        (&Method::GET, "/ticket_fields.json") => Operation::Schema,
        (&Method::GET, path) if path.starts_with("/groups/") => Operation::Schema,
        (&Method::GET, "/tickets/show_many.json") => Operation::Get,
        (&Method::GET, "/tickets.json" | "/tickets/problems.json") => Operation::List,
        (&Method::GET, path) if path.matches('/').count() == 3 => Operation::List,
        (&Method::GET, path) if path.starts_with("/tickets/") => Operation::Get,
        _ => Operation::Any,
    }
}

/// Refuses what only administrators may do.
fn administrators_only(role: Kf5Role) -> Result<(), Refusal> {
    if role == Kf5Role::Admin { Ok(()) } else { Err(Refusal::Role) }
}

/// The member `ticket` of a body.
fn body(bytes: &Bytes) -> Result<Value, Refusal> {
    let mut body: Value = serde_json::from_slice(bytes).map_err(|_| Refusal::NotJson)?;
    Ok(body.get_mut("ticket").map(Value::take).unwrap_or_default())
}

async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    administrators_only(settings.role)?;
    let asked = Asked::of(&request);
    let listed = asked.filtered(tickets.standing())?;
    let shown: Vec<_> = listed.iter().map(|ticket| ticket.shown(settings.ids_as_text)).collect();
    Ok(HttpResponse::Ok().json(asked.page("tickets", &shown, settings)))
}

async fn list_of(
    desk: Desk,
    agent: Path<u64>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    administrators_only(settings.role)?;
    let asked = Asked::of(&request);
    let own = tickets.standing().filter(|ticket| ticket.assignee == Some(*agent));
    let listed = asked.filtered(own)?;
    let shown: Vec<_> = listed.iter().map(|ticket| ticket.shown(settings.ids_as_text)).collect();
    Ok(HttpResponse::Ok().json(asked.page("tickets", &shown, settings)))
}

async fn search(desk: Desk, request: HttpRequest) -> HttpResponse {
    let now = desk.now();
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    let asked = Asked::of(&request);
    let sought = Sought {
        words: asked.text("query").map(str::to_owned),
        statuses: asked.list("status"),
        field_value: asked.text("fieldvalue").map(str::to_owned),
    };
    let mut found = tickets.search(&sought, now, settings.search_lag);
    found.sort_by_key(|ticket| std::cmp::Reverse((ticket.created_at, ticket.id)));
    asked.sort(&mut found, "created_order", |ticket| (ticket.created_at, ticket.id));
    let shown: Vec<_> = found.iter().map(|ticket| ticket.shown(settings.ids_as_text)).collect();
    HttpResponse::Ok().json(asked.page("tickets", &shown, settings))
}

async fn problems(desk: Desk, request: HttpRequest) -> HttpResponse {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    let is_problem = |kind: &Option<String>| kind.as_deref() == Some("problem");
    let mut problems: Vec<_> =
        tickets.standing().filter(|ticket| is_problem(&ticket.kind)).collect();
    problems.sort_by_key(|ticket| std::cmp::Reverse((ticket.updated_at, ticket.id)));
    let shown: Vec<_> = problems.iter().map(|ticket| ticket.shown(settings.ids_as_text)).collect();
    HttpResponse::Ok().json(Asked::of(&request).page("tickets", &shown, settings))
}

async fn incidents(
    desk: Desk,
    problem: Path<u64>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    tickets.get(*problem)?;
    let incidents = tickets.standing().filter(|ticket| ticket.problem == Some(*problem));
    let shown: Vec<_> = incidents.map(|ticket| ticket.shown(settings.ids_as_text)).collect();
    Ok(HttpResponse::Ok().json(Asked::of(&request).page("tickets", &shown, settings)))
}

async fn show(desk: Desk, id: Path<u64>) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    let ticket = tickets.get(*id)?.shown(settings.ids_as_text);
    Ok(HttpResponse::Ok().json(json!({ "ticket": ticket })))
}

async fn show_many(desk: Desk, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    let ids = Asked::of(&request).ids()?;
    let found = ids.iter().filter_map(|&id| tickets.get(id).ok());
    let shown: Vec<_> = found.map(|ticket| ticket.shown(settings.ids_as_text)).collect();
    Ok(HttpResponse::Ok().json(json!({ "tickets": shown })))
}

async fn create(request: HttpRequest, desk: Desk, bytes: Bytes) -> Result<HttpResponse, Refusal> {
    let body = body(&bytes)?;
    let now = desk.now();
    let Kf5 { settings, users, tickets, uploads, .. } = &mut *desk.vendor();
    let ticket = tickets.create(&body, (users, &settings.account), uploads, now)?;
    let opened = Opened { ticket: ticket.id.to_string(), key: ticket.key() };
    request.extensions_mut().insert(opened);
    let place = format!("https://sandbox.kf5.com/apiv2/tickets/{}.json", ticket.id);
    let shown = json!({ "ticket": ticket.shown(settings.ids_as_text) });
    Ok(HttpResponse::Created().insert_header((LOCATION, place)).json(shown))
}

async fn update(desk: Desk, id: Path<u64>, bytes: Bytes) -> Result<HttpResponse, Refusal> {
    let body = body(&bytes)?;
    let now = desk.now();
    let Kf5 { settings, users, tickets, uploads, .. } = &mut *desk.vendor();
    let ticket = tickets.update(*id, &body, (users, &settings.account), uploads, now)?;
    Ok(HttpResponse::Ok().json(json!({ "ticket": ticket.shown(settings.ids_as_text) })))
}

/// Tells of each ticket what came of it, with 200 whatever that is.
async fn update_many(
    desk: Desk,
    request: HttpRequest,
    bytes: Bytes,
) -> Result<HttpResponse, Refusal> {
    let body = body(&bytes)?;
    let ids = Asked::of(&request).ids()?;
    let now = desk.now();
    let Kf5 { settings, users, tickets, uploads, .. } = &mut *desk.vendor();
    let mut results = Vec::new();
    for id in ids {
        let refused = tickets.update(id, &body, (users, &settings.account), uploads, now).err();
        results.push(json!({
            "id": super::ticket::id(id, settings.ids_as_text),
            "success": refused.is_none(),
            "errors": refused.map(|refused| refused.to_string()).unwrap_or_default(),
        }));
    }
    Ok(HttpResponse::Ok().json(json!({ "results": results })))
}

async fn delete(desk: Desk, id: Path<u64>) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &mut *desk.vendor();
    administrators_only(settings.role)?;
    tickets.delete(*id)?;
    Ok(HttpResponse::Ok().finish())
}

async fn delete_many(desk: Desk, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let ids = Asked::of(&request).ids()?;
    let Kf5 { settings, tickets, .. } = &mut *desk.vendor();
    administrators_only(settings.role)?;
    for id in ids {
        // The page does not say what comes of those that there are not.
        tickets.delete(id).ok();
    }
    Ok(HttpResponse::Ok().finish())
}
