//! The accounts, where they name what is missing, and an operator's word that it was seen to.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::operators::{
    Office,
    api::admission::{Operate, Read},
};

/// What is lost, missing, or was never recorded.
pub(super) async fn books(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let books = office.books().await?;
    let journal = office.journal().await?;
    let is_whole = books.are_whole();
    let page = context! {
        at => "overview",
        books => Serde(books),
        recorded_up_to => journal.recorded_up_to,
        is_whole,
    };
    Ok(pages.shown(&visit.session, "books.html", page))
}

/// Forgets what the journal lost so far: somebody has seen to it.
pub(super) async fn forget_gaps(
    sent: Sent<Operate>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.reason()?;
    office.forget_gaps(&office.by_session(&sent.session.token, Some(why))).await?;
    Ok(to("/console/books"))
}
