//! `deskbell dead replay` of all that a filter chooses: the plan, and the run with how far it comes.

use std::{
    io::{self, IsTerminal as _, Write as _},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use jiff::Timestamp;

use super::{
    super::{
        Context, Exit,
        acting::by_at,
        app, argument, output,
        replays::{counted, grouped, show, told},
    },
    choice::Choice,
};
use crate::{
    ledger::{Ledger, NewReplay, ReplayName, ReplayState},
    operators::{
        replaying::{self, Planner},
        views::{PlanDesk, ReplayPlan, ReplayView},
    },
    rules::LiveRules,
};

/// How often a run is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How wide the bar is.
const WIDTH: u64 = 30;

/// How a replay of all that a filter chooses is done.
#[derive(Debug, Args)]
pub(super) struct Bulk {
    /// Says what it would do and how long it takes, and does nothing.
    #[arg(long, conflicts_with_all = ["name", "detach"])]
    plan: bool,
    /// The run's name: the same name with the same filter is the same run. Made up where none is given.
    #[arg(long)]
    name: Option<String>,
    /// How many a minute at most, over all desks.
    #[arg(long)]
    rate: Option<NonZeroU32>,
    /// Does not wait for the run.
    #[arg(long)]
    detach: bool,
}

impl Bulk {
    /// Whether it says something that is of no use for single keys.
    pub(super) fn is_given(&self) -> bool {
        self.plan || self.name.is_some() || self.rate.is_some() || self.detach
    }

    pub(super) async fn run(
        self,
        context: &Context,
        ledger: &dyn Ledger,
        choice: &Choice,
        (why, json): (Option<String>, bool),
    ) -> anyhow::Result<Exit> {
        let now = super::super::clock().now();
        if self.plan {
            let plan = planner(context)?.plan(ledger, &choice.search(now)?, self.rate).await?;
            print(&plan, json)?;
            return Ok(Exit::Done);
        }
        let name: ReplayName = match &self.name {
            Some(name) => argument("--name", name)?,
            None => argument("--name", &now.strftime("replay-%Y%m%d-%H%M%S.%3f").to_string())?,
        };
        // A stretch of time counts back from when the run began: asked for again, it is the same.
        let known = ledger.find_replay(&name).await?;
        let search = choice.search(known.map_or(now, |known| known.began_at))?;
        let new = NewReplay { name: name.clone(), search, rate: self.rate };
        let (view, is_new) = match replaying::begin(ledger, &new, &by_at(context, why, now)).await {
            Ok(begun) => begun,
            Err(error) => return told(Err(error), |_| Ok(())),
        };
        if json {
            show(&view, true)?;
            return Ok(Exit::Done);
        }
        let begun = if is_new { "has begun" } else { "is there already" };
        output::line(format_args!("replay `{name}` {begun}"))?;
        if self.detach || !is_served(ledger, now).await? {
            output::line(format_args!("`deskbell replays show {name}` tells how far it has come"))?;
            return Ok(Exit::Done);
        }
        watch(ledger, &name).await
    }
}

/// Whether some worker is there to go on with it.
async fn is_served(ledger: &dyn Ledger, now: Timestamp) -> anyhow::Result<bool> {
    let desks = ledger.desks().await?;
    let is_served = desks.iter().any(|desk| desk.holder.is_some() && desk.until > now);
    if !is_served {
        output::aside("no service is running here: the replay goes on when one does");
    }
    Ok(is_served)
}

/// Today's rules, schemas and quotas, as the configuration has them.
fn planner(context: &Context) -> anyhow::Result<Planner> {
    let (config, schemas) = context.load()?;
    Ok(app::planner(Arc::new(LiveRules::from(config.rules)), schemas, &config.desks))
}

/// Shows how far a run comes, until all of it has come to an end or somebody has seen enough.
async fn watch(ledger: &dyn Ledger, name: &ReplayName) -> anyhow::Result<Exit> {
    let is_terminal = io::stdout().is_terminal();
    let mut last = String::new();
    loop {
        let view = replaying::show(ledger, name).await?;
        let line = view.progress.as_ref().map(counted).unwrap_or_default();
        if is_terminal {
            let mut out = io::stdout().lock();
            write!(out, "\r\x1b[2K{} {line}", bar(&view))?;
            out.flush()?;
        } else if line != last {
            output::line(&line)?;
        }
        last = line;
        if let Some(exit) = ended(&view) {
            if is_terminal {
                output::line("")?;
            }
            output::line(format_args!("replay `{name}` is {}", view.state))?;
            return Ok(exit);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = tokio::signal::ctrl_c() => {
                if is_terminal {
                    output::line("")?;
                }
                output::line(format_args!(
                    "replay `{name}` goes on; `deskbell replays pause {name} --why …` has it wait"
                ))?;
                return Ok(Exit::Done);
            }
        }
    }
}

/// How it ended, if it has: the answer is no where something died again, or it did not come to its end.
fn ended(view: &ReplayView) -> Option<Exit> {
    let progress = view.progress.as_ref()?;
    let is_under_way = progress.desks.iter().any(|desk| desk.under_way > 0);
    match view.state {
        ReplayState::Running => None,
        ReplayState::Paused | ReplayState::Cancelled => Some(Exit::No),
        ReplayState::Done if is_under_way => None,
        ReplayState::Done if progress.dead > 0 => Some(Exit::No),
        ReplayState::Done => Some(Exit::Done),
    }
}

/// A bar of what has come to an end, of all that was chosen.
fn bar(view: &ReplayView) -> String {
    let Some(progress) = &view.progress else { return String::new() };
    let through = progress.put_back.saturating_sub(progress.under_way);
    let full = (through * WIDTH).checked_div(progress.chosen).unwrap_or(WIDTH).min(WIDTH);
    let cells = (0..WIDTH).map(|cell| if cell < full { '#' } else { '.' });
    format!("[{}]", cells.collect::<String>())
}

fn print(plan: &ReplayPlan, json: bool) -> anyhow::Result<()> {
    if json {
        output::json(plan)?;
        return Ok(());
    }
    if plan.chosen == 0 {
        output::line("no dead letter is chosen")?;
        return Ok(());
    }
    let at_most = if plan.exact { "" } else { "at most " };
    let letters = if plan.chosen == 1 { "dead letter" } else { "dead letters" };
    output::line(format_args!("{at_most}{} {letters} would be put back", grouped(plan.chosen)))?;
    if plan.examined < plan.chosen {
        let (examined, chosen) = (grouped(plan.examined), grouped(plan.chosen));
        let words = "the latest ones; what they would become is counted of these";
        output::line(format_args!("examined {examined} of {chosen}, {words}"))?;
    }
    for desk in &plan.desks {
        output::line("")?;
        desk_lines(desk)?;
    }
    output::line("")?;
    let rate = plan.rate.map(|rate| format!(", {} a minute", grouped(rate.into())));
    match plan.seconds {
        Some(seconds) => output::line(format_args!(
            "it takes {} at least, at one call for each{}",
            output::span(Duration::from_secs(seconds)),
            rate.unwrap_or_default()
        ))?,
        None => output::line("how long it takes is not known: no such desk is configured here")?,
    }
    output::line("nothing was changed")?;
    Ok(())
}

fn desk_lines(desk: &PlanDesk) -> io::Result<()> {
    let quota = desk
        .quota_seconds
        .map(|seconds| format!(", {} under its quota", output::span(Duration::from_secs(seconds))));
    let (name, chosen) = (&desk.desk, grouped(desk.chosen));
    output::line(format_args!("{name}: {chosen}{}", quota.unwrap_or_default()))?;
    for (count, words) in [
        (desk.creates, "would create a ticket"),
        (desk.merges, "would be added to the ticket of their incident"),
        (desk.waits, "would wait for a ticket of their incident"),
        (desk.ticketed, "have their ticket already: only what is missing is done"),
        (desk.invalid, "have an event that still breaks its schema"),
        (desk.unmatched, "match no rule today, and would die again"),
        (desk.broken_rule, "have a rule that fails on them, and would die again"),
    ] {
        if count > 0 {
            output::line(format_args!("{:>9}  {words}", grouped(count)))?;
        }
    }
    Ok(())
}
