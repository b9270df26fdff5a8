//! What may be done to deliveries with `operate`.

use actix_web::web::{self, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    admission::{May, Operate},
    body::{Body, optional_reason, reason},
    bulk::Selection,
    described::Refused,
    looking::key,
};
use crate::operators::{
    Discarded, MOST_DISCARDED, MOST_REPLAYED, Office, Replayed, Ruling, views::DeliveryView,
};

/// Why somebody acts, where it has to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// For those who look later.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
}

/// Why somebody acts, where it may be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MaybeWhy {
    /// For those who look later.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
}

impl Why {
    /// What is said.
    pub(super) fn said(self) -> Result<String, Refusal> {
        reason(self.reason)
    }
}

impl MaybeWhy {
    /// What is said.
    pub(super) fn said(self) -> Result<Option<String>, Refusal> {
        optional_reason(self.reason)
    }
}

/// What an operator has seen at the desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settlement {
    /// The id of the ticket that is there; null: there is none, and the delivery goes back to work.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = true, min_length = 1, max_length = 255)]
    ticket: Seen,
    /// For those who look later.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
}

/// What is at the desk: null is told from nothing.
#[derive(Debug, Default)]
enum Seen {
    #[default]
    Unsaid,
    Absent,
    Ticket(String),
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Absent, Self::Ticket))
    }
}

impl Seen {
    fn ticket(self) -> Result<Option<String>, Refusal> {
        match self {
            Self::Unsaid => Err(not_this_ticket("is missing")),
            Self::Absent => Ok(None),
            Self::Ticket(id) => ticket_id(id).map(Some),
        }
    }
}

fn not_this_ticket(what: &str) -> Refusal {
    Refusal::parameter("ticket", what, "allowed is its id, or null where there is none")
}

/// The id of a ticket that somebody has seen.
pub(in super::super) fn ticket_id(id: String) -> Result<String, Refusal> {
    if (1..=255).contains(&id.chars().count()) { Ok(id) } else { Err(not_this_ticket("is no id")) }
}

/// How a dead letter goes back to work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Replay {
    /// By which rules; `as-routed`.
    rules: Option<Ruling>,
    /// For those who look later.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
}

/// Puts a dead letter back to work. What is done stays done; one that is back already stays so. By
/// today's rules it takes their rule and lane, and a desk that they name besides gets a delivery
/// where it has none; where they do not send the event to its desk any more it is refused.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{key}/replay", tag = "operate",
    params(("key" = String, Path, description = "The delivery's key.")),
    request_body(content = Option<Replay>), security(("token" = ["operate"])),
    responses((status = 200, description = "It is queued.", body = DeliveryView), Refused),
)]
pub(super) async fn replay(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(Replay { rules, reason }): Body<Replay>,
) -> Answer<DeliveryView> {
    let by = office.by_token(&may.token, optional_reason(reason)?);
    Ok(Json(office.replay_by(&key(&path)?, rules.unwrap_or_default(), &by).await?))
}

/// Gives a dead letter or a doubt up.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{key}/discard", tag = "operate",
    params(("key" = String, Path, description = "The delivery's key.")),
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "It is discarded.", body = DeliveryView), Refused),
)]
pub(super) async fn discard(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<DeliveryView> {
    let by = office.by_token(&may.token, Some(why.said()?));
    Ok(Json(office.discard(&key(&path)?, &by).await?))
}

/// Settles a doubt: says whether the ticket exists at the desk.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{key}/settle", tag = "operate",
    params(("key" = String, Path, description = "The delivery's key.")),
    request_body(content = Settlement), security(("token" = ["operate"])),
    responses((status = 200, description = "It is settled.", body = DeliveryView), Refused),
)]
pub(super) async fn settle(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(Settlement { ticket, reason }): Body<Settlement>,
) -> Answer<DeliveryView> {
    let ticket = ticket.ticket()?;
    let by = office.by_token(&may.token, optional_reason(reason)?);
    Ok(Json(office.settle(&key(&path)?, ticket, &by).await?))
}

/// Puts the dead letters back to work that a filter chooses, a bounded number of them.
#[utoipa::path(
    post, path = "/api/v1/dead-letters/replay", tag = "operate",
    request_body(content = Selection), security(("token" = ["operate"])),
    responses((status = 200, description = "What became of each.", body = Replayed), Refused),
)]
pub(super) async fn replay_all(
    may: May<Operate>,
    office: web::Data<Office>,
    Body(selection): Body<Selection>,
) -> Answer<Replayed> {
    let (search, most, why) = selection.read(MOST_REPLAYED)?;
    let by = office.by_token(&may.token, Some(why));
    Ok(Json(office.replay_all(&search, most, &by).await?))
}

/// Gives the dead letters up that a filter chooses, a bounded number of them, the latest first. What
/// dies meanwhile is chosen too, unless `until` says otherwise.
#[utoipa::path(
    post, path = "/api/v1/dead-letters/discard", tag = "operate",
    request_body(content = Selection), security(("token" = ["operate"])),
    responses((status = 200, description = "What became of each.", body = Discarded), Refused),
)]
pub(super) async fn discard_all(
    may: May<Operate>,
    office: web::Data<Office>,
    Body(selection): Body<Selection>,
) -> Answer<Discarded> {
    let (search, most, why) = selection.read(MOST_DISCARDED)?;
    let by = office.by_token(&may.token, Some(why));
    Ok(Json(office.discard_all(&search, most, &by).await?))
}
