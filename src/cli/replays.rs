//! `deskbell replays`: bulk replays, how far each has come, and an operator's word to wait, go on or
//! stop.

use clap::{Args, Subcommand};

use super::{Context, Exit, acting::by, argument, output};
use crate::{
    ledger::{Ledger, Steering},
    operators::{
        OfficeError, replaying,
        views::{ReplayProgress, ReplayView},
    },
};

/// Bulk replays: list, show, pause, resume, cancel. `deskbell dead replay` begins one.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// The latest replays first.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One replay, and how far it has come.
    Show {
        /// Its name.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Puts nothing more back until it is resumed. What was put back goes on.
    Pause {
        /// Its name.
        name: String,
        /// Why, for those who look later.
        #[arg(long)]
        why: String,
    },
    /// Goes on.
    Resume {
        /// Its name.
        name: String,
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
    },
    /// Ends it: what is left stays dead. What was put back goes on.
    Cancel {
        /// Its name.
        name: String,
        /// Why, for those who look later.
        #[arg(long)]
        why: String,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let ledger = context.ledger()?;
        match self.act {
            Act::List { limit, json } => list(&replaying::list(&*ledger, limit).await?, json),
            Act::Show { name, json } => {
                let shown = replaying::show(&*ledger, &argument("name", &name)?).await;
                told(shown, |view| show(view, json))
            }
            Act::Pause { name, why } => {
                steer(context, &*ledger, &name, Steering::Pause, Some(why)).await
            }
            Act::Resume { name, why } => {
                steer(context, &*ledger, &name, Steering::Resume, why).await
            }
            Act::Cancel { name, why } => {
                steer(context, &*ledger, &name, Steering::Cancel, Some(why)).await
            }
        }
    }
}

async fn steer(
    context: &Context,
    ledger: &dyn Ledger,
    name: &str,
    steering: Steering,
    why: Option<String>,
) -> anyhow::Result<Exit> {
    let name = argument("name", name)?;
    let steered = replaying::steer(ledger, &name, steering, &by(context, why)).await;
    told(steered, |view| show(view, false))
}

/// Prints what was asked for, or why it cannot be.
pub(super) fn told(
    answer: Result<ReplayView, OfficeError>,
    print: impl FnOnce(&ReplayView) -> std::io::Result<()>,
) -> anyhow::Result<Exit> {
    match answer {
        Ok(view) => {
            print(&view)?;
            Ok(Exit::Done)
        }
        Err(
            why
            @ (OfficeError::Unknown { .. } | OfficeError::NotAllowed(_) | OfficeError::Unfit(_)),
        ) => {
            output::aside(why);
            Ok(Exit::No)
        }
        Err(error @ (OfficeError::NoLedger | OfficeError::Ledger(_))) => Err(error.into()),
    }
}

fn list(views: &[ReplayView], json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&views)?;
        return Ok(Exit::Done);
    }
    let mut table = output::table(["replay", "state", "began", "by", "put back", "left", "why"]);
    for view in views {
        let of = |count: fn(&ReplayProgress) -> u64| {
            view.progress.as_ref().map_or_else(String::new, |it| grouped(count(it)))
        };
        table.add_row([
            view.name.clone(),
            view.state.to_string(),
            output::instant(view.began_at),
            view.who.clone(),
            of(|progress| progress.put_back),
            of(|progress| progress.left),
            view.why.clone().unwrap_or_default(),
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}

/// Prints a replay, and how far it has come desk by desk.
pub(super) fn show(view: &ReplayView, json: bool) -> std::io::Result<()> {
    if json {
        return output::json(view);
    }
    let why = view.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    output::line(format_args!(
        "{}  {} since {}, begun {} by {}{why}",
        view.name,
        view.state,
        output::instant(view.changed_at),
        output::instant(view.began_at),
        view.who
    ))?;
    let Some(progress) = &view.progress else { return Ok(()) };
    output::line(counted(progress))?;
    let mut table = output::table([
        "desk",
        "left",
        "put back",
        "ticketed",
        "merged",
        "resolved",
        "dead",
        "uncertain",
        "under way",
    ]);
    for desk in &progress.desks {
        table.add_row([
            desk.desk.to_string(),
            grouped(desk.left),
            grouped(desk.put_back),
            grouped(desk.ticketed),
            grouped(desk.merged),
            grouped(desk.resolved),
            grouped(desk.dead),
            grouped(desk.uncertain),
            grouped(desk.under_way),
        ]);
    }
    output::line(table)
}

/// How far a replay has come, in one line.
pub(super) fn counted(progress: &ReplayProgress) -> String {
    let ReplayProgress { chosen, put_back, ticketed, merged, dead, under_way, .. } = progress;
    let at_most = if progress.exact { "" } else { "at most " };
    format!(
        "{} of {at_most}{} put back: {} ticketed, {} merged, {} dead again, {} under way",
        grouped(*put_back),
        grouped(*chosen),
        grouped(*ticketed),
        grouped(*merged),
        grouped(*dead),
        grouped(*under_way)
    )
}

/// A count for people: `100,000`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn counts_are_told_in_groups_of_three_digits() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
    }
}
