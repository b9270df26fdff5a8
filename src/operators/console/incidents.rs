//! Incidents: what several events are about, and the ticket that they share.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    lists::{as_parameters, behind, filled},
    refusal::Turned,
    session::Visit,
};
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
    let sent = filled(&request)?;
    let mut parameters = Parameters::given(as_parameters(&sent));
    let (search, page) = (parameters.incident_search()?, parameters.page(INCIDENTS)?);
    parameters.done(&[INCIDENT_FILTERS, &["limit", "cursor"]].concat())?;
    let sent: BTreeMap<String, String> = sent.into_iter().collect();
    let found = office.incidents(&search, &page).await?;
    let page = context! {
        at => "events",
        next => Serde(behind(&sent, found.next.as_ref(), INCIDENTS)),
        incidents => Serde(found.items),
        sent => Serde(sent),
    };
    Ok(pages.shown(&visit.session, "incidents.html", page))
}
