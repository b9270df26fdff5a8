//! `deskbell callbacks`: what sources have not been told yet of their deliveries' ends.

use clap::{Args, Subcommand};

use super::{Context, Exit, output};
use crate::ledger::CallbackRecord;

/// Call-backs to sources that their receivers have not taken.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them, the oldest first: those that are sent again, and those that were given up within
    /// the last 30 days.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let Action::List { limit, json } = self.action;
        let callbacks = context.ledger()?.callbacks(limit).await?;
        if json {
            output::json(&callbacks)?;
        } else {
            print(&callbacks)?;
        }
        Ok(Exit::Done)
    }
}

fn print(callbacks: &[CallbackRecord]) -> std::io::Result<()> {
    let mut table =
        output::table(["source", "event", "desk", "state", "since", "tries", "next", "why"]);
    for callback in callbacks {
        table.add_row([
            callback.source.clone(),
            callback.event.clone(),
            callback.desk.clone(),
            callback.state.clone(),
            output::instant(callback.created_at),
            callback.attempts.to_string(),
            callback.next_at.map_or_else(|| "given up".to_owned(), output::instant),
            callback.error.clone().unwrap_or_default(),
        ]);
    }
    output::line(table)
}
