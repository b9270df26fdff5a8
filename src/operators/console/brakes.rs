//! Brakes: the floods that one ticket stands for, and an operator's word to let go.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::{
    event::RuleName,
    operators::{
        Office, OfficeError,
        api::{
            admission::{Operate, Read},
            looking::desk_name,
        },
    },
};

/// The floods, those that go on first.
pub(super) async fn brakes(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = context! { at => "desks", floods => Serde(office.brakes().await?) };
    Ok(pages.shown(&visit.session, "brakes.html", page))
}

/// Lets a rule's brake go. One that is off already stays so.
pub(super) async fn release(
    sent: Sent<Operate>,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.reason()?;
    let (desk, rule) = path.into_inner();
    let unknown = |_| OfficeError::unknown("brake", format!("{rule} at {desk}"));
    let name: RuleName = rule.parse().map_err(unknown)?;
    let by = office.by_session(&sent.session.token, Some(why));
    office.release_brake(&desk_name(&desk)?, &name, &by).await?;
    Ok(to("/console/brakes"))
}
