//! The calls that are not about tickets alone: users, comments, fields, attachments.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Bytes, Path, ServiceConfig},
};
use serde_json::{Value, json};

use super::{
    Kf5,
    input::{FIELDS, LIST},
    query::Asked,
    refusal::Refusal,
    routes::Desk,
    settings::Account,
    users::ME,
};

/// Adds the paths.
pub(super) fn add(config: &mut ServiceConfig) {
    config
        .route("/apiv2/users/me.json", web::get().to(me))
        .route("/apiv2/users/search.json", web::get().to(search_users))
        .route("/apiv2/tickets/{id:[0-9]+}/collaborators.json", web::get().to(collaborators))
        .route("/apiv2/tickets/{id:[0-9]+}/comments.json", web::get().to(comments))
        .route("/apiv2/users/show_many.json", web::get().to(show_users))
        .route("/apiv2/groups/{id:[0-9]+}.json", web::get().to(group))
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

/// The page's list, and fields for any text.
async fn fields(desk: Desk) -> HttpResponse {
    let Account { required_fields, missing_fields, .. } = &desk.vendor().settings.account;
    let field = |id: u32| {
        let name = format!("field_{id}");
        let (list, options) = LIST;
        let is_list = name == list;
        let options = options.into_iter().filter(|_| is_list);
        let options: Vec<_> =
            options.map(|option| json!({ "key": option, "value": option })).collect();
        let kind = if is_list { "dropdown" } else { "text" };
        let title =
            if is_list { "下拉菜单".to_owned() } else { format!("自定义字段{id}") };
        let shown = json!({
            "id": id, "name": name, "type": kind, "agent_title": title,
            "agent_required": required_fields.contains(&name), "regexp_for_validation": null,
            "custom_field_options": options,
        });
        (!missing_fields.contains(&name)).then_some(shown)
    };
    let others = (2..=FIELDS).filter(|id| *id != 36);
    let fields: Vec<Value> = [1, 36].into_iter().chain(others).filter_map(field).collect();
    HttpResponse::Ok().json(json!({ "ticket_fields": fields }))
}

async fn group(desk: Desk, id: Path<u64>) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, users, .. } = &*desk.vendor();
    if !settings.account.groups.contains(&id) {
        return Err(Refusal::NotFound);
    }
    let agents: Vec<_> = users.agents().map(|user| user.shown(settings.ids_as_text)).collect();
    let id = super::ticket::id(*id, settings.ids_as_text);
    let group = json!({ "id": id, "name": "支持组", "agents": agents });
    Ok(HttpResponse::Ok().json(json!({ "group": group })))
}

async fn show_users(desk: Desk, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let Kf5 { settings, users, .. } = &*desk.vendor();
    let ids = Asked::of(&request).ids()?;
    let found = ids.iter().filter_map(|&id| users.get(id));
    let shown: Vec<_> = found.map(|user| user.shown(settings.ids_as_text)).collect();
    Ok(HttpResponse::Ok().json(json!({ "users": shown })))
}

async fn upload(desk: Desk, request: HttpRequest, content: Bytes) -> Result<HttpResponse, Refusal> {
    let asked = Asked::of(&request);
    let name = asked.text("filename").ok_or(Refusal::Missing("filename"))?;
    let file = desk.vendor().uploads.keep(name, content.len());
    Ok(HttpResponse::Created().json(json!({ "attachment": file })))
}
