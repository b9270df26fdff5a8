//! The private port: metrics, and health for those who may not reach the public one.

use std::{io, net::TcpListener};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, web};
use metrics_exporter_prometheus::PrometheusHandle;

/// Serves the private port. The caller awaits the server and stops it by its handle.
pub fn serve(listener: TcpListener, metrics: PrometheusHandle) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(metrics.clone()))
            .route("/metrics", web::get().to(render))
            .route("/health/live", web::get().to(HttpResponse::Ok))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

/// Prometheus' text format, version 0.0.4.
async fn render(metrics: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(metrics.render())
}
