//! `deskbell preview`: the exact requests that each desk would get. Nothing is sent.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::{Context, Exit, WrongCall, given, output, read_file, source};
use crate::{
    delivery::DeliveryKey,
    desks::{self, Preview},
    event::{Event, Route, SourceName},
    rules::{Matching, RuleBook},
    ticket::{Action, Bound, Involvement},
};

/// Print the exact requests that each desk would get for an event. Nothing is sent.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// A file with the event: CloudEvents JSON, or the plain form `{"type", "data"}`.
    #[arg(value_name = "EVENT.JSON")]
    event: PathBuf,
    /// The source that would post it; the first by name where none is given.
    #[arg(long)]
    source: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = context.load()?;
        let (source, _) = source(&config, self.source.as_deref())?;
        let event = read(&self.event, source)?;
        if let Err(violations) = schemas.check(&event) {
            output::aside("the receiver would refuse this event:");
            for violation in violations {
                output::aside(format_args!("  {}: {}", violation.pointer, violation.detail));
            }
            return Ok(Exit::No);
        }
        let mut previews = Vec::new();
        for route in config.rules.route(&event) {
            let desk = config.desks.get(&route.desk).context("a rule names an unknown desk")?;
            let desk = desks::build(desk)?;
            let key = DeliveryKey::of(&event.source, &event.id, &route.desk);
            let mut brake = None;
            let (incident, requests) = match config.rules.draft(&route.rule, &route.desk, &event) {
                Ok(Some(draft)) if draft.opens() => {
                    let requests = desk.preview(&key, &draft).map_err(|error| error.to_string());
                    brake = draft.brake;
                    (draft.incident, requests)
                }
                // What is sent depends on the ticket, which the ledger knows.
                Ok(Some(draft)) => (draft.incident, Ok(Vec::new())),
                Ok(None) => (None, Err("no rule makes a ticket of it".to_owned())),
                Err(error) => (None, Err(error.to_string())),
            };
            previews.push(Previewed { route, incident, brake, requests });
        }
        let failed = previews.iter().any(|previewed| previewed.requests.is_err());
        if self.json {
            print_json(&previews)?;
        } else {
            print(&event, &previews)?;
            print_verdicts(&config.rules, &event)?;
        }
        Ok(if failed { Exit::No } else { Exit::Done })
    }
}

/// An event from a file; one without an id gets a stand-in.
fn read(path: &std::path::Path, source: &SourceName) -> anyhow::Result<Event> {
    let not_json = || WrongCall(format!("`{}` is not JSON", path.display()));
    let document = serde_json::from_str(&read_file(path)?).with_context(not_json)?;
    given::event(document, source, "preview")
        .with_context(|| format!("`{}` is not an event", path.display()))
}

/// What one desk would get.
struct Previewed {
    route: Route,
    incident: Option<Involvement>,
    brake: Option<Bound>,
    requests: Result<Vec<Preview>, String>,
}

fn print_json(previews: &[Previewed]) -> std::io::Result<()> {
    let view = |Previewed { route, incident, brake, requests }: &Previewed| {
        let incident = incident.as_ref().map(|it| json!({ "key": it.key, "action": it.action }));
        json!({
            "incident": incident,
            "brake": brake.as_ref().map(|it| json!({ "over": it.over, "within_seconds": it.within.as_secs_f64() })),
            "desk": route.desk,
            "rule": route.rule,
            "priority": route.priority,
            "requests": requests.as_ref().ok(),
            "error": requests.as_ref().err(),
        })
    };
    output::json(&previews.iter().map(view).collect::<Vec<_>>())
}

fn print(event: &Event, previews: &[Previewed]) -> std::io::Result<()> {
    if previews.is_empty() {
        output::line(format_args!("no rule matches this {}", event.event_type))?;
    }
    for Previewed { route: Route { desk, rule, priority }, incident, brake, requests } in previews {
        output::line(format_args!("# {desk}: rule {rule}, {priority}"))?;
        if let Some(Bound { over, within, .. }) = brake {
            output::line(format_args!(
                "# brake: past {over} such tickets within {} it is counted at one ticket for all of them",
                output::span(*within)
            ))?;
        }
        if let Some(Involvement { key, action, .. }) = incident {
            let does = match action {
                Action::Open => "unless it has an open ticket, which gets a comment instead",
                Action::Comment => "its ticket gets a comment",
                Action::Resolve => "its ticket gets a comment and is resolved",
            };
            output::line(format_args!("# incident {key}: {does}"))?;
        }
        match requests {
            Err(why) => output::line(format_args!("would become a dead letter: {why}"))?,
            Ok(requests) => requests.iter().try_for_each(print_request)?,
        }
    }
    Ok(())
}

pub(super) fn print_request(request: &Preview) -> std::io::Result<()> {
    output::line(format_args!("\n{request}"))
}

/// Why each rule does or does not make a ticket.
fn print_verdicts(rules: &RuleBook, event: &Event) -> std::io::Result<()> {
    output::line("")?;
    for verdict in rules.verdicts(event) {
        if verdict.matching != Matching::OtherType {
            output::line(format_args!("# rule {} {verdict}", verdict.rule))?;
        }
    }
    Ok(())
}
