//! The private port: the operators' API and console, and without a token, since no payload is in them, metrics, the
//! reference of what others rely on, and health for those who may not reach the public one.

mod api;
mod console;
mod error;
mod forecast;
mod guard;
mod office;
pub mod replaying;
mod token;
pub mod views;

pub use error::OfficeError;
pub use office::{
    Archive, Discarded, EditWish, EraseWish, ErasureReport, JournalReport, KeptJournal,
    MOST_DISCARDED, MOST_REPLAYED, Office, Refused, Replayed, RetentionReport, Ruling,
    SESSION_LASTS, Survey, check_when, discard_all,
};
pub use token::{NoChance, PREFIX, mint};

use std::{io, net::TcpListener};

use actix_web::{
    App, HttpResponse, HttpServer, dev::Server, http::header, middleware::from_fn, web,
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi;

use self::{
    api::{
        acting, admin, callbacks,
        described::{Bearer, Stranger},
        editing, erasing, issues, looking, overview, replays, silencing, steering,
    },
    console::{Pages, Streams},
    guard::Place,
};
use crate::http::{ProblemDocument, ViolationDocument, stamp};

/// What the page may do: show itself. Nothing is loaded and nothing runs.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The private port in an OpenAPI document.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Deskbell: the private port",
        description = "For operators and their tools. Not to be reached from outside.",
    ),
    paths(
        render, live, openapi, openapi_of_receiver, asyncapi, page,
        looking::events, looking::event, looking::deliveries, looking::delivery,
        looking::dead_letters, issues::issues, issues::judge, overview::overview, overview::desks, overview::desk, overview::incidents, overview::brakes,
        overview::books, overview::retention, overview::journal, callbacks::callbacks, callbacks::resend, overview::sources,
        editing::edit, editing::edits, acting::replay, acting::discard, acting::settle, acting::replay_all, acting::discard_all, steering::release,
        steering::forget_gaps, steering::pause, steering::resume,
        replays::plan, replays::begin, replays::list, replays::show, replays::pause, replays::resume,
        replays::cancel,
        silencing::silences, silencing::silence, silencing::create, silencing::end, silencing::release,
        silencing::release_delivery,
        erasing::erase, admin::audit, admin::tokens, admin::create_token, admin::revoke_token,
    ),
    components(schemas(ProblemDocument, ViolationDocument)),
    modifiers(&Bearer),
)]
pub struct Described;

/// What others rely on, in machine form and as a page; written by who knows all parts.
#[derive(Debug, Clone)]
pub struct Reference {
    /// This port, OpenAPI.
    pub operators: String,
    /// The public port, OpenAPI.
    pub receiver: String,
    /// The events, AsyncAPI.
    pub events: String,
    /// All of it, HTML.
    pub page: String,
}

/// Serves the private port until `stop`. The server is a future to be awaited under tokio.
pub fn serve(
    listener: TcpListener,
    metrics: PrometheusHandle,
    reference: Reference,
    office: Office,
    stop: CancellationToken,
) -> io::Result<Server> {
    let (reference, office) = (web::Data::new(reference), web::Data::new(office));
    let pages = web::Data::new(Pages::new().map_err(io::Error::other)?);
    let streams = web::Data::new(Streams::until(stop.clone()));
    let place = web::Data::new(Place { is_loopback: listener.local_addr()?.ip().is_loopback() });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(metrics.clone()))
            .app_data(reference.clone())
            .app_data(office.clone())
            .app_data(place.clone())
            .app_data(pages.clone())
            .app_data(streams.clone())
            .wrap(from_fn(guard::keep))
            .wrap(from_fn(stamp))
            .service(web::resource("/metrics").get(render))
            .service(web::resource("/health/live").get(live))
            .service(web::resource("/openapi.json").get(openapi))
            .service(web::resource("/openapi/receiver.json").get(openapi_of_receiver))
            .service(web::resource("/asyncapi.json").get(asyncapi))
            .service(web::resource("/docs").get(page))
            .configure(api::routes)
            .configure(console::routes)
            .default_service(web::to(api::nothing))
    });
    let server = server.workers(1).shutdown_signal(stop.cancelled_owned()).shutdown_timeout(2);
    Ok(server.listen(listener)?.run())
}

/// All metrics, in Prometheus' text format, version 0.0.4.
#[utoipa::path(
    get,
    path = "/metrics",
    responses((
        status = 200, description = "All of them.", body = String, content_type = "text/plain; version=0.0.4",
    ), Stranger),
)]
async fn render(metrics: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(metrics.render())
}

/// Whether the process lives.
#[utoipa::path(get, path = "/health/live", responses((status = 200, description = "It does."), Stranger))]
async fn live() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// This port, as OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "The document.", body = Object, content_type = "application/json"), Stranger),
)]
async fn openapi(reference: web::Data<Reference>) -> HttpResponse {
    json(&reference.operators)
}

/// The public port, as OpenAPI 3.1, with the schemas of this installation's event types.
#[utoipa::path(
    get,
    path = "/openapi/receiver.json",
    responses((status = 200, description = "The document.", body = Object, content_type = "application/json"), Stranger),
)]
async fn openapi_of_receiver(reference: web::Data<Reference>) -> HttpResponse {
    json(&reference.receiver)
}

/// What other teams read from RabbitMQ, as AsyncAPI 3.0.
#[utoipa::path(
    get,
    path = "/asyncapi.json",
    responses((status = 200, description = "The document.", body = Object, content_type = "application/json"), Stranger),
)]
async fn asyncapi(reference: web::Data<Reference>) -> HttpResponse {
    json(&reference.events)
}

/// All three documents as a page.
#[utoipa::path(
    get,
    path = "/docs",
    responses((
        status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8",
        headers(
            ("Content-Security-Policy", description = "Nothing is loaded, and nothing runs."),
            ("X-Content-Type-Options", description = "`nosniff`."),
        ),
    ), Stranger),
)]
async fn page(reference: web::Data<Reference>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .body(reference.page.clone())
}

fn json(document: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.to_owned())
}
