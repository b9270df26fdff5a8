//! `[sources.<name>]`: who posts events, and how it is proved.

mod formats;
mod verify;

use std::collections::BTreeMap;

use crate::{
    config::document::{Document, Said, Table},
    event::{EventType, SourceName},
    formats::Translator,
    signature::SchemeSettings,
};

/// Reads all sources, and into `translators` what those say whose webhooks are native.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
    knows_type: &dyn Fn(&EventType) -> bool,
    translators: &mut BTreeMap<SourceName, Translator>,
) -> BTreeMap<SourceName, SchemeSettings> {
    let mut sources = BTreeMap::new();
    let Some(table) = document.table(root, "sources", "[sources]") else { return sources };
    for (key, value) in table.members() {
        let name = Said { value: key.get_ref().to_string(), at: key.span() };
        let title = format!("[sources.{}]", name.value);
        let Some(table) = document.table_of(value, &name.value, title) else { continue };
        let settings = verify::read(document, &table);
        let translator = formats::read(document, &table, knows_type);
        document.finish(&table);
        let name = document.name(&name, "source");
        if let (Some(name), Some(translator)) = (&name, translator) {
            translators.insert(SourceName::clone(name), translator);
        }
        if let (Some(name), Some(settings)) = (name, settings) {
            sources.insert(name, settings);
        }
    }
    sources
}
