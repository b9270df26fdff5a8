//! The audit log: who did what, to what, when and why.

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{Pages, lists::Asked, refusal::Turned, session::Visit};
use crate::{
    ledger::Act,
    operators::{
        Office,
        api::{
            admin::{AUDIT, AUDIT_FILTERS},
            admission::Admin,
            parameters::Parameters,
        },
    },
};

/// Entries by filter, page by page.
pub(super) async fn audit(
    visit: Visit<Admin>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let asked = Asked::of(&request, AUDIT, AUDIT_FILTERS, Parameters::audit_search)?;
    let found = office.audit(&asked.search, &asked.page).await?;
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.as_str()).collect();
    let page = context! {
        at => "admin",
        next => Serde(asked.behind(found.next.as_ref())),
        entries => Serde(found.items),
        sent => Serde(asked.sent),
        acts,
    };
    Ok(pages.shown(&visit.session, "audit.html", page))
}
