//! The calls that are not about tickets alone: users, comments, fields, attachments.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Bytes, Path, ServiceConfig},
};
use serde_json::{Value, json};

use super::{Kf5, input::LIST, query::Asked, refusal::Refusal, routes::Desk, users::ME};

/// Adds the paths.
pub(super) fn add(config: &mut ServiceConfig) {
    config
        .route("/apiv2/users/me.json", web::get().to(me))
        .route("/apiv2/users/search.json", web::get().to(search_users))
        .route("/apiv2/tickets/{id:[0-9]+}/collaborators.json", web::get().to(collaborators))
        .route("/apiv2/tickets/{id:[0-9]+}/comments.json", web::get().to(comments))
        .route("/apiv2/ticket_fields.json", web::get().to(fields))
        .route("/apiv2/attachments.json", web::post().to(upload));
}

async fn me(desk: Desk) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, users, .. } = &*desk.vendor();
    let me = users.get(ME).ok_or(Refusal::NotFound)?;
    Ok(HttpResponse::Ok().json(json!({ "user": me.shown(settings.ids_as_text) })))
}

async fn search_users(desk: Desk, request: HttpRequest) -> HttpResponse {
    let Kf5 { settings, users, .. } = &*desk.vendor();
    let asked = Asked::of(&request);
    let found = users.search(asked.text("query").unwrap_or_default());
    let shown: Vec<_> = found.map(|user| user.shown(settings.ids_as_text)).collect();
    HttpResponse::Ok().json(asked.page("users", &shown, settings))
}

/// Every agent may get copies of every ticket.
async fn collaborators(desk: Desk, ticket: Path<u64>) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, users, tickets, .. } = &*desk.vendor();
    tickets.get(*ticket)?;
    let shown: Vec<_> = users.agents().map(|user| user.shown(settings.ids_as_text)).collect();
    Ok(HttpResponse::Ok().json(json!({ "users": shown })))
}

async fn comments(
    desk: Desk,
    ticket: Path<u64>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, tickets, .. } = &*desk.vendor();
    let asked = Asked::of(&request);
    let comments = tickets.get(*ticket)?.comments.iter();
    let mut shown: Vec<_> = comments.map(|comment| comment.shown(settings.ids_as_text)).collect();
    if asked.text("sort_order") == Some("desc") {
        shown.reverse();
    }
    Ok(HttpResponse::Ok().json(asked.page("comments", &shown, settings)))
}

/// Two of the fields: one for any text, and the page's list.
async fn fields() -> HttpResponse {
    let field = |id: u32, name: &str, kind: &str, title: &str, options: Vec<Value>| {
        json!({
            "id": id, "name": name, "type": kind, "agent_title": title, "agent_required": false,
            "regexp_for_validation": null, "custom_field_options": options,
        })
    };
    let (list, options) = LIST;
    let options = options.map(|option| json!({ "key": option, "value": option }));
    HttpResponse::Ok().json(json!({
        "ticket_fields": [
            field(1, "field_1", "text", "Deskbell", Vec::new()),
            field(36, list, "dropdown", "下拉菜单", options.to_vec()),
        ]
    }))
}

async fn upload(desk: Desk, request: HttpRequest, content: Bytes) -> Result<HttpResponse, Refusal> {
    let asked = Asked::of(&request);
    let name = asked.text("filename").ok_or(Refusal::Missing("filename"))?;
    let file = desk.vendor().uploads.keep(name, content.len());
    Ok(HttpResponse::Created().json(json!({ "attachment": file })))
}
