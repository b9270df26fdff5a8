//! `deskbell test`: whether the rules make of events what their tests say. Nothing is sent.

mod comparing;
mod file;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use self::{
    comparing::{Made, differences},
    file::RuleTest,
};
use super::{Context, Exit, WrongCall, given, output, read_file, source};
use crate::{
    config::Config,
    event::{Event, Route, SchemaBook},
    rules::RuleError,
};

/// Test the rules: whether they make of events what the files say. Nothing is sent.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files of tests: docs/rules.md tells what stands in them.
    #[arg(value_name = "FILE.TOML", required = true)]
    files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// How a test came out.
#[derive(Debug, Serialize)]
struct Outcome {
    file: String,
    line: usize,
    name: String,
    holds: bool,
    differences: Vec<String>,
}

impl Options {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = context.load()?;
        let mut outcomes = Vec::new();
        let mut tested = BTreeSet::new();
        for path in &self.files {
            for (line, test) in file::read(path)? {
                let name = test.name.get_ref().clone();
                let at = || WrongCall(format!("{}:{line}: `{name}`", path.display()));
                let event = event(path, &test, &config).with_context(at)?;
                let differences = match refusal(&event, &schemas) {
                    Some(words) => vec![words],
                    None => judge(&test, &event, &config, &mut tested),
                };
                let holds = differences.is_empty();
                let file = path.display().to_string();
                outcomes.push(Outcome { file, line, name, holds, differences });
            }
        }
        if self.json {
            output::json(&outcomes)?;
        } else {
            print(&outcomes)?;
            tell_untested(&config, &tested);
        }
        let all_hold = outcomes.iter().all(|outcome| outcome.holds);
        Ok(if all_hold { Exit::Done } else { Exit::No })
    }
}

/// The event of `test`, which stands in the file at `path`.
fn event(path: &Path, test: &RuleTest, config: &Config) -> anyhow::Result<Event> {
    let (source, _) = source(config, test.source.as_deref())?;
    let document = match &test.event {
        toml::Value::String(name) => {
            let beside = path.parent().unwrap_or(Path::new("")).join(name);
            let not_json = || WrongCall(format!("`{}` is not JSON", beside.display()));
            serde_json::from_str(&read_file(&beside)?).with_context(not_json)?
        }
        written => file::json(written.clone()),
    };
    let no_event = || WrongCall("its `event` is none".to_owned());
    given::event(document, source, "test").with_context(no_event)
}

/// Why the receiver would refuse `event`, if it would.
fn refusal(event: &Event, schemas: &SchemaBook) -> Option<String> {
    let violations = schemas.check(event).err()?;
    let told: Vec<_> =
        violations.iter().map(|it| format!("{}: {}", it.pointer, it.detail)).collect();
    Some(format!("the receiver would refuse the event: {}", told.join("; ")))
}

/// Every way in which `event` becomes another than `test` says; notes the rules that it reaches.
fn judge(
    test: &RuleTest,
    event: &Event,
    config: &Config,
    tested: &mut BTreeSet<String>,
) -> Vec<String> {
    let routes = config.rules.route(event);
    let mut found = Vec::new();
    for route in &routes {
        tested.insert(route.rule.to_string());
        let expected = test.expect.iter().find(|expected| *expected.desk == *route.desk.as_str());
        let Some(expected) = expected else {
            let Route { desk, rule, .. } = route;
            found.push(format!("{desk}: nothing is expected, and rule `{rule}` makes something"));
            continue;
        };
        found.extend(differences(expected, route, &made(config, route, event)));
    }
    let missing = test
        .expect
        .iter()
        .filter(|expected| routes.iter().all(|route| *expected.desk != *route.desk.as_str()));
    found.extend(missing.map(|expected| format!("{}: no rule makes anything", expected.desk)));
    found
}

fn made(config: &Config, route: &Route, event: &Event) -> Made {
    let gone = || RuleError { words: "no rule makes a ticket of it".to_owned() };
    config.rules.draft(&route.rule, &route.desk, event)?.ok_or_else(gone)
}

fn print(outcomes: &[Outcome]) -> std::io::Result<()> {
    for Outcome { file, line, name, holds, differences } in outcomes {
        if *holds {
            output::line(format_args!("ok    {name}"))?;
            continue;
        }
        output::line(format_args!("FAIL  {name} ({file}:{line})"))?;
        for words in differences {
            output::line(format_args!("      {words}"))?;
        }
    }
    let held = outcomes.iter().filter(|outcome| outcome.holds).count();
    output::line(format_args!("{held} of {} tests hold", outcomes.len()))
}

/// Says which rules no test has reached.
fn tell_untested(config: &Config, tested: &BTreeSet<String>) {
    let names = config.rules.rules().iter().map(|rule| rule.name.to_string());
    let untested: Vec<_> = names.filter(|name| !tested.contains(name)).collect();
    if !untested.is_empty() {
        output::aside(format_args!("no test reaches these rules: {}", untested.join(", ")));
    }
}
