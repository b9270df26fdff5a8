//! `deskbell audit`: who did what.

use clap::{Args, Subcommand};

use super::{Context, Exit, argument, clock, moment, output};
use crate::ledger::{Act, AuditEntry, AuditSearch};

/// The log of operators' acts: who did what, to what, why and when.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// The acts that pass the filters, the last ones first.
    List {
        /// From then on: `2h` ago, or an instant as `2026-10-18T12:00:00Z`.
        #[arg(long)]
        since: Option<String>,
        /// By this token, or this account of the command line.
        #[arg(long)]
        who: Option<String>,
        /// This act: `delivery.replay`, `desk.pause`, …
        #[arg(long)]
        act: Option<String>,
        /// On this: a delivery's key, a desk, a token's name.
        #[arg(long)]
        on: Option<String>,
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
        let Question::List { since, who, act, on: subject, limit, json } = self.question;
        let since = match since {
            Some(text) => Some(moment("--since", &text, clock().now())?),
            None => None,
        };
        let act: Option<Act> = act.map(|act| argument("--act", &act)).transpose()?;
        let search = AuditSearch { since, until: None, who, act, subject };
        let entries = context.ledger()?.audit(&search, None, limit).await?;
        if json {
            output::json(&entries)?;
        } else {
            print(&entries)?;
        }
        Ok(Exit::Done)
    }
}

fn print(entries: &[AuditEntry]) -> std::io::Result<()> {
    let mut table = output::table(["when", "who", "via", "act", "on", "detail", "why"]);
    for entry in entries {
        table.add_row([
            output::instant(entry.at),
            entry.who.clone(),
            entry.via.as_str().to_owned(),
            entry.act.to_string(),
            entry.subject.clone(),
            entry.detail.clone(),
            entry.why.clone().unwrap_or_default(),
        ]);
    }
    output::line(table)
}
