//! `deskbell callbacks`: what sources have not been told yet of their deliveries' ends.

use clap::{ArgGroup, Args, Subcommand};

use super::{Context, Exit, acting::by, argument, output};
use crate::ledger::{By, CallbackRecord, Ledger, Page, WhichCallbacks};

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
    /// Send again what was given up, under the same ids and by a schedule that begins anew. Done twice, it
    /// is sent once.
    #[command(group = ArgGroup::new("which").required(true).args(["ids", "source"]))]
    Resend {
        /// Their ids, as `list` shows them.
        ids: Vec<String>,
        /// All of this source.
        #[arg(long)]
        source: Option<String>,
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.action {
            Action::List { limit, json } => {
                let callbacks =
                    context.ledger()?.callbacks(&Page { after: None, most: limit }).await?.items;
                if json {
                    output::json(&callbacks)?;
                } else {
                    print(&callbacks)?;
                }
                Ok(Exit::Done)
            }
            Action::Resend { ids, source, why, json } => {
                let which = match source {
                    Some(source) => WhichCallbacks::Source(argument("--source", &source)?),
                    None => WhichCallbacks::Ids(ids),
                };
                resend(&*context.ledger()?, &which, &by(context, why), json).await
            }
        }
    }
}

async fn resend(
    ledger: &dyn Ledger,
    which: &WhichCallbacks,
    by: &By,
    json: bool,
) -> anyhow::Result<Exit> {
    let resent = ledger.resend_callbacks(which, by).await?;
    if json {
        output::json(&resent)?;
    } else {
        for id in &resent.under_way {
            output::aside(format_args!("{id}: it is on its way already"));
        }
        for id in &resent.unknown {
            output::aside(format_args!("{id}: it was received, or there never was one"));
        }
        output::line(format_args!(
            "{} put on their way; the running service sends them within a second",
            resent.resent.len()
        ))?;
    }
    Ok(if resent.unknown.is_empty() { Exit::Done } else { Exit::No })
}

fn print(callbacks: &[CallbackRecord]) -> std::io::Result<()> {
    let mut table =
        output::table(["id", "source", "event", "desk", "state", "since", "tries", "next", "why"]);
    for callback in callbacks {
        table.add_row([
            callback.id.clone(),
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
