//! A comparison as people read it, and as programs do. Nothing of an event is told but its name.

use std::io;

use serde_json::{Value, json};

use super::{
    super::output,
    comparison::{Comparison, Ends, Failing, Pair, Tally},
};
use crate::ledger::EventSpan;

/// The comparison as one document.
pub(super) fn document(comparison: &Comparison, span: &EventSpan) -> Value {
    let Comparison { desks, priorities, ends, failing, .. } = comparison;
    let priorities = priorities.iter().map(|((desk, before, after), tally)| {
        json!({ "desk": desk, "before": before, "after": after, "events": tally })
    });
    let ends = ends.iter().map(|((desk, before, after), tally)| {
        json!({ "desk": desk, "before": before, "after": after, "events": tally })
    });
    let failing = failing.iter().map(|((rule, words), Failing { times, examples })| {
        json!({ "rule": rule, "words": words, "times": times, "examples": examples.examples })
    });
    json!({
        "since": span.since.to_string(),
        "until": span.until.to_string(),
        "events": comparison.events,
        "changes": comparison.changes(),
        "tickets": comparison.tickets(),
        "desks": desks,
        "ends": ends.collect::<Vec<_>>(),
        "priorities": priorities.collect::<Vec<_>>(),
        "unmatched": comparison.unmatched,
        "no_longer_matched": comparison.lost,
        "newly_matched": comparison.won,
        "failing": failing.collect::<Vec<_>>(),
    })
}

/// Prints what `file` would change.
pub(super) fn print(comparison: &Comparison, span: &EventSpan, file: &str) -> io::Result<()> {
    let (first, last) = (comparison.first.unwrap_or(span.since), comparison.last);
    output::line(format_args!(
        "{} events, {} to {}",
        comparison.events,
        output::instant(first),
        output::instant(last.unwrap_or(span.until))
    ))?;
    output::line(sentence(comparison, file))?;
    print_desks(comparison)?;
    print_changes(comparison)?;
    print_failing(comparison)
}

/// What changes, in one line.
fn sentence(comparison: &Comparison, file: &str) -> String {
    if !comparison.changes() {
        return format!("nothing changes by {file}");
    }
    let Pair { before, after } = comparison.tickets();
    let tickets = if before == after {
        format!("{after} tickets, as many as now")
    } else {
        format!("{after} tickets instead of {before}")
    };
    let priorities: u64 = comparison.priorities.values().map(|tally| tally.count).sum();
    let lost = comparison.lost.count;
    let mut parts = vec![tickets];
    match priorities {
        0 => {}
        1 => parts.push("1 priority changes".to_owned()),
        many => parts.push(format!("{many} priorities change")),
    }
    match lost {
        0 => {}
        1 => parts.push("1 event matches nothing any more".to_owned()),
        many => parts.push(format!("{many} events match nothing any more")),
    }
    format!("by {file}: {}", parts.join("; "))
}

/// A count, and what it becomes.
fn arrow(Pair { before, after }: Pair) -> String {
    if before == after { after.to_string() } else { format!("{before} → {after}") }
}

fn print_desks(comparison: &Comparison) -> io::Result<()> {
    let mut table = output::table(["desk", "tickets", "added", "resolved", "dead letters"]);
    for (desk, Ends { tickets, merged, resolved, failed }) in &comparison.desks {
        let counts = [*tickets, *merged, *resolved, *failed].map(arrow);
        table.add_row([desk.to_string()].into_iter().chain(counts));
    }
    if !comparison.desks.is_empty() {
        output::line("")?;
        output::line(table)?;
    }
    output::line(format_args!("matching no rule: {}", arrow(comparison.unmatched)))
}

fn print_changes(comparison: &Comparison) -> io::Result<()> {
    let Comparison { ends, priorities, lost, won, .. } = comparison;
    let ends = ends.iter().map(|((desk, before, after), tally)| {
        (format!("{desk}: {after} instead of {before}"), tally)
    });
    let priorities = priorities.iter().map(|((desk, before, after), tally)| {
        (format!("{desk}: {after} instead of {before}"), tally)
    });
    for (title, lines) in [
        ("what ends otherwise", ends.collect::<Vec<_>>()),
        ("priorities", priorities.collect()),
        ("matching nothing any more", vec![(String::new(), lost)]),
        ("matching a rule now", vec![(String::new(), won)]),
    ] {
        if lines.iter().all(|(_, tally)| tally.count == 0) {
            continue;
        }
        output::line(format_args!("\n{title}"))?;
        for (words, tally) in lines {
            let words = if words.is_empty() { words } else { format!("{words}: ") };
            output::line(format_args!("  {words}{}", told(tally)))?;
        }
    }
    Ok(())
}

fn told(Tally { count, examples }: &Tally) -> String {
    let shown = u64::try_from(examples.len()).unwrap_or(u64::MAX);
    let more = if *count > shown { ", …" } else { "" };
    format!("{count} ({}{more})", examples.join(", "))
}

fn print_failing(comparison: &Comparison) -> io::Result<()> {
    if comparison.failing.is_empty() {
        return Ok(());
    }
    output::line("\nrules that fail")?;
    for ((rule, words), Failing { times, examples }) in &comparison.failing {
        let examples = examples.examples.join(", ");
        output::line(format_args!("  {rule}: {words}: {} ({examples})", arrow(*times)))?;
    }
    Ok(())
}
