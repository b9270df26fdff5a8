//! What of a source's events nobody may read: `redact`.

use crate::{
    config::document::{Document, Table},
    event::{EventType, RedactedPath, Redaction, SchemaBook, TypePattern},
};

/// Reads the paths of one source; the faults are noted.
pub(super) fn read<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Redaction {
    let mut paths = Vec::new();
    for text in document.texts(table, "redact").unwrap_or_default() {
        if let Ok(path) = text.value.parse::<RedactedPath>() {
            paths.push(path);
        } else {
            let what = format!("`{}` is no path into the payload", document.as_written(&text));
            let cure = "write it as data.customer.phone, data.card.* or data.items.*.note";
            document.fault(text.at.start, what, cure);
        }
    }
    Redaction::new(paths)
}

/// Notes what is odd about the paths: those which no event that the source may post can have.
pub(super) fn warn(
    document: &mut Document<'_>,
    title: &str,
    redaction: &Redaction,
    types: &[TypePattern],
    schemas: &SchemaBook,
) {
    let is_allowed = |event_type: &&EventType| {
        types.is_empty() || types.iter().any(|pattern| pattern.matches(event_type))
    };
    let allowed: Vec<_> = schemas.types().filter(is_allowed).collect();
    let may_match = |path: &RedactedPath| {
        let mut schemas = allowed.iter().filter_map(|event_type| schemas.document(event_type));
        schemas.any(|schema| path.may_match(schema))
    };
    let never = redaction.paths().iter().filter(|path| !may_match(path));
    document.warnings.extend(
        never.map(|path| format!("{title} redacts `{path}`, which no schema allows there to be")),
    );
}
