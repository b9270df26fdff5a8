//! Bulk replays: plan with `read`, begin and steer with `operate`.

use std::num::NonZeroU32;

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Answer, MOST, Refusal,
    acting::{MaybeWhy, Why},
    admission::{May, Operate, Read},
    body::{Body, reason},
    described::Refused,
    looking::{List, nothing_asked},
    parameters::Parameters,
};
use crate::{
    ledger::{NewReplay, ReplayName, Search, SearchDocument, Steering},
    operators::{
        Office, OfficeError,
        views::{ReplayPlan, ReplayView},
    },
};

/// Which dead letters, and how fast. A filter that chooses something, or `all`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanWish {
    /// Which dead letters.
    #[serde(default)]
    filter: SearchDocument,
    /// All of them, where the filter is empty.
    #[serde(default)]
    all: bool,
    /// How many a minute at most, over all desks.
    #[schema(value_type = Option<u32>, minimum = 1)]
    rate: Option<NonZeroU32>,
}

/// Which dead letters, how fast, under which name and why. A filter that chooses something, or `all`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayWish {
    /// Its name: the same name with the same filter is the same replay.
    #[schema(value_type = String, required = true, pattern = "^[a-z0-9][a-z0-9._-]{0,62}$")]
    name: Option<String>,
    /// Why, for those who look later.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
    /// Which dead letters.
    #[serde(default)]
    filter: SearchDocument,
    /// All of them, where the filter is empty.
    #[serde(default)]
    all: bool,
    /// How many a minute at most, over all desks.
    #[schema(value_type = Option<u32>, minimum = 1)]
    rate: Option<NonZeroU32>,
}

/// The search of a filter, which has to choose something, or all.
fn chosen(filter: &SearchDocument, all: bool) -> Result<Search, Refusal> {
    let search = filter.search().map_err(|wrong| {
        Refusal::parameter("filter", wrong.to_string(), "allowed is what lists are filtered by")
    })?;
    if search.is_empty() == all {
        return Ok(search);
    }
    let allowed = "allowed is a filter, or true where there is none";
    Err(Refusal::parameter("all", "is not to be understood", allowed))
}

fn named(name: &str) -> Result<ReplayName, OfficeError> {
    name.parse().map_err(|_no_name| OfficeError::unknown("replay", name))
}

/// What a replay would do: how many dead letters would create a ticket, be added to one, or fail again,
/// and how long it takes at least. Nothing is written. At most 3,000 are looked into, the latest ones.
#[utoipa::path(
    post, path = "/api/v1/replays/plan", tag = "read",
    request_body(content = PlanWish), security(("token" = ["read"])),
    responses((status = 200, description = "The plan.", body = ReplayPlan), Refused),
)]
pub(super) async fn plan(
    _: May<Read>,
    office: web::Data<Office>,
    Body(PlanWish { filter, all, rate }): Body<PlanWish>,
) -> Answer<ReplayPlan> {
    Ok(Json(office.plan_replay(&chosen(&filter, all)?, rate).await?))
}

/// Begins a replay of what is dead now. Each is put back once, behind all that is live and a few at a
/// time. The same name with the same filter answers with the replay that is there; with another filter
/// it is refused.
#[utoipa::path(
    post, path = "/api/v1/replays", tag = "operate",
    request_body(content = ReplayWish), security(("token" = ["operate"])),
    responses((status = 200, description = "It is there.", body = ReplayView), Refused),
)]
pub(super) async fn begin(
    may: May<Operate>,
    office: web::Data<Office>,
    Body(wish): Body<ReplayWish>,
) -> Answer<ReplayView> {
    let why = reason(wish.reason)?;
    let name = wish.name.as_deref().unwrap_or_default().parse::<ReplayName>();
    let name = name.map_err(|wrong| {
        Refusal::parameter("name", wrong.to_string(), "allowed is as `crm-after-the-outage`")
    })?;
    let new = NewReplay { name, search: chosen(&wish.filter, wish.all)?, rate: wish.rate };
    Ok(Json(office.begin_replay(&new, &office.by_token(&may.token, Some(why))).await?))
}

/// The latest replays first; those that are running or paused with how far they have come.
#[utoipa::path(
    get, path = "/api/v1/replays", tag = "read", security(("token" = ["read"])),
    params(("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "How many at most; 50.")),
    responses((status = 200, description = "The latest ones.", body = List<ReplayView>), Refused),
)]
pub(super) async fn list(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<ReplayView>> {
    let mut parameters = Parameters::of(&request)?;
    let most = parameters.limit(MOST)?;
    parameters.done(&["limit"])?;
    Ok(Json(List::whole(office.replays(most).await?)))
}

/// One replay, with how far it has come.
#[utoipa::path(
    get, path = "/api/v1/replays/{name}", tag = "read", security(("token" = ["read"])),
    params(("name" = String, Path, description = "The replay's name.")),
    responses((status = 200, description = "The replay.", body = ReplayView), Refused),
)]
pub(super) async fn show(
    _: May<Read>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Answer<ReplayView> {
    nothing_asked(&request)?;
    Ok(Json(office.find_replay(&named(&path)?).await?))
}

/// Puts nothing more back until it is resumed. What was put back goes on.
#[utoipa::path(
    post, path = "/api/v1/replays/{name}/pause", tag = "operate",
    params(("name" = String, Path, description = "The replay's name.")),
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "It is paused.", body = ReplayView), Refused),
)]
pub(super) async fn pause(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<ReplayView> {
    let by = office.by_token(&may.token, Some(why.said()?));
    Ok(Json(office.steer_replay(&named(&path)?, Steering::Pause, &by).await?))
}

/// Goes on with a replay that was paused.
#[utoipa::path(
    post, path = "/api/v1/replays/{name}/resume", tag = "operate",
    params(("name" = String, Path, description = "The replay's name.")),
    request_body(content = Option<MaybeWhy>), security(("token" = ["operate"])),
    responses((status = 200, description = "It is running.", body = ReplayView), Refused),
)]
pub(super) async fn resume(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<MaybeWhy>,
) -> Answer<ReplayView> {
    let by = office.by_token(&may.token, why.said()?);
    Ok(Json(office.steer_replay(&named(&path)?, Steering::Resume, &by).await?))
}

/// Ends a replay: what is left stays dead. What was put back goes on.
#[utoipa::path(
    post, path = "/api/v1/replays/{name}/cancel", tag = "operate",
    params(("name" = String, Path, description = "The replay's name.")),
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "It is cancelled.", body = ReplayView), Refused),
)]
pub(super) async fn cancel(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<ReplayView> {
    let by = office.by_token(&may.token, Some(why.said()?));
    Ok(Json(office.steer_replay(&named(&path)?, Steering::Cancel, &by).await?))
}
