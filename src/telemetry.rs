//! Logs, metrics and traces.
//!
//! What is logged: names, ids, counts, states and a desk's own code for a refusal. Never a body, a
//! header, a signature, a secret or the text of a ticket, whatever the filter asks for: what other
//! crates say below a warning is left out, and a panic is told by its place. Log lines go to standard
//! error; metrics are rendered on the private port.

mod exporting;
mod table;

pub use exporting::{InvalidCollector, Traces};
pub use table::{Kind, METRICS, Metric};

use std::{io::IsTerminal, panic, sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{broker::rabbitmq, config::LogFormat, traces};

/// Upper bounds of the histograms' buckets, in seconds: from a fast 202 to a slow night.
const BUCKETS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0, 3600.0];

/// How often the exporter tidies its histograms, which grow without bound otherwise.
const UPKEEP: Duration = Duration::from_secs(5);

/// A log filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("DESKBELL_LOG is not a log filter: `info`, or `warn,deskbell=debug`")]
pub struct InvalidFilter(#[source] tracing_subscriber::filter::ParseError);

/// What any line may be, whatever the user's filter says.
///
/// Deskbell's own lines are held to this page's promise at every level. Other crates are not: below
/// warnings HTTP and AMQP clients write frames, headers and addresses. A list of the crates that do
/// would not know the next one.
fn ceiling() -> Targets {
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target(env!("CARGO_CRATE_NAME"), LevelFilter::TRACE)
        .with_target(traces::TARGET, LevelFilter::OFF)
        // Its errors quote the collector's address; the exporter tells of them in its own words.
        .with_target("opentelemetry", LevelFilter::OFF)
        .with_targets(rabbitmq::QUIET.iter().map(|target| (*target, LevelFilter::OFF)))
}

/// Sends the process's log lines to standard error, and its spans where `traces` says. A second call
/// changes nothing.
pub fn start(
    directives: &str,
    format: LogFormat,
    traces: Option<&Traces>,
) -> Result<(), InvalidFilter> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    let asked = EnvFilter::try_new(directives).map_err(InvalidFilter)?;
    let lines = match format {
        LogFormat::Pretty => {
            let colours = std::io::stderr().is_terminal();
            lines.with_ansi(colours).with_target(false).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The filter is the lines' own: what it leaves out is traced all the same.
    let registry = tracing_subscriber::registry()
        .with(lines.with_filter(asked.and(ceiling())))
        .with(traces.map(Traces::layer));
    // The only error is that there is a subscriber already.
    drop(registry.try_init());
    Ok(())
}

/// Tells of panics by their place alone: their words may quote what was being read.
pub fn tell_of_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "A fault of Deskbell's own, at {place}");
    }));
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
            table::describe();
            metrics::gauge!("deskbell_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            // What describes a metric is shown from the next upkeep on.
            handle.run_upkeep();
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::{
        io::{Read, Seek},
        sync::Arc,
    };

    use tracing_subscriber::Registry;

    use super::*;

    /// What comes of `act` where the user asks for everything.
    fn logged(act: impl FnOnce()) -> String {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let layer = fmt::layer().with_writer(file.clone());
        let asked = EnvFilter::new("trace,hyper=trace,lapin=trace");
        let subscriber = Registry::default().with(layer.with_filter(asked.and(ceiling())));
        tracing::subscriber::with_default(subscriber, act);
        let mut lines = String::new();
        (&*file).rewind().unwrap();
        (&*file).read_to_string(&mut lines).unwrap();
        lines
    }

    #[test]
    fn no_filter_opens_more_of_other_crates_than_their_warnings() {
        let log = logged(|| {
            tracing::trace!("own-trace");
            tracing::trace!(target: "deskbell::desks::caller", "inner-trace");
            tracing::warn!(target: "hyper::proto", "other-warning");
            tracing::info!(target: "hyper::proto", "canary");
            tracing::trace!(target: "h2::codec", "canary");
            tracing::error!(target: "lapin::channel", "canary");
            tracing::error!(target: "opentelemetry-otlp", "canary");
            tracing::error!(target: traces::TARGET, "canary");
        });
        for told in ["own-trace", "inner-trace", "other-warning"] {
            assert!(log.contains(told), "{told} in {log}");
        }
        assert!(!log.contains("canary"), "{log}");
    }

    #[test]
    fn a_panic_is_told_by_its_place_and_not_by_its_words() {
        let log = logged(|| {
            let before = panic::take_hook();
            tell_of_panics();
            let ended = panic::catch_unwind(|| panic!("canary"));
            panic::set_hook(before);
            assert!(ended.is_err());
        });
        assert!(log.contains("telemetry.rs") && !log.contains("canary"), "{log}");
    }
}
