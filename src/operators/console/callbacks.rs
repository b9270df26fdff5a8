//! Call-backs that their receivers have not taken, and sending again what was given up.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    lists::{behind, page_of},
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::operators::{
    Office,
    api::{
        admission::{Operate, Read},
        callbacks::{Again, CALLBACKS},
    },
};

/// Those that were not received, the oldest first, page by page.
pub(super) async fn callbacks(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let found = office.callbacks(&page_of(&request, CALLBACKS)?).await?;
    let given_up = found.items.iter().filter(|callback| callback.given_up_at.is_some());
    let sources: BTreeSet<String> = given_up.map(|callback| callback.source.clone()).collect();
    let page = context! {
        at => "desks",
        next => Serde(behind(&[].into(), found.next.as_ref(), CALLBACKS)),
        callbacks => Serde(found.items),
        sources => Serde(sources),
    };
    Ok(pages.shown(&visit.session, "callbacks.html", page))
}

/// Has one sent again, or all of a source.
pub(super) async fn resend(
    mut sent: Sent<Operate>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let again = Again {
        ids: sent.fields.take("id").map(|id| vec![id]),
        source: sent.fields.take("source"),
        reason: sent.fields.take("reason"),
    };
    sent.fields.done()?;
    let (which, why) = again.read()?;
    office.resend_callbacks(&which, &office.by_session(&sent.session.token, why)).await?;
    Ok(to("/console/callbacks"))
}
