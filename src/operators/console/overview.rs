//! How things stand, on one page.

use actix_web::{HttpResponse, web};
use minijinja::{Value, context, value::Serde};

use super::{Pages, refusal::Turned, session::Visit};
use crate::{
    delivery::State,
    operators::{Office, Survey, api::admission::Read},
};

/// Figures, desks with breaker, quota used and forecast, open issues, and the books by source and desk.
pub(super) async fn overview(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    Ok(pages.shown(&visit.session, "overview.html", page(office.survey().await?)))
}

/// What the page shows.
pub(super) fn page(survey: Survey) -> Value {
    let Survey { overview, books, issues } = survey;
    let states = [&["accepted"][..], &State::NAMES[..]].concat();
    context! { at => "overview", overview => Serde(overview), books => Serde(books), issues => Serde(issues), states }
}
