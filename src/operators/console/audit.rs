//! The audit log: who did what, to what, when and why.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    lists::{as_parameters, behind, filled},
    refusal::Turned,
    session::Visit,
};
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
    let sent = filled(&request)?;
    let mut parameters = Parameters::given(as_parameters(&sent));
    let (search, page) = (parameters.audit_search()?, parameters.page(AUDIT)?);
    parameters.done(&[AUDIT_FILTERS, &["limit", "cursor"]].concat())?;
    let sent: BTreeMap<String, String> = sent.into_iter().collect();
    let found = office.audit(&search, &page).await?;
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.as_str()).collect();
    let page = context! {
        at => "admin",
        next => Serde(behind(&sent, found.next.as_ref(), AUDIT)),
        entries => Serde(found.items),
        sent => Serde(sent),
        acts,
    };
    Ok(pages.shown(&visit.session, "audit.html", page))
}
