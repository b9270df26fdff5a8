//! Events and deliveries.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    admission::{May, Read},
    described::{Filtered, Listed, Refused},
    parameters::{FILTERS, Parameters},
};
use crate::{
    delivery::DeliveryKey,
    event::{DeskName, EventId, SourceName},
    ledger::{Found, Page, Search},
    operators::{
        Office, OfficeError,
        views::{DeliveryDetail, DeliveryView, EventDetail, EventView},
    },
};

/// What lists are called in their cursors.
pub(in super::super) const EVENTS: &str = "events";
pub(in super::super) const DELIVERIES: &str = "deliveries";

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct List<T> {
    /// The latest first, where nothing else is said.
    pub(super) items: Vec<T>,
    /// The `cursor` of the next page; null: that was all. A page with a next one may hold less than
    /// was asked for, even nothing: the search had looked at enough for one call.
    pub(super) next: Option<String>,
}

impl<T> List<T> {
    pub(super) fn of(found: Found<T>, kind: &str) -> Self {
        let Found { items, next, walked: _ } = found;
        Self { items, next: next.map(|next| next.written(kind)) }
    }

    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// Reads the filters and the page of a list of this kind; nothing else may be there.
fn asked(request: &HttpRequest, kind: &str) -> Result<(Search, Page), Refusal> {
    Parameters::of(request)?.list(kind, FILTERS, Parameters::search)
}

/// Nothing may be asked.
pub(super) fn nothing_asked(request: &HttpRequest) -> Result<(), Refusal> {
    Parameters::of(request)?.done(&[])
}

/// Events, by when they were received.
///
/// What is asked of `desk`, `state`, `reason`, `priority` and `incident` has to hold of one of the
/// event's deliveries, all of it.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "read", params(Filtered, Listed), security(("token" = ["read"])),
    responses((status = 200, description = "A page of them.", body = List<EventView>), Refused),
)]
pub(super) async fn events(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<EventView>> {
    let (search, page) = asked(&request, EVENTS)?;
    Ok(Json(List::of(office.events(&search, &page).await?, EVENTS)))
}

/// One event: its receipt, what the rules said, its deliveries with every attempt, and the event
/// itself without what its source redacts.
#[utoipa::path(
    get, path = "/api/v1/events/{source}/{id}", tag = "read", security(("token" = ["read"])),
    params(
        ("source" = String, Path, description = "The source's name."),
        ("id" = String, Path, description = "The sender's id of the event."),
    ),
    responses((status = 200, description = "The event.", body = EventDetail), Refused),
)]
pub(super) async fn event(
    _: May<Read>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
) -> Answer<EventDetail> {
    nothing_asked(&request)?;
    let (source, id) = path.into_inner();
    let named = source.parse::<SourceName>().ok().zip(id.parse::<EventId>().ok());
    let unknown = || OfficeError::unknown("event", format!("{id} of {source}"));
    let (source, id) = named.ok_or_else(unknown)?;
    Ok(Json(office.event(&source, &id).await?))
}

/// Deliveries that a worker has taken up, by when they last changed.
#[utoipa::path(
    get, path = "/api/v1/deliveries", tag = "read", params(Filtered, Listed),
    security(("token" = ["read"])),
    responses((status = 200, description = "A page of them.", body = List<DeliveryView>), Refused),
)]
pub(super) async fn deliveries(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<DeliveryView>> {
    let (search, page) = asked(&request, DELIVERIES)?;
    Ok(Json(List::of(office.deliveries(&search, &page).await?, DELIVERIES)))
}

/// Dead letters, by when they died. `state` may be `uncertain` for doubts instead.
#[utoipa::path(
    get, path = "/api/v1/dead-letters", tag = "read", params(Filtered, Listed),
    security(("token" = ["read"])),
    responses((status = 200, description = "A page of them.", body = List<DeliveryView>), Refused),
)]
pub(super) async fn dead_letters(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<DeliveryView>> {
    let (mut search, page) = asked(&request, DELIVERIES)?;
    let state = *search.state.get_or_insert("dead");
    if !["dead", "uncertain"].contains(&state) {
        let allowed = "allowed are dead and uncertain";
        return Err(Refusal::parameter("state", "is no dead letter's", allowed));
    }
    Ok(Json(List::of(office.deliveries(&search, &page).await?, DELIVERIES)))
}

/// The key in the path.
pub(super) fn key(text: &str) -> Result<DeliveryKey, Refusal> {
    text.parse().map_err(|_| OfficeError::unknown("delivery", text).into())
}

/// The desk in the path.
pub(in super::super) fn desk_name(text: &str) -> Result<DeskName, Refusal> {
    text.parse().map_err(|_| OfficeError::unknown("desk", text).into())
}

/// One delivery with every attempt.
#[utoipa::path(
    get, path = "/api/v1/deliveries/{key}", tag = "read", security(("token" = ["read"])),
    params(("key" = String, Path, description = "The delivery's key.")),
    responses((status = 200, description = "The delivery.", body = DeliveryDetail), Refused),
)]
pub(super) async fn delivery(
    _: May<Read>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Answer<DeliveryDetail> {
    nothing_asked(&request)?;
    Ok(Json(office.delivery(&key(&path)?).await?))
}
