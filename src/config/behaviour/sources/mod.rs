//! `[sources.<name>]`: who posts events, and how it is proved.

mod verify;

use std::collections::BTreeMap;

use crate::{
    config::document::{Document, Said, Table},
    event::SourceName,
    signature::SchemeSettings,
};

/// Reads all sources.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
) -> BTreeMap<SourceName, SchemeSettings> {
    let mut sources = BTreeMap::new();
    let Some(table) = document.table(root, "sources", "[sources]") else { return sources };
    for (key, value) in table.members() {
        let name = Said { value: key.get_ref().to_string(), at: key.span() };
        let title = format!("[sources.{}]", name.value);
        let Some(table) = document.table_of(value, &name.value, title) else { continue };
        let settings = verify::read(document, &table);
        document.finish(&table);
        if let (Some(name), Some(settings)) = (document.name(&name, "source"), settings) {
            sources.insert(name, settings);
        }
    }
    sources
}
