//! `[preflight]`: how often the desks' accounts are inspected.

use std::time::Duration;

use crate::config::document::{Document, Table};

/// How often, where the file does not say.
const EVERY: Duration = Duration::from_hours(1);

/// For never.
const OFF: &str = "off";

/// Reads it; `None`: never.
pub(super) fn read<'d>(document: &mut Document<'d>, root: &Table<'d>) -> Option<Duration> {
    let Some(table) = document.table(root, "preflight", "[preflight]") else { return Some(EVERY) };
    let is_off =
        |value: &toml::Spanned<toml::de::DeValue<'_>>| value.get_ref().as_str() == Some(OFF);
    let every = if table.get("every").is_some_and(is_off) {
        None
    } else {
        Some(document.duration(&table, "every").unwrap_or(EVERY))
    };
    document.finish(&table);
    every
}
