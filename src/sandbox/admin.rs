//! The admin path `/_sandbox`: what happened, and what shall go wrong next. It needs no key.

use actix_web::{
    HttpResponse,
    web::{self, Bytes, Data, Json, Query, ServiceConfig},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::time::Duration;

use super::{Absence, FaultPlan, InvalidSeed, LimitSettings, SimulatedDesk, Vendor};

/// A request that the admin path refuses.
#[derive(Debug, thiserror::Error)]
enum AdminError {
    /// The body is not the JSON that the path takes.
    #[error("the body is not understood")]
    Body(#[source] serde_json::Error),
    /// The customers are not as the vendor takes them.
    #[error(transparent)]
    Seed(#[from] InvalidSeed),
}

impl actix_web::ResponseError for AdminError {
    fn error_response(&self) -> HttpResponse {
        let detail = match self {
            Self::Body(cause) => cause.to_string(),
            Self::Seed(refused) => refused.reason.clone(),
        };
        HttpResponse::BadRequest().json(json!({"error": self.to_string(), "detail": detail}))
    }

    fn status_code(&self) -> actix_web::http::StatusCode {
        actix_web::http::StatusCode::BAD_REQUEST
    }
}

/// Adds the paths of one desk.
pub(super) fn routes<V: Vendor>(config: &mut ServiceConfig) {
    config
        .route("/tickets", web::get().to(tickets::<V>))
        .route("/calls", web::get().to(calls::<V>))
        .route("/faults", web::get().to(show_faults::<V>))
        .route("/faults", web::post().to(set_faults::<V>))
        .route("/limits", web::get().to(show_limits::<V>))
        .route("/limits", web::post().to(set_limits::<V>))
        .route("/settings", web::post().to(switch::<V>))
        .route("/customers", web::post().to(seed::<V>))
        .route("/contacts", web::post().to(seed::<V>))
        .route("/away", web::post().to(leave::<V>))
        .route("/reset", web::post().to(reset::<V>));
}

fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, AdminError> {
    serde_json::from_slice(body).map_err(AdminError::Body)
}

#[derive(Debug, Deserialize)]
struct WhichTickets {
    key: Option<String>,
}

async fn tickets<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    which: Query<WhichTickets>,
) -> HttpResponse {
    let tickets = match &which.key {
        Some(key) => desk.tickets_with(key),
        None => desk.tickets(),
    };
    HttpResponse::Ok().json(json!({"count": tickets.len(), "tickets": tickets}))
}

#[derive(Debug, Deserialize)]
struct WhichCalls {
    #[serde(default)]
    after: u64,
}

async fn calls<V: Vendor>(desk: Data<SimulatedDesk<V>>, which: Query<WhichCalls>) -> HttpResponse {
    let calls = desk.calls(which.after);
    HttpResponse::Ok().json(json!({"count": calls.len(), "calls": calls}))
}

async fn show_faults<V: Vendor>(desk: Data<SimulatedDesk<V>>) -> HttpResponse {
    HttpResponse::Ok().json(desk.fault_standing())
}

async fn set_faults<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    body: Bytes,
) -> Result<HttpResponse, AdminError> {
    desk.faults(parse::<FaultPlan>(&body)?);
    Ok(HttpResponse::Ok().json(desk.fault_standing()))
}

async fn show_limits<V: Vendor>(desk: Data<SimulatedDesk<V>>) -> Json<LimitSettings> {
    Json(desk.limit_settings())
}

async fn set_limits<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    body: Bytes,
) -> Result<Json<LimitSettings>, AdminError> {
    desk.limits(parse(&body)?);
    Ok(Json(desk.limit_settings()))
}

async fn switch<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    body: Bytes,
) -> Result<HttpResponse, AdminError> {
    desk.switch(parse(&body)?);
    Ok(HttpResponse::NoContent().finish())
}

async fn seed<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    body: Bytes,
) -> Result<HttpResponse, AdminError> {
    let customers: Value = parse(&body)?;
    let now = desk.now();
    let added = desk.vendor().seed(&customers, now)?;
    Ok(HttpResponse::Ok().json(added))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leave {
    how: Absence,
    for_ms: u64,
}

async fn leave<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    body: Bytes,
) -> Result<HttpResponse, AdminError> {
    let Leave { how, for_ms } = parse(&body)?;
    desk.leave(how, Duration::from_millis(for_ms));
    Ok(HttpResponse::NoContent().finish())
}

async fn reset<V: Vendor>(desk: Data<SimulatedDesk<V>>) -> HttpResponse {
    desk.reset();
    HttpResponse::NoContent().finish()
}
