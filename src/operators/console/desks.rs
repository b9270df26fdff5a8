//! Desks: how they stand, and holding deliveries back from them.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::{
    event::DeskName,
    operators::{
        Office, OfficeError,
        api::admission::{Operate, Read},
    },
};

/// Where the page is.
const DESKS: &str = "/console/desks";

/// All desks.
pub(super) async fn desks(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = context! { at => "desks", desks => Serde(office.desks().await?) };
    Ok(pages.shown(&visit.session, "desks.html", page))
}

/// Keeps deliveries from a desk until it is resumed.
pub(super) async fn pause(
    sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.reason()?;
    let by = office.by_session(&sent.session.token, Some(why));
    office.pause(&name(&path)?, &by).await?;
    Ok(to(DESKS))
}

/// Lets deliveries pass to a desk again.
pub(super) async fn resume(
    sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.maybe_reason()?;
    let by = office.by_session(&sent.session.token, why);
    office.resume(&name(&path)?, &by).await?;
    Ok(to(DESKS))
}

fn name(text: &str) -> Result<DeskName, Turned> {
    text.parse().map_err(|_| OfficeError::unknown("desk", text).into())
}
