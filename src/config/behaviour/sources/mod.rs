//! `[sources.<name>]`: who posts events, how it is proved, and what they may post.

mod callback;
mod formats;
mod limits;
mod redaction;
mod status;
mod verify;

use std::{collections::BTreeMap, net::SocketAddr};

use secrecy::SecretString;

use crate::{
    callbacks::CallbackSettings,
    config::document::{Document, Said, Table},
    event::{EventType, Redaction, Redactions, SchemaBook, SourceName},
    formats::Translator,
    receiver::SourceLimits,
    signature::SchemeSettings,
};

/// What the file says of all sources.
#[derive(Debug, Default)]
pub(in crate::config) struct Sources {
    pub(in crate::config) verify: BTreeMap<SourceName, SchemeSettings>,
    /// Only of sources whose webhooks are native.
    pub(in crate::config) translators: BTreeMap<SourceName, Translator>,
    pub(in crate::config) limits: BTreeMap<SourceName, SourceLimits>,
    pub(in crate::config) redactions: Redactions,
    /// Only of sources that have some.
    pub(in crate::config) status_tokens: BTreeMap<SourceName, Vec<SecretString>>,
    /// Only of sources that wish to be called back.
    pub(in crate::config) callbacks: BTreeMap<SourceName, CallbackSettings>,
    /// What is odd and no fault.
    pub(in crate::config) warnings: Vec<String>,
}

/// Reads all sources of the receiver at `listen`.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
    listen: SocketAddr,
    schemas: &SchemaBook,
) -> Sources {
    let knows_type = &|event_type: &EventType| schemas.knows(event_type);
    let mut sources = Sources::default();
    let mut redactions = Vec::new();
    for (name, table) in tables(document, root) {
        let settings = verify::read(document, &table, listen);
        let translator = formats::read(document, &table, knows_type);
        let limits = limits::read(document, &table, schemas);
        let redaction = redaction::read(document, &table);
        let odd = redaction::warnings(&table.title, &redaction, &limits.types, schemas);
        sources.warnings.extend(odd);
        let tokens = status::read(document, &table);
        let callback = callback::read(document, &table);
        document.finish(&table);
        let Some(name) = document.name::<SourceName>(&name, "source") else { continue };
        redactions.push((name.clone(), redaction));
        if let Some(translator) = translator {
            sources.translators.insert(name.clone(), translator);
        }
        if let Some(callback) = callback {
            sources.callbacks.insert(name.clone(), callback);
        }
        if !tokens.is_empty() {
            sources.status_tokens.insert(name.clone(), tokens);
        }
        sources.limits.insert(name.clone(), limits);
        if let Some(settings) = settings {
            sources.verify.insert(name, settings);
        }
    }
    sources.redactions = redactions.into_iter().collect();
    sources
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
