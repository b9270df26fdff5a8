//! The private port: metrics, and health for those who may not reach the public one.

use std::{io, net::TcpListener};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, web};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

/// Serves the private port until `stop`. The server is a future to be awaited under tokio.
pub fn serve(
    listener: TcpListener,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(metrics.clone()))
            .route("/metrics", web::get().to(render))
            .route("/health/live", web::get().to(HttpResponse::Ok))
    });
    let server = server.workers(1).shutdown_signal(stop.cancelled_owned()).shutdown_timeout(2);
    Ok(server.listen(listener)?.run())
}

/// Prometheus' text format, version 0.0.4.
async fn render(metrics: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(metrics.render())
}
