//! `[privacy]`: what of an event names its customer.

use crate::{
    config::document::{Document, Table},
    ledger::FieldMatch,
};

/// Where events name their customers, unless the file says otherwise.
const CUSTOMER: [&str; 2] = ["data.customerExternalId", "data.customer.externalId"];

/// Reads the members of the payload; the faults are noted.
pub(super) fn read<'d>(document: &mut Document<'d>, root: &Table<'d>) -> Vec<String> {
    let default = || CUSTOMER.map(str::to_owned).to_vec();
    let Some(table) = document.table(root, "privacy", "[privacy]") else { return default() };
    let texts = document.texts(&table, "customer");
    let mut paths = Vec::new();
    for text in texts.into_iter().flatten() {
        if FieldMatch::new(&text.value, "").is_ok() {
            paths.push(text.value);
        } else {
            let what = format!("`{}` is no member of the payload", document.as_written(&text));
            document.fault(text.at.start, what, "write it as data.customerExternalId");
        }
    }
    document.finish(&table);
    if paths.is_empty() { default() } else { paths }
}
