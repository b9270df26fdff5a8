//! Whether the receiver lives, and whether it would take an event.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    described::{Crowded, NotReady},
    intake::Intake,
};
use crate::{
    broker::Readiness,
    http::{Problem, ProblemType, request_id},
};

/// That all is well.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// Whether the process lives.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "health",
    responses((status = 200, description = "It does.", body = Health), Crowded),
)]
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "live" })
}

/// Whether an event would be taken.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses((status = 200, description = "It would, for every desk.", body = Health), NotReady),
)]
pub(super) async fn ready(request: HttpRequest, intake: web::Data<Intake>) -> HttpResponse {
    match intake.broker.readiness() {
        Readiness::Ready => HttpResponse::Ok().json(Health { status: "ready" }),
        Readiness::Partial(reason) | Readiness::Unavailable(reason) => {
            Problem::of(ProblemType::NotReady).detail(reason).answer(&request_id(&request))
        }
    }
}
