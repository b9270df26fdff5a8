//! Logs: structured events on standard error, pretty for people or JSON for programs.
//!
//! What is logged: names, ids, counts, states and a desk's own words for a refusal. Never a body, a
//! header, a signature, a secret or the text of a ticket.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::broker;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object for each line.
    Json,
}

/// A log filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the log filter cannot be read")]
pub struct InvalidFilter(#[source] tracing_subscriber::filter::ParseError);

/// The filter as given, and over it what must never be logged whatever the filter says.
pub fn filter(directives: &str) -> Result<EnvFilter, InvalidFilter> {
    let mut all = directives.to_owned();
    for quiet in broker::QUIET {
        all.push(',');
        all.push_str(quiet);
    }
    EnvFilter::try_new(all).map_err(InvalidFilter)
}

/// Sends the process's log lines to standard error. A second call changes nothing.
pub fn start(directives: &str, format: LogFormat) -> Result<(), InvalidFilter> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter(directives)?);
    // The only error is that a subscriber is there already, as in a test.
    let _started = match format {
        LogFormat::Pretty => {
            let colours = std::io::stderr().is_terminal();
            registry.with(lines.with_ansi(colours).with_target(false)).try_init()
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    Ok(())
}
