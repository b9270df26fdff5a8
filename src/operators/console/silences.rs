//! Silences: which there are, what each suppressed, ending and releasing.

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    dead::{key, to_event},
    lists::{behind, page_of},
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::{
    ledger::{Found, Search},
    operators::{
        Office,
        api::{
            admission::{Operate, Read},
            looking::DELIVERIES,
            silencing::{SILENCES, id},
        },
        views::{SilenceState, SilenceView},
    },
};

/// Those that hold, those that are to come, and page by page those that are over.
pub(super) async fn silences(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = page_of(&request, SILENCES)?;
    let standing = match page.after {
        None => office.standing_silences().await?,
        Some(_) => Vec::new(),
    };
    let mut made = office.silences(&page).await?;
    made.items.retain(|silence| silence.state == SilenceState::Over);
    let page = context! {
        at => "silences",
        is_first => page.after.is_none(),
        standing => Serde(standing),
        over => Serde(made.items),
        next => made.next.map(|next| next.written(SILENCES)),
    };
    Ok(pages.shown(&visit.session, "silences.html", page))
}

/// One silence, and page by page the deliveries that it suppresses, or did.
pub(super) async fn silence(
    visit: Visit<Read>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let id = id(&path)?;
    let silence = office.silence(id).await?;
    let search = Search { silence: Some(id), ..Search::default() };
    let asked = page_of(&request, DELIVERIES)?;
    let Found { items, next, walked: _ } = office.deliveries(&search, &asked).await?;
    let page = context! {
        at => "silences",
        silence => Serde(silence),
        deliveries => Serde(items),
        next => Serde(behind(&[].into(), next.as_ref(), DELIVERIES)),
    };
    Ok(pages.shown(&visit.session, "silence.html", page))
}

/// Ends a silence before its time.
pub(super) async fn end(
    sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.maybe_reason()?;
    let by = office.by_session(&sent.session.token, why);
    Ok(to_silence(&office.end_silence(id(&path)?, &by).await?))
}

/// Lets all that a silence has suppressed by now have its ticket.
pub(super) async fn release(
    sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.reason()?;
    let by = office.by_session(&sent.session.token, Some(why));
    Ok(to_silence(&office.release_silence(id(&path)?, &by).await?))
}

/// Lets one suppressed delivery have its ticket.
pub(super) async fn release_delivery(
    sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.maybe_reason()?;
    let by = office.by_session(&sent.session.token, why);
    Ok(to_event(&office.release_delivery(&key(&path)?, &by).await?))
}

pub(super) fn to_silence(silence: &SilenceView) -> HttpResponse {
    to(&format!("/console/silences/{}", silence.id))
}
