//! `[sources.<name>]`: who posts events, and how it is proved.

mod callback;
mod formats;
mod status;
mod verify;

use std::{collections::BTreeMap, net::SocketAddr};

use secrecy::SecretString;

use crate::{
    callbacks::CallbackSettings,
    config::document::{Document, Said, Table},
    event::{EventType, SourceName},
    formats::Translator,
    signature::SchemeSettings,
};

/// What the file says of all sources.
#[derive(Debug, Default)]
pub(in crate::config) struct Sources {
    pub(in crate::config) verify: BTreeMap<SourceName, SchemeSettings>,
    /// Only of sources whose webhooks are native.
    pub(in crate::config) translators: BTreeMap<SourceName, Translator>,
    /// Only of sources that have some.
    pub(in crate::config) status_tokens: BTreeMap<SourceName, Vec<SecretString>>,
    /// Only of sources that wish to be called back.
    pub(in crate::config) callbacks: BTreeMap<SourceName, CallbackSettings>,
}

/// Reads all sources of the receiver at `listen`.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
    listen: SocketAddr,
    knows_type: &dyn Fn(&EventType) -> bool,
) -> Sources {
    let mut sources = Sources::default();
    let Some(table) = document.table(root, "sources", "[sources]") else { return sources };
    for (key, value) in table.members() {
        let name = Said { value: key.get_ref().to_string(), at: key.span() };
        let title = format!("[sources.{}]", name.value);
        let Some(table) = document.table_of(value, &name.value, title) else { continue };
        let settings = verify::read(document, &table, listen);
        let translator = formats::read(document, &table, knows_type);
        let tokens = status::read(document, &table);
        let callback = callback::read(document, &table);
        document.finish(&table);
        let Some(name) = document.name::<SourceName>(&name, "source") else { continue };
        if let Some(translator) = translator {
            sources.translators.insert(name.clone(), translator);
        }
        if let Some(callback) = callback {
            sources.callbacks.insert(name.clone(), callback);
        }
        if !tokens.is_empty() {
            sources.status_tokens.insert(name.clone(), tokens);
        }
        if let Some(settings) = settings {
            sources.verify.insert(name, settings);
        }
    }
    sources
}
