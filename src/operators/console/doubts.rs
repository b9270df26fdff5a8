//! Doubts: deliveries of which nobody knows whether the desk has their ticket, until somebody looks.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    Pages,
    dead::{in_state, key, to_event},
    refusal::Turned,
    session::{Sent, Visit},
};
use crate::operators::{
    Office,
    api::{
        acting::ticket_id,
        admission::{Operate, Read},
    },
};

/// Doubts by filter, page by page.
pub(super) async fn doubts(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = in_state(&request, &office, "uncertain").await?;
    Ok(pages.shown(&visit.session, "doubts.html", page))
}

/// Settles a doubt: says which ticket the desk has, or that it has none.
pub(super) async fn settle(
    mut sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let (seen, ticket) = (sent.fields.take("seen"), sent.fields.take("ticket"));
    let why = sent.fields.maybe_reason()?;
    let ticket = match (seen.as_deref(), ticket) {
        (Some("ticket"), ticket) => Some(ticket_id(ticket.unwrap_or_default().trim().to_owned())?),
        (Some("absent"), None) => None,
        _ => return Err(Turned::BadForm),
    };
    let by = office.by_session(&sent.session.token, why);
    Ok(to_event(&office.settle(&key(&path)?, ticket, &by).await?))
}
