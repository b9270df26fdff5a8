//! `deskbell backtest`: what other rules would have made of the events that came. Nothing is sent, and
//! nothing is written.
//!
//! Both files decide about the same events by the functions that workers use, in the order and with the
//! times of the events. A ticket counts as made as soon as it is decided, and desks as always there.

mod comparison;
mod side;
mod telling;

use std::path::PathBuf;

use clap::Args;

use self::{comparison::Comparison, side::Side};
use super::{Context, Exit, argument, clock, moment, output};
use crate::ledger::{EventSpan, Ledger};

/// Events read at a time.
const PAGE: usize = 500;

/// What other rules would have made of the events that came. Nothing is sent, nothing is written.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The behaviour file with the other rules.
    #[arg(long, value_name = "FILE.TOML")]
    rules: PathBuf,
    /// Events that were received from then on: `7d` ago, or an instant as `2026-10-18T12:00:00Z`.
    #[arg(long, default_value = "7d")]
    since: String,
    /// Of this source.
    #[arg(long)]
    source: Option<String>,
    /// Of this event type.
    #[arg(long = "type")]
    event_type: Option<String>,
    /// What becomes of them at this desk.
    #[arg(long)]
    desk: Option<String>,
    /// Exit with 1 where anything changes.
    #[arg(long)]
    fail_on_change: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (today, _) = context.load()?;
        let (other, _) = context.load_instead(&self.rules)?;
        let until = clock().now();
        let span = EventSpan {
            since: moment("--since", &self.since, until)?,
            until,
            source: self.source.as_ref().map(|text| argument("--source", text)).transpose()?,
            event_type: self
                .event_type
                .as_ref()
                .map(|text| argument("--type", text))
                .transpose()?,
        };
        let desk = self.desk.as_ref().map(|text| argument("--desk", text)).transpose()?;
        let mut comparison = Comparison::of(desk);
        let (mut before, mut after) = (Side::of(&today)?, Side::of(&other)?);
        let ledger = context.ledger()?;
        replay(&*ledger, &span, &mut before, &mut after, &mut comparison).await?;
        if self.json {
            output::json(&telling::document(&comparison, &span))?;
        } else {
            telling::print(&comparison, &span, &self.rules.display().to_string())?;
        }
        let fails = self.fail_on_change && comparison.changes();
        Ok(if fails { Exit::No } else { Exit::Done })
    }
}

/// Has both sides judge the events of `span`, page after page.
async fn replay(
    ledger: &dyn Ledger,
    span: &EventSpan,
    before: &mut Side<'_>,
    after: &mut Side<'_>,
    comparison: &mut Comparison,
) -> anyhow::Result<()> {
    let mut place = None;
    loop {
        let page = ledger.past_events(span, place.as_ref(), PAGE).await?;
        for envelope in &page.envelopes {
            comparison.add(envelope, before.judge(envelope), after.judge(envelope));
        }
        place = page.next;
        if place.is_none() {
            return Ok(());
        }
    }
}
