//! Logs and metrics.
//!
//! What is logged: names, ids, counts, states and a desk's own words for a refusal. Never a body, a
//! header, a signature, a secret or the text of a ticket. Log lines go to standard error; metrics
//! are rendered on the private port.

use std::{io::IsTerminal, sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{broker::rabbitmq, config::LogFormat};

/// Upper bounds of the histograms' buckets, in seconds: from a fast 202 to a slow night.
const BUCKETS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0, 3600.0];

/// How often the exporter tidies its histograms, which grow without bound otherwise.
const UPKEEP: Duration = Duration::from_secs(5);

/// A log filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("DESKBELL_LOG is not a log filter: `info`, or `warn,deskbell=debug`")]
pub struct InvalidFilter(#[source] tracing_subscriber::filter::ParseError);

/// What the HTTP server says of itself at every start, and we say better.
const TALKATIVE: &str = "actix_server=warn";

/// The filter as given, over what is too talkative, and under what must never be logged whatever
/// the filter says.
fn filter(directives: &str) -> Result<EnvFilter, InvalidFilter> {
    let mut all = format!("{TALKATIVE},{directives}");
    for quiet in rabbitmq::QUIET {
        all.push(',');
        all.push_str(quiet);
    }
    EnvFilter::try_new(all).map_err(InvalidFilter)
}

/// Sends the process's log lines to standard error. A second call changes nothing.
pub fn start(directives: &str, format: LogFormat) -> Result<(), InvalidFilter> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter(directives)?);
    let started = match format {
        LogFormat::Pretty => {
            let colours = std::io::stderr().is_terminal();
            registry.with(lines.with_ansi(colours).with_target(false)).try_init()
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    // The only error is that there is a subscriber already.
    drop(started);
    Ok(())
}

/// The process's metrics. The first call installs the recorder.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            // The only error is an empty list of buckets.
            let builder =
                builder.set_buckets(&BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // The only error is that another recorder is there already.
            drop(metrics::set_global_recorder(recorder));
            handle
        })
        .clone()
}

/// Tidies the metrics on `tasks` until `draining`.
pub fn keep_metrics(tasks: &TaskTracker, draining: &CancellationToken) {
    let (handle, draining) = (metrics(), draining.clone());
    tasks.spawn(async move {
        loop {
            tokio::select! {
                () = draining.cancelled() => return,
                () = tokio::time::sleep(UPKEEP) => handle.run_upkeep(),
            }
        }
    });
}
