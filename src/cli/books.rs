//! `deskbell books`: the accounts, and whether they balance.

use clap::Args;

use super::{Context, Exit, output};
use crate::ledger::Books;

/// The accounts: what was accepted, and where it is. Exit code 1 when they do not balance.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let books = context.ledger()?.books().await?;
        if self.json {
            output::json(&books)?;
        } else {
            print(&books)?;
        }
        Ok(if books.balanced { Exit::Done } else { Exit::No })
    }
}

/// Prints the accounts as a table.
pub(super) fn print(books: &Books) -> std::io::Result<()> {
    let mut table = output::table([
        "source",
        "desk",
        "accepted",
        "ticketed",
        "dead",
        "discarded",
        "uncertain",
        "retrying",
        "attempting",
        "queued",
    ]);
    for line in &books.lines {
        let counts = [
            line.accepted,
            line.ticketed,
            line.dead,
            line.discarded,
            line.uncertain,
            line.retrying,
            line.attempting,
            line.queued,
        ];
        let names = [line.source.clone(), line.desk.clone()];
        table.add_row(names.into_iter().chain(counts.map(|count| count.to_string())));
    }
    output::line(table)?;
    output::line(format_args!(
        "{} events accepted, {} matched no rule, {} came again with another body; the books {}",
        books.events,
        books.unmatched,
        books.conflicts,
        if books.balanced { "balance" } else { "DO NOT BALANCE" }
    ))
}
