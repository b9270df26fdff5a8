//! Edits of an event, as commands print them.

use std::io;

use serde_json::Value;

use super::super::output;
use crate::{event::Change, ledger::EditRecord};

/// Prints the edits of one delivery, each line behind `indent`.
pub(in super::super) fn print_edits(indent: &str, edits: &[EditRecord]) -> io::Result<()> {
    for edit in edits {
        let EditRecord { number, at, who, why, changes, .. } = edit;
        let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let at = output::instant(*at);
        output::line(format_args!("{indent}edit {number}, {at}, by {who}{why}"))?;
        print_changes(&format!("{indent}  "), changes)?;
    }
    Ok(())
}

/// Prints what is different, a line for each place.
pub(super) fn print_changes(indent: &str, changes: &[Change]) -> io::Result<()> {
    let shown = |value: &Option<Value>| match value {
        Some(value) => value.to_string(),
        None => "(nothing)".to_owned(),
    };
    for Change { pointer, before, after, .. } in changes {
        let (before, after) = (shown(before), shown(after));
        output::line(format_args!("{indent}{pointer}: {before} -> {after}"))?;
    }
    Ok(())
}
