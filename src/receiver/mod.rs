//! HTTP in: takes signed events, answers 202 once each is durable, and tells their senders what
//! became of them.
//!
//! Promises: a 202 is never given for an event that is not durable; nothing refused reaches the
//! broker; every refusal after the head is a problem document; no secret, signature or payload is in
//! a log line; one sender's slowness, size or number of connections is bounded by its
//! [`ReceiverSettings`].

mod body;
mod budget;
mod certificates;
mod connections;
mod content;
mod described;
mod health;
mod hooks;
mod intake;
mod labels;
mod limits;
mod ping;
mod posted;
mod rate;
mod receipt;
mod refusal;
mod settings;
mod sightings;
mod source;
mod status;
mod unread;

pub use certificates::{Certificates, NoAuthorities};
pub use described::Described;
pub use intake::Intake;
pub use limits::{Limits, SourceLimits};
pub use rate::Rate;
pub use settings::ReceiverSettings;
pub use sightings::{Refused, Sighted, SightingBook, Sightings};
pub use source::{Source, Sources};
pub use status::{Recorded, Records, RecordsError, Tokens};

use std::{
    io,
    net::{TcpListener, ToSocketAddrs},
    sync::Arc,
};

use actix_web::{
    App, Error, HttpServer,
    body::{EitherBody, MessageBody},
    dev::{Server, ServiceRequest, ServiceResponse},
    guard,
    middleware::{Next, from_fn},
    web::{self, ServiceConfig},
};
use tokio_util::sync::CancellationToken;

use self::{
    budget::Budget,
    connections::{Connection, Connections},
    labels::Labels,
    refusal::Refusal,
};
use crate::http::stamp;

/// Takes the address, before anything else is started. Port 0 takes any.
pub fn bind(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    TcpListener::bind(address)
}

/// Serves until `stop` is cancelled: then nothing new is taken, and what is in flight may end within
/// the settings' deadline. The server is a future to be awaited under tokio.
pub fn serve(
    listener: TcpListener,
    intake: Arc<Intake>,
    stop: CancellationToken,
) -> io::Result<Server> {
    intake.count_from_zero();
    let settings = intake.settings.clone();
    let budget = Budget::of(settings.body_budget);
    let labels = web::Data::new(Labels::default());
    let connections = Connections::at_most(settings.connections_per_address);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(intake.clone()))
            .app_data(web::Data::new(budget.clone()))
            .app_data(labels.clone())
            .wrap(from_fn(admit))
            .wrap(from_fn(stamp))
            .wrap(from_fn(unread::keep))
            .configure(routes)
    })
    .on_connect(move |connection, data| connections.note(connection, data))
    .client_request_timeout(settings.head_deadline)
    .shutdown_signal(stop.cancelled_owned())
    .shutdown_timeout(settings.shutdown_deadline.as_secs());
    let server = match settings.threads {
        Some(threads) => server.workers(threads.get()),
        None => server,
    };
    Ok(server.listen(listener)?.run())
}

fn routes(app: &mut ServiceConfig) {
    let get = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    app.service(
        web::resource("/hooks/{source}")
            .route(web::post().to(hooks::receive))
            .route(web::method(actix_web::http::Method::OPTIONS).to(hooks::handshake))
            .default_service(web::to(hooks::wrong_method)),
    )
    .service(
        web::resource("/hooks/{source}/events/{id}")
            .route(get().to(status::tell))
            .default_service(web::to(status::wrong_method)),
    )
    .service(
        web::resource("/health/live")
            .route(get().to(health::live))
            .default_service(web::to(hooks::health_method)),
    )
    .service(
        web::resource("/health/ready")
            .route(get().to(health::ready))
            .default_service(web::to(hooks::health_method)),
    )
    .default_service(web::to(hooks::nothing));
}

/// Refuses what comes on a connection that its address had no place for.
async fn admit<B: MessageBody + 'static>(
    intake: web::Data<Intake>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.request().conn_data::<Connection>().is_none_or(Connection::is_welcome) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let (request, _unread) = request.into_parts();
    let source = intake.source(&request).ok();
    let response = hooks::refuse(Refusal::TooManyConnections, source, &request, &intake);
    Ok(ServiceResponse::new(request, response).map_into_right_body())
}
