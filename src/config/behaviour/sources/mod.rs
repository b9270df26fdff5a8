//! `[sources.<name>]`: who posts events, how it is proved, and what they may post.

mod callback;
mod formats;
mod limits;
mod redaction;
mod status;
mod verify;

pub(super) use callback::webhook;

use std::{collections::BTreeMap, net::SocketAddr};

use crate::{
    config::{
        document::{Document, Said, Table},
        source::SourceConfig,
    },
    event::{Redaction, Redactions, SchemaBook, SourceName},
};

/// Reads all sources of the receiver at `listen`.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
    listen: SocketAddr,
    schemas: &SchemaBook,
) -> BTreeMap<SourceName, SourceConfig> {
    let mut sources = BTreeMap::new();
    for (name, table) in tables(document, root) {
        let source = source(document, &table, listen, schemas);
        document.finish(&table);
        let name = document.name::<SourceName>(&name, "source");
        sources.extend(name.zip(source));
    }
    sources
}

/// Reads one; `None` where it does not say how it proves who it is.
fn source<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    listen: SocketAddr,
    schemas: &SchemaBook,
) -> Option<SourceConfig> {
    let verify = verify::read(document, table, listen);
    let translator = formats::read(document, table, &|event_type| schemas.knows(event_type));
    let limits = limits::read(document, table, schemas);
    let redaction = redaction::read(document, table);
    redaction::warn(document, &table.title, &redaction, &limits.types, schemas);
    let status_tokens = status::read(document, table);
    let callback = callback::read(document, table);
    Some(SourceConfig { verify: verify?, translator, limits, redaction, status_tokens, callback })
}

/// Reads of all sources what nobody may read of their events, and looks at nothing else of them.
pub(super) fn redactions<'d>(document: &mut Document<'d>, root: &Table<'d>) -> Redactions {
    let mut redactions: Vec<(SourceName, Redaction)> = Vec::new();
    for (name, table) in tables(document, root) {
        let redaction = redaction::read(document, &table);
        if let Some(name) = document.name(&name, "source") {
            redactions.push((name, redaction));
        }
    }
    redactions.into_iter().collect()
}

fn tables<'d>(document: &mut Document<'d>, root: &Table<'d>) -> Vec<(Said<String>, Table<'d>)> {
    let Some(all) = document.table(root, "sources", "[sources]") else { return Vec::new() };
    let mut tables = Vec::new();
    for (key, value) in all.members() {
        let name = Said { value: key.get_ref().to_string(), at: key.span() };
        let title = format!("[sources.{}]", name.value);
        if let Some(table) = document.table_of(value, &name.value, title) {
            tables.push((name, table));
        }
    }
    tables
}
