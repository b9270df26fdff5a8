//! How things stand, on one page.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{Pages, refusal::Turned, session::Visit};
use crate::{
    delivery::State,
    operators::{
        Office,
        api::{admission::Read, refusal::Refusal},
    },
};

/// The books by source and desk, and the desks with breaker, pause and quota used.
pub(super) async fn overview(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let books = office.books().await.map_err(Refusal::from)?;
    let desks = office.desks().await.map_err(Refusal::from)?;
    let issues = office.issues().await?;
    let is_whole = books.are_whole();
    let states = [&["accepted"][..], &State::NAMES[..]].concat();
    let page = context! { at => "overview", books => Serde(books), desks => Serde(desks), issues => Serde(issues), states, is_whole };
    Ok(pages.shown(&visit.session, "overview.html", page))
}
