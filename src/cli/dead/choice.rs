//! Which dead letters, as the command line says it.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::super::argument;
use crate::{clock::Clock, ledger::Filter};

/// Which dead letters.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Of this desk.
    #[arg(long)]
    desk: Option<String>,
    /// Of this source.
    #[arg(long)]
    source: Option<String>,
    /// Of this event type.
    #[arg(long = "type")]
    event_type: Option<String>,
    /// For this reason: `unknown-customer`, `refused`, …
    #[arg(long)]
    reason: Option<String>,
    /// Changed within this time: `2h`, `30m`.
    #[arg(long)]
    since: Option<String>,
    /// With this text in the event or in the desk's words.
    #[arg(long)]
    text: Option<String>,
    /// In this state instead of `dead`.
    #[arg(long, value_parser = ["dead", "uncertain"], default_value = "dead")]
    state: String,
}

impl Choice {
    pub(super) fn is_empty(&self) -> bool {
        let Self { desk, source, event_type, reason, since, text, state: _ } = self;
        [desk, source, event_type, reason, since, text].iter().all(|choice| choice.is_none())
    }

    pub(super) fn filter(&self, clock: &dyn Clock, most: Option<usize>) -> anyhow::Result<Filter> {
        self.filter_at(clock.now(), most)
    }

    /// The same; a stretch of time counts back from `now`.
    pub(super) fn filter_at(&self, now: Timestamp, most: Option<usize>) -> anyhow::Result<Filter> {
        fn parse<T>(name: &str, text: Option<&String>) -> anyhow::Result<Option<T>>
        where
            T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
        {
            Ok(text.map(|text| argument(name, text)).transpose()?)
        }
        let since = match &self.since {
            None => None,
            Some(text) => Some(now - span("--since", text)?),
        };
        Ok(Filter {
            state: Some(self.state.clone()),
            desk: parse("--desk", self.desk.as_ref())?,
            source: parse("--source", self.source.as_ref())?,
            event_type: parse("--type", self.event_type.as_ref())?,
            reason: parse("--reason", self.reason.as_ref())?,
            since,
            text: self.text.clone(),
            most,
        })
    }
}

/// A stretch of time, as the command line says it: `7d`, `2h`.
pub(in super::super) fn span(name: &str, text: &str) -> anyhow::Result<Duration> {
    let span: jiff::Span = argument(name, text)?;
    let span = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours())?;
    Ok(Duration::try_from(span)?)
}
