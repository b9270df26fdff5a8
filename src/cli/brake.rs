//! `deskbell brake`: floods that one ticket stands for, and an operator's word to let go.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Context, Exit, WrongCall, acting::by, argument, output};
use crate::{
    delivery::{Flood, LetGo},
    event::{DeskName, RuleName},
    ledger::{BrakeRecord, FloodRecord, Ledger},
};

/// Brakes of rules: list the floods that one ticket stands for, let go of one.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// The floods: those that go on, and the last ones that are over.
    List {
        /// Those that go on alone.
        #[arg(long)]
        on: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lets go: events that come from now on have tickets of their own, up to the bound.
    Release {
        /// The rule.
        rule: String,
        /// At this desk; where the rule's brake is on at one only, there.
        #[arg(long)]
        desk: Option<String>,
        /// Why, for those who look later.
        #[arg(long)]
        why: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let ledger = context.ledger()?;
        match self.act {
            Act::List { on, json } => list(&ledger.brakes().await?, on, json),
            Act::Release { rule, desk, why, json } => {
                let rule: RuleName = argument("rule", &rule)?;
                let desk = desk.map(|desk| argument::<DeskName>("--desk", &desk)).transpose()?;
                let desk = match desk {
                    Some(desk) => desk,
                    None => match only_desk(&*ledger, rule.as_str()).await? {
                        Some(desk) => desk,
                        None => return Ok(is_off(rule.as_str())),
                    },
                };
                let by = by(context, Some(why));
                match ledger.release_brake(&desk, rule.as_str(), &by).await? {
                    Some(released) => show(&released, json),
                    None => Ok(is_off(rule.as_str())),
                }
            }
        }
    }
}

fn is_off(rule: &str) -> Exit {
    output::aside(format_args!("the brake of rule `{rule}` is not on"));
    Exit::No
}

/// The desk at which the rule's brake is on.
async fn only_desk(ledger: &dyn Ledger, rule: &str) -> anyhow::Result<Option<DeskName>> {
    let mut brakes = ledger.brakes().await?;
    brakes.retain(|known| known.rule == rule && known.brake.floods.iter().any(Flood::is_on));
    let names: Vec<&str> = brakes.iter().map(|known| known.desk.as_str()).collect();
    let several =
        || WrongCall(format!("it is on at several desks: choose --desk {}", names.join("|")));
    if names.len() > 1 {
        return Err(several()).context("which desk is not said");
    }
    Ok(brakes.pop().map(|known| known.desk))
}

fn list(brakes: &[BrakeRecord], on: bool, json: bool) -> anyhow::Result<Exit> {
    let of_one = |record: &BrakeRecord| {
        let BrakeRecord { desk, rule, brake } = record.clone();
        let of = move |flood| FloodRecord { desk: desk.clone(), rule: rule.clone(), flood };
        brake.floods.into_iter().rev().map(of).collect::<Vec<_>>()
    };
    let mut floods: Vec<FloodRecord> = brakes.iter().flat_map(of_one).collect();
    floods.retain(|record| !on || record.flood.is_on());
    if json {
        output::json(&floods.iter().map(view).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let header =
        ["rule", "desk", "brake", "since", "latest", "events", "recovered", "ticket", "end"];
    let mut table = output::table(header);
    for FloodRecord { desk, rule, flood } in &floods {
        table.add_row([
            rule.clone(),
            desk.to_string(),
            if flood.is_on() { "on" } else { "off" }.to_owned(),
            output::instant(flood.banner.since),
            output::instant(flood.latest),
            flood.tally.events.to_string(),
            flood.tally.recovered.to_string(),
            flood.ticket.as_ref().map_or_else(String::new, |ticket| ticket.id.clone()),
            end(flood),
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}

fn end(flood: &Flood) -> String {
    match &flood.end {
        None => String::new(),
        Some(LetGo { at, by: Some(by), why }) => {
            let why = why.as_deref().unwrap_or_default();
            format!("{} by {by}: {why}", output::instant(*at))
        }
        Some(LetGo { at, .. }) => output::instant(*at),
    }
}

fn show(record: &FloodRecord, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&view(record))?;
        return Ok(Exit::Done);
    }
    let FloodRecord { desk, rule, flood } = record;
    output::line(format_args!(
        "the brake of rule {rule} is off at {desk}; {} events are at {}",
        flood.tally.events,
        flood.ticket.as_ref().map_or("no ticket yet", |ticket| &ticket.id)
    ))?;
    Ok(Exit::Done)
}

/// A flood as programs read it.
fn view(FloodRecord { desk, rule, flood }: &FloodRecord) -> Value {
    let bound = &flood.banner.bound;
    json!({
        "desk": desk,
        "rule": rule,
        "flood": flood.number,
        "on": flood.is_on(),
        "over": bound.over,
        "within_seconds": bound.within.as_secs_f64(),
        "priority": flood.banner.priority,
        "since": flood.banner.since.to_string(),
        "latest": flood.latest.to_string(),
        "events": flood.tally.events,
        "recovered": flood.tally.recovered,
        "parent": flood.parent.as_ref().or(flood.holder.as_ref()),
        "ticket": flood.ticket,
        "end": flood.end,
    })
}
