//! Incidents: what several events are about, and the ticket that they share.

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{Pages, lists::Asked, refusal::Turned, session::Visit};
use crate::operators::{
    Office,
    api::{
        admission::Read,
        overview::{INCIDENT_FILTERS, INCIDENTS},
        parameters::Parameters,
    },
};

/// Incidents by filter, page by page.
pub(super) async fn incidents(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let asked = Asked::of(&request, INCIDENTS, INCIDENT_FILTERS, Parameters::incident_search)?;
    let found = office.incidents(&asked.search, &asked.page).await?;
    let page = context! {
        at => "events",
        next => Serde(asked.behind(found.next.as_ref())),
        incidents => Serde(found.items),
        sent => Serde(asked.sent),
    };
    Ok(pages.shown(&visit.session, "incidents.html", page))
}
