//! Pages that change while somebody looks at them: fragments by server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! Promises: nothing is sent without a live session, which is looked up before anything is; a stream ends
//! with its session and with the process; there are 64 at most, 16 of one token; what many watch is looked up once for all of them, and nothing where nobody watches.

mod feed;
mod seats;
mod watcher;

pub(in super::super) use seats::Streams;

use actix_web::{HttpRequest, HttpResponse, http::header::HeaderName, web};

use self::{feed::Topic, watcher::Watcher};
use super::{
    Pages,
    refusal::Turned,
    session::{Visit, is_of_another_page},
};
use crate::operators::{Office, api::admission::Read};

/// Proxies pass each event on at once where this says so (nginx).
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Sends what a page shows whenever that is something else.
pub(super) async fn live(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse, Turned> {
    if is_of_another_page(request.headers()) {
        return Err(Turned::Stranger);
    }
    let topic = Topic::of(&request)?;
    topic.is_there(&office).await?;
    let seat = streams.take(visit.session.token.id).ok_or(Turned::TooMany)?;
    let watcher = Watcher::new(visit.session, streams.feed(topic), seat, office, pages);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((BUFFERING, "no"))
        .streaming(watcher.stream(streams.stop().clone())))
}
