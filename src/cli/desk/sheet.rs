//! What a call gives to print: a document for programs, and a table of it for people.

use std::io;

use comfy_table::Table;
use serde::Serialize;
use serde_json::Value;

use crate::cli::output;

/// A column's title and the JSON pointer to its cell: `("subject", "/properties/subject")`.
pub(super) type Columns<'a> = &'a [(&'a str, &'a str)];

/// What a call gives to print.
#[derive(Debug)]
pub(super) struct Sheet {
    document: Value,
    table: Table,
}

impl Sheet {
    /// One record: a row for each of its members, those of objects by their whole path.
    pub(super) fn one(record: &impl Serialize) -> anyhow::Result<Self> {
        let document = serde_json::to_value(record)?;
        let mut table = output::table(["member", "value"]);
        for (path, value) in leaves("", &document) {
            table.add_row([path, value]);
        }
        Ok(Self { document, table })
    }

    /// Records of one shape: a row for each.
    pub(super) fn list(records: &impl Serialize, columns: Columns<'_>) -> anyhow::Result<Self> {
        Self::list_in(records, "", columns)
    }

    /// A document with a list in it, at the pointer `at`: a row for each of the list's records.
    pub(super) fn list_in(
        document: &impl Serialize,
        at: &str,
        columns: Columns<'_>,
    ) -> anyhow::Result<Self> {
        let document = serde_json::to_value(document)?;
        let mut table = output::table([]);
        table.set_header(columns.iter().map(|(title, _)| title.to_uppercase()));
        for record in document.pointer(at).and_then(Value::as_array).into_iter().flatten() {
            table.add_row(
                columns
                    .iter()
                    .map(|(_, pointer)| record.pointer(pointer).map(cell).unwrap_or_default()),
            );
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Ok(Self { document, table })
    }

    /// A call that is answered with nothing but that it was done.
    pub(super) fn done(what: &str) -> anyhow::Result<Self> {
        Self::one(&serde_json::json!({ "done": what }))
    }

    /// Prints the one or the other.
    pub(super) fn print(self, json: bool) -> io::Result<()> {
        if json { output::json(&self.document) } else { output::line(self.table) }
    }
}

/// All values that are no objects, with the path to each.
fn leaves(path: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(&path, value)
            })
            .collect(),
        value => vec![(path.to_owned(), cell(value))],
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
