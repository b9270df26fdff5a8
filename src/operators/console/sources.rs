//! Sources: how each proves who it is, and what was refused of it.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{Pages, refusal::Turned, session::Visit};
use crate::operators::{Office, api::admission::Read};

/// All sources.
pub(super) async fn sources(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = context! { at => "desks", sources => Serde(office.sources().await?) };
    Ok(pages.shown(&visit.session, "sources.html", page))
}
