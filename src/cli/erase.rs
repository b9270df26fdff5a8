//! `deskbell erase`: what the events of a customer say is taken out of ledger and journal.

use clap::Args;

use super::{Context, Exit, WrongCall, acting::by, output};
use crate::{
    app,
    ledger::OpenDelivery,
    operators::{EraseWish, ErasureReport},
};

/// Erase what the events of a customer say, and tell what only others can erase.
///
/// Events that have deliveries under way are left alone and listed. It may be run again at any time.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The customer's id, with its digits as events have them.
    #[arg(long, value_name = "ID")]
    customer: String,
    /// A member of the payload that names the customer, in place of those of `[privacy]`. May be
    /// given more than once.
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Discards deliveries that have not come to an end.
    #[arg(long)]
    even_open: bool,
    /// Tells what would be erased, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Why, for those who look later.
    #[arg(long, required_unless_present = "dry_run")]
    why: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let Self { customer, path, even_open, dry_run, why, json } = self;
        if customer.is_empty() {
            return Err(WrongCall("--customer is empty".to_owned()).into());
        }
        let (config, schemas) = context.load()?;
        let office = app::office_at(config, &schemas, context.ledger()?);
        let paths = if path.is_empty() { &office.privacy.customer_paths } else { &path };
        let wish = EraseWish::new(paths, &customer)
            .map_err(|error| WrongCall(format!("--path {error}")))?;
        let wish = EraseWish { even_open, dry_run, ..wish };
        let report = office.erase(&wish, &by(context, why)).await?;
        if json {
            output::json(&report)?;
        } else {
            print(&report)?;
        }
        let is_done = report.is_whole() || report.dry_run && report.erasure.open.is_empty();
        Ok(if is_done { Exit::Done } else { Exit::No })
    }
}

fn print(report: &ErasureReport) -> anyhow::Result<()> {
    let erasure = &report.erasure;
    let verb = if report.dry_run { "would be erased" } else { "erased" };
    output::line(format_args!(
        "{verb}: {} events, {} deliveries, {} attempts, {} edits, {} conflicts, {} call-backs, \
         {} parts in incidents, {} replays' searches",
        erasure.events,
        erasure.deliveries,
        erasure.attempts,
        erasure.edits,
        erasure.conflicts,
        erasure.callbacks,
        erasure.incidents,
        erasure.replays,
    ))?;
    let journal = &report.journal;
    output::line(format_args!("{verb} in the embedded journal: {} entries", journal.erased))?;
    if !erasure.open.is_empty() {
        output::line("kept, for they have not come to an end (--even-open discards them):")?;
        print_open(&erasure.open)?;
    }
    if !erasure.discarded.is_empty() {
        let verb = if report.dry_run { "would be discarded" } else { "discarded" };
        output::line(format_args!("{verb}, though they had not come to an end:"))?;
        print_open(&erasure.discarded)?;
    }
    if !erasure.tickets.is_empty() {
        output::line("tickets that only their desks can erase; they are not listed again:")?;
    }
    for ticket in &erasure.tickets {
        let url = ticket.url.as_deref().unwrap_or_default();
        output::line(format_args!("  {} ticket {} {url}", ticket.desk, ticket.id))?;
    }
    if let Some(until) = journal.stream_until {
        output::line(format_args!(
            "RabbitMQ's journal stream cannot be edited: it drops what it has by about {}. Queues of \
             other teams are theirs to empty.",
            output::instant(until)
        ))?;
    }
    if journal.unrecorded > 0 {
        let entries = journal.unrecorded;
        output::line(format_args!("{entries} entries are not recorded yet: run it again"))?;
    }
    if !report.files_are_clean {
        output::line("somebody was reading: a log of changes is not emptied. Run it again")?;
    }
    Ok(())
}

fn print_open(open: &[OpenDelivery]) -> anyhow::Result<()> {
    for delivery in open {
        let OpenDelivery { source, event, desk, key, state, may_be_told } = delivery;
        let told = if *may_be_told {
            "; its desk may have a ticket that nobody knows of: look there by the key"
        } else {
            ""
        };
        output::line(format_args!("  event {event} of {source} at {desk}: {state}, {key}{told}"))?;
    }
    Ok(())
}
