//! How things stand: desks, incidents, brakes, accounts.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};

use super::{
    Answer,
    admission::{May, Read},
    described::{Dated, Listed, Refused},
    looking::{List, desk_name, nothing_asked},
    parameters::Parameters,
};
use crate::{
    ledger::Books,
    operators::{
        Office, RetentionReport,
        views::{BrakeView, DeskView, IncidentView, JournalView, Overview, SourceView},
    },
};

/// What the list of incidents is called in its cursors.
pub(in super::super) const INCIDENTS: &str = "incidents";

/// The filters of the list of incidents.
pub(in super::super) const INCIDENT_FILTERS: &[&str] = &["since", "until", "desk", "incident"];

/// How things stand, in figures: throughput, time to ticket, the oldest that waits, issues, desks.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "The figures.", body = Overview), Refused),
)]
pub(super) async fn overview(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<Overview> {
    nothing_asked(&request)?;
    Ok(Json(office.survey().await?.overview))
}

/// The desks: breaker, pause, quota used, what waits, and when that is done.
#[utoipa::path(
    get, path = "/api/v1/desks", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "All of them, by name.", body = List<DeskView>), Refused),
)]
pub(super) async fn desks(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<DeskView>> {
    nothing_asked(&request)?;
    Ok(Json(List::whole(office.desks().await?)))
}

/// One desk, with what was found at its account last.
#[utoipa::path(
    get, path = "/api/v1/desks/{desk}", tag = "read", security(("token" = ["read"])),
    params(("desk" = String, Path, description = "The desk's name.")),
    responses((status = 200, description = "The desk.", body = DeskView), Refused),
)]
pub(super) async fn desk(
    _: May<Read>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Answer<DeskView> {
    nothing_asked(&request)?;
    Ok(Json(office.desk(&desk_name(&path)?).await?))
}

/// Incidents, by when they last changed.
#[utoipa::path(
    get, path = "/api/v1/incidents", tag = "read", security(("token" = ["read"])),
    params(
        Dated, Listed,
        ("desk" = Option<String>, Query, description = "At this desk."),
        ("incident" = Option<String>, Query, description = "Of this key."),
    ),
    responses((status = 200, description = "A page of them.", body = List<IncidentView>), Refused),
)]
pub(super) async fn incidents(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<IncidentView>> {
    let (search, page) =
        Parameters::of(&request)?.list(INCIDENTS, INCIDENT_FILTERS, Parameters::incident_search)?;
    Ok(Json(List::of(office.incidents(&search, &page).await?, INCIDENTS)))
}

/// Floods that one ticket stands for, those that go on first.
#[utoipa::path(
    get, path = "/api/v1/brakes", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "All that are known.", body = List<BrakeView>), Refused),
)]
pub(super) async fn brakes(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<BrakeView>> {
    nothing_asked(&request)?;
    Ok(Json(List::whole(office.brakes().await?)))
}

/// The accounts: what was accepted, where it is, and what is missing.
#[utoipa::path(
    get, path = "/api/v1/books", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "The accounts.", body = Books), Refused),
)]
pub(super) async fn books(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<Books> {
    nothing_asked(&request)?;
    Ok(Json(office.books().await?))
}

/// How long the ledger keeps what events say, and what would be erased now.
#[utoipa::path(
    get, path = "/api/v1/retention", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "The times and the counts.", body = RetentionReport), Refused),
)]
pub(super) async fn retention(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<RetentionReport> {
    nothing_asked(&request)?;
    Ok(Json(office.retention().await?))
}

/// How far the journal is recorded.
#[utoipa::path(
    get, path = "/api/v1/journal", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "The mark.", body = JournalView), Refused),
)]
pub(super) async fn journal(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<JournalView> {
    nothing_asked(&request)?;
    Ok(Json(office.journal().await?))
}

/// The sources: how each proves who it is, and when each of its secrets last did.
#[utoipa::path(
    get, path = "/api/v1/sources", tag = "read", security(("token" = ["read"])),
    responses((status = 200, description = "All of them, by name.", body = List<SourceView>), Refused),
)]
pub(super) async fn sources(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<SourceView>> {
    nothing_asked(&request)?;
    Ok(Json(List::whole(office.sources().await?)))
}
