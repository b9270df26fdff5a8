//! Whether the receiver lives, and whether it would take an event.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::intake::Intake;
use crate::{
    broker::Readiness,
    http::{Problem, ProblemType, request_id},
};

/// `GET /health/live`
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// `GET /health/ready`
pub(super) async fn ready(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    match intake.broker.readiness() {
        Readiness::Ready => HttpResponse::Ok().json(json!({ "status": "ready" })),
        Readiness::Partial(reason) | Readiness::Unavailable(reason) => {
            Problem::of(ProblemType::NotReady).detail(reason).answer(&request_id(&request))
        }
    }
}
