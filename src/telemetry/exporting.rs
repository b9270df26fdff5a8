//! Sends traces to an OpenTelemetry collector, by OTLP over HTTP.
//!
//! What is exported are the spans of [`traces`](crate::traces) and nothing of other crates. They wait
//! in a queue of bounded length on a thread of their own: a collector that is away or slow costs
//! traces and nothing else.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use opentelemetry::{Key, trace::TracerProvider as _};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter as OtlpExporter};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    registry::LookupSpan,
};

use crate::traces::TARGET;

/// How long the process waits for the last spans when it stops.
const FLUSH: Duration = Duration::from_secs(3);

/// The name of the service where the environment gives none.
const SERVICE: &str = "deskbell";

/// The variables that name a collector, any of which turns the export on.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// The variables `OTEL_…` name a collector that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the variables OTEL_EXPORTER_OTLP_… name no collector that OTLP over HTTP reaches")]
pub struct InvalidCollector;

/// The way of traces to a collector. To be made and ended outside of tokio's tasks: its client
/// blocks.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// As the process's environment has it, of which `variable` tells: `None` where no collector is
    /// named, or the SDK is turned off. Nothing is sent yet.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, InvalidCollector> {
        let is_off = variable("OTEL_SDK_DISABLED")
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
            || variable("OTEL_TRACES_EXPORTER").is_some_and(|text| text == "none");
        let is_named = ENDPOINTS.iter().any(|name| variable(name).is_some_and(|at| !at.is_empty()));
        if is_off || !is_named {
            return Ok(None);
        }
        let exporter = OtlpExporter::builder().with_http().build();
        // What is wrong may quote the variable, and with it a password.
        let exporter = exporter.map_err(|_: ExporterBuildError| InvalidCollector)?;
        let exporter = Telling { exporter, is_failing: AtomicBool::new(false) };
        let provider = SdkTracerProvider::builder()
            .with_resource(resource())
            .with_batch_exporter(exporter)
            .build();
        Ok(Some(Self(provider)))
    }

    /// What takes the spans.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false);
        layer.with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Sends what waits, for a few seconds at most, and ends the export.
    pub fn end(self) {
        // An error says that spans are lost, of which the exporter has told.
        drop(self.0.shutdown_with_timeout(FLUSH));
    }
}

/// Who it is that traces: as the environment has it.
fn resource() -> Resource {
    let given = Resource::builder().build();
    let name = given.get(&Key::from_static_str("service.name"));
    if name.is_none_or(|name| name.as_str().starts_with("unknown_service")) {
        return Resource::builder().with_service_name(SERVICE).build();
    }
    given
}

/// Tells once that the collector takes no spans, and once that it does again.
struct Telling {
    exporter: OtlpExporter,
    is_failing: AtomicBool,
}

impl fmt::Debug for Telling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The exporter holds headers, and they hold keys.
        formatter.debug_struct("Telling").finish_non_exhaustive()
    }
}

impl SpanExporter for Telling {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let exported = self.exporter.export(batch).await;
        let was_failing = self.is_failing.swap(exported.is_err(), Ordering::Relaxed);
        match (was_failing, exported.is_err()) {
            (false, true) => tracing::warn!(spans, "The collector takes no traces; they are lost"),
            (true, false) => tracing::info!("The collector takes traces again"),
            _ => {}
        }
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
