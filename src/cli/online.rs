//! Asks the desks' accounts, for `deskbell check --online`.

use futures_util::future::join_all;
use serde::Serialize;

use super::{Exit, output};
use crate::{
    causes::Causes,
    config::Config,
    desks::{self, DeskConfig, Idle},
    event::DeskName,
    inspection::{Finding, Soundness},
};

/// What one account was found to be.
#[derive(Debug, Serialize)]
pub(super) struct Inspected {
    desk: DeskName,
    /// Why it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreachable: Option<String>,
    findings: Vec<Finding>,
}

/// Asks all accounts, or the one called `only`, at once.
pub(super) async fn inspect(config: &Config, only: Option<&DeskName>) -> Vec<Inspected> {
    let wanted = config.desks.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    join_all(wanted.map(|(name, desk)| one(config, name, desk))).await
}

async fn one(config: &Config, name: &DeskName, desk: &DeskConfig) -> Inspected {
    let needs = config.rules.needs(name);
    let told = match desks::build(desk) {
        Ok(desk) => desk.inspect(&needs, &Idle::always()).await.map_err(|it| said(&it)),
        Err(error) => Err(said(&error)),
    };
    let (findings, unreachable) = match told {
        Ok(findings) => (findings, None),
        Err(words) => (Vec::new(), Some(words)),
    };
    Inspected { desk: name.clone(), unreachable, findings }
}

fn said(error: &(dyn std::error::Error + 'static)) -> String {
    Causes(error).to_string()
}

/// No, where a delivery would fail, or where nobody can tell.
pub(super) fn exit(inspected: &[Inspected]) -> Exit {
    let is_wrong = |inspected: &Inspected| {
        let is_fault = |finding: &Finding| finding.verdict == Soundness::Fault;
        inspected.unreachable.is_some() || inspected.findings.iter().any(is_fault)
    };
    if inspected.iter().any(is_wrong) { Exit::No } else { Exit::Done }
}

/// A table for each desk.
pub(super) fn print(inspected: &[Inspected]) -> std::io::Result<()> {
    for Inspected { desk, unreachable, findings } in inspected {
        output::line("")?;
        if let Some(why) = unreachable {
            output::line(format_args!("{desk}: cannot be asked: {why}"))?;
            continue;
        }
        output::line(format_args!("{desk}: {}", counted(findings)))?;
        table(findings)?;
    }
    Ok(())
}

/// `2 faults, 1 unknown, 9 sound`
pub(super) fn counted(findings: &[Finding]) -> String {
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let faults = count(Soundness::Fault);
    let plural = if faults == 1 { "" } else { "s" };
    let (unknown, sound) = (count(Soundness::Unknown), count(Soundness::Sound));
    format!("{faults} fault{plural}, {unknown} unknown, {sound} sound")
}

/// The worst first.
pub(super) fn table(findings: &[Finding]) -> std::io::Result<()> {
    let mut table = output::table(["", "what", "found", "used by"]);
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.verdict);
    for finding in sorted {
        table.add_row([
            finding.verdict.as_str().to_owned(),
            finding.subject.clone(),
            finding.told(),
            users(&finding.used_by),
        ]);
    }
    output::line(table)
}

/// The keys, and behind them the rules by their names alone.
fn users(used_by: &[String]) -> String {
    let rule = |user: &String| Some(user.strip_prefix("rule `")?.strip_suffix('`')?.to_owned());
    let keys: Vec<_> = used_by.iter().filter(|user| rule(user).is_none()).cloned().collect();
    let rules: Vec<_> = used_by.iter().filter_map(rule).collect();
    let rules = match rules.len() {
        0 => None,
        1 => Some(format!("rule {}", rules[0])),
        _ => Some(format!("rules {}", rules.join(", "))),
    };
    keys.into_iter().chain(rules).collect::<Vec<_>>().join("; ")
}
