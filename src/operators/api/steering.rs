//! What may be done to desks, brakes and accounts with `operate`.

use actix_web::web::{self, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Answer,
    acting::{MaybeWhy, Why},
    admission::{May, Operate},
    body::Body,
    described::Refused,
    looking::desk_name,
};
use crate::{
    event::RuleName,
    operators::{
        Office, OfficeError,
        views::{BrakeView, DeskView},
    },
};

/// How many gaps were forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Forgotten {
    forgotten: u64,
}

/// Lets a rule's brake go: events that come from now on have tickets of their own, up to the bound.
/// Null where it is not on.
#[utoipa::path(
    post, path = "/api/v1/brakes/{desk}/{rule}/release", tag = "operate",
    params(
        ("desk" = String, Path, description = "The desk's name."),
        ("rule" = String, Path, description = "The rule's name."),
    ),
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "The flood.", body = Option<BrakeView>), Refused),
)]
pub(super) async fn release(
    may: May<Operate>,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<Option<BrakeView>> {
    let by = office.by_token(&may.token, Some(why.said()?));
    let (desk, rule) = path.into_inner();
    let unknown = |_| OfficeError::unknown("brake", format!("{rule} at {desk}"));
    let name: RuleName = rule.parse().map_err(unknown)?;
    Ok(Json(office.release_brake(&desk_name(&desk)?, &name, &by).await?))
}

/// Forgets what the journal lost so far: somebody has seen to it.
#[utoipa::path(
    post, path = "/api/v1/books/forget-gaps", tag = "operate",
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "They are forgotten.", body = Forgotten), Refused),
)]
pub(super) async fn forget_gaps(
    may: May<Operate>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<Forgotten> {
    let by = office.by_token(&may.token, Some(why.said()?));
    Ok(Json(Forgotten { forgotten: office.forget_gaps(&by).await? }))
}

/// Keeps deliveries from a desk until it is resumed. What is under way ends; no attempt is spent.
#[utoipa::path(
    post, path = "/api/v1/desks/{desk}/pause", tag = "operate",
    params(("desk" = String, Path, description = "The desk's name.")),
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "It is paused.", body = DeskView), Refused),
)]
pub(super) async fn pause(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<DeskView> {
    let by = office.by_token(&may.token, Some(why.said()?));
    Ok(Json(office.pause(&desk_name(&path)?, &by).await?))
}

/// Lets deliveries pass to a desk again.
#[utoipa::path(
    post, path = "/api/v1/desks/{desk}/resume", tag = "operate",
    params(("desk" = String, Path, description = "The desk's name.")),
    request_body(content = Option<MaybeWhy>), security(("token" = ["operate"])),
    responses((status = 200, description = "It is not paused.", body = DeskView), Refused),
)]
pub(super) async fn resume(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<MaybeWhy>,
) -> Answer<DeskView> {
    let by = office.by_token(&may.token, why.said()?);
    Ok(Json(office.resume(&desk_name(&path)?, &by).await?))
}
