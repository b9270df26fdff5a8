//! `deskbell retention`: what the ledger keeps for how long, and what of it is over.

use std::time::Duration;

use clap::Args;

use super::{Context, Exit, output};
use crate::{app, ledger::Retention, operators::RetentionReport};

/// Tell how long the ledger keeps what events say, and what would go now. Nothing is erased: the
/// workers do that.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = context.load()?;
        let office = app::office_at(config, &schemas, context.ledger()?);
        let report = office.retention().await?;
        if self.json {
            output::json(&report)?;
        } else {
            print(&report)?;
        }
        Ok(Exit::Done)
    }
}

fn print(RetentionReport { seconds, over }: &RetentionReport) -> anyhow::Result<()> {
    let mut table = output::table(["ended as", "kept for", "deliveries that go now"]);
    for end in Retention::ENDS {
        let time = seconds.get(end).map(|seconds| output::span(Duration::from_secs(*seconds)));
        let count = over.deliveries.get(end).copied().unwrap_or_default();
        let count = if end == Retention::UNMATCHED { String::new() } else { count.to_string() };
        table.add_row([end.to_owned(), time.unwrap_or_else(|| "ever".to_owned()), count]);
    }
    output::line(table)?;
    output::line(format_args!(
        "events that go now, with all of their deliveries: {}",
        over.events
    ))?;
    Ok(())
}
