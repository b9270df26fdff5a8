//! `deskbell books`: the accounts, whether they balance, and which delivery is missing.

use std::io;

use clap::Args;

use super::{Context, Exit, acting::by, output};
use crate::ledger::{BookLine, Books, Missing};

/// The accounts: what was accepted, and where it is. Exit code 1 when they do not balance, when a
/// delivery is missing, or when the journal lost what was not recorded.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Forget what the journal lost so far: you have seen to it.
    #[arg(long)]
    forget_gaps: bool,
    /// Why, for those who look later.
    #[arg(long, requires = "forget_gaps")]
    why: Option<String>,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let ledger = context.ledger()?;
        if self.forget_gaps {
            ledger.forget_gaps(&by(context, self.why)).await?;
        }
        let books = ledger.books().await?;
        if self.json {
            output::json(&books)?;
        } else {
            print(&books)?;
        }
        Ok(if books.are_whole() { Exit::Done } else { Exit::No })
    }
}

/// Prints the accounts as a table, and what is wrong with them.
pub(super) fn print(books: &Books) -> io::Result<()> {
    let mut table = output::table([
        "source",
        "desk",
        "accepted",
        "ticketed",
        "merged",
        "resolved",
        "suppressed",
        "dead",
        "discarded",
        "uncertain",
        "retrying",
        "attempting",
        "queued",
        "",
    ]);
    for line in &books.lines {
        let counts = [
            line.accepted,
            line.ticketed,
            line.merged,
            line.resolved,
            line.suppressed,
            line.dead,
            line.discarded,
            line.uncertain,
            line.retrying,
            line.attempting,
            line.queued,
        ];
        let names = [line.source.clone(), line.desk.clone()];
        let counts = counts.map(|count| count.to_string());
        table.add_row(names.into_iter().chain(counts).chain([difference(line)]));
    }
    output::line(table)?;
    output::line(format_args!(
        "{} events accepted, {} matched no rule{}, {} came again with another body; the books {}",
        books.events,
        books.unmatched,
        by_source(books),
        books.conflicts,
        if books.balanced { "balance" } else { "DO NOT BALANCE" }
    ))?;
    print_lost(books)?;
    print_missing(books)?;
    print_gaps(books)
}

/// By how much a line does not balance.
fn difference(line: &BookLine) -> String {
    if line.balances() {
        return String::new();
    }
    let elsewhere = line.settled() + line.uncertain + line.in_flight();
    format!("{:+}", i128::from(elsewhere) - i128::from(line.accepted))
}

fn by_source(books: &Books) -> String {
    let counts: Vec<_> =
        books.unmatched_of.iter().map(|(source, count)| format!("{source} {count}")).collect();
    if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) }
}

fn print_lost(books: &Books) -> io::Result<()> {
    if books.lost.is_empty() {
        return Ok(());
    }
    output::line(
        "\nLOST: a worker took these deliveries up, and the ledger has no row of them any more: it \
         was changed from outside, or is an old copy. Look for their tickets at the desk; where \
         there is none, post the event again with the same id.",
    )?;
    books.lost.iter().try_for_each(name)
}

fn print_missing(books: &Books) -> io::Result<()> {
    let Books { missing, nowhere, missing_deliveries, made_good, .. } = books;
    if *nowhere > 0 {
        output::line(format_args!(
            "\nMISSING: {nowhere} deliveries are in no lane of the broker: a queue was purged or \
             deleted. A worker puts them back as soon as the broker takes them; if they stay here, \
             see why it does not: its log, and `/health/ready`."
        ))?;
    }
    let waiting = missing.saturating_sub(*nowhere);
    if waiting > 0 {
        output::line(format_args!(
            "\n{waiting} deliveries were missing and wait in their lane again; there is nothing to \
             do."
        ))?;
    }
    missing_deliveries.iter().try_for_each(name)?;
    if let [_, ..] = made_good[..] {
        output::line(
            "\nThese were missing, and were put back and taken up; nothing is to be done:",
        )?;
    }
    made_good.iter().try_for_each(name)
}

fn name(missing: &Missing) -> io::Result<()> {
    let Missing { source, id, event_type, desk, found_at, put_back_at } = missing;
    let found = found_at.map(|at| format!(", missing since {}", output::instant(at)));
    let put_back = put_back_at.map(|at| format!(", put back {}", output::instant(at)));
    let (found, put_back) = (found.unwrap_or_default(), put_back.unwrap_or_default());
    output::line(format_args!("  {source} {id} ({event_type}) for {desk}{found}{put_back}"))
}

fn print_gaps(books: &Books) -> io::Result<()> {
    for gap in &books.gaps {
        let at = output::instant(gap.found_at);
        match gap.entries {
            Some(entries) => output::line(format_args!(
                "\nUNRECORDED: {entries} events had left the journal before they were recorded, as \
                 was found {at}: no worker ran for too long."
            ))?,
            None => output::line(format_args!(
                "\nUNRECORDED: the journal was deleted, as was found {at}, and nobody knows what in \
                 it was not recorded."
            ))?,
        }
    }
    if books.gaps.is_empty() {
        return Ok(());
    }
    output::line(
        "What a worker takes from its lane is in these books all the same. Compare with what the \
         senders have posted, and post again, with the same id, what `deskbell events show` does not \
         know. Then: deskbell books --forget-gaps",
    )
}
