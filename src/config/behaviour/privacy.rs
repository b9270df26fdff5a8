//! `[privacy]`: what of an event names its customer, and how long what it says is kept.

use crate::{
    config::document::{Document, Table},
    ledger::{FieldMatch, Privacy, Retention},
};

/// Where events name their customers, unless the file says otherwise.
const CUSTOMER: [&str; 2] = ["data.customerExternalId", "data.customer.externalId"];

/// Reads it; the faults are noted.
pub(super) fn read<'d>(document: &mut Document<'d>, root: &Table<'d>) -> Privacy {
    let Some(table) = document.table(root, "privacy", "[privacy]") else {
        return Privacy { customer_paths: default(), retention: Retention::default() };
    };
    let customer_paths = customer_paths(document, &table);
    let retention = retention(document, &table);
    document.finish(&table);
    Privacy { customer_paths, retention }
}

fn default() -> Vec<String> {
    CUSTOMER.map(str::to_owned).to_vec()
}

/// The members of the payload that name its customer.
fn customer_paths<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Vec<String> {
    let texts = document.texts(table, "customer");
    let mut paths = Vec::new();
    for text in texts.into_iter().flatten() {
        if FieldMatch::new(&text.value, "").is_ok() {
            paths.push(text.value);
        } else {
            let what = format!("`{}` is no member of the payload", document.as_written(&text));
            document.fault(text.at.start, what, "write it as data.customerExternalId");
        }
    }
    if paths.is_empty() { default() } else { paths }
}

/// How long each is kept.
fn retention<'d>(document: &mut Document<'d>, privacy: &Table<'d>) -> Retention {
    let Some(table) = document.table(privacy, "retention", "[privacy.retention]") else {
        return Retention::default();
    };
    let time = |end| document.duration(&table, end).map(|time| (end, time));
    let retention = Retention::ENDS.into_iter().filter_map(time).collect();
    document.finish(&table);
    retention
}
