//! From a schema's document to its validator.

use std::path::Path;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::SchemaFault;
use crate::event::strict::pointer_step;

/// The only dialect that is read.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keywords whose values are data, in which `$ref` is a member like any other.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// Compiles `document`, with patterns matched in linear time, so that no sender can stall a worker.
pub(super) fn compile(file: &Path, document: &Value) -> Result<Validator, Vec<SchemaFault>> {
    let mut faults = Vec::new();
    if let Some(dialect) = document.get("$schema")
        && dialect.as_str().map(|dialect| dialect.trim_end_matches('#')) != Some(DIALECT)
    {
        let words = format!("only {DIALECT} is read");
        faults.push(SchemaFault::at(file, "/$schema", words));
    }
    references(document, "", &mut |place, words| faults.push(SchemaFault::at(file, place, words)));
    if !faults.is_empty() {
        return Err(faults);
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(PatternOptions::regex())
        .offline()
        .build(document)
        .map_err(|error| {
            let place = error.instance_path().as_str().to_owned();
            vec![SchemaFault::at(file, &place, error.to_string())]
        })
}

/// Tells of each reference that leads out of the document.
fn references(node: &Value, place: &str, tell: &mut impl FnMut(&str, &'static str)) {
    match node {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{place}{}", pointer_step(name));
                let refers = matches!(name.as_str(), "$ref" | "$dynamicRef");
                match member {
                    Value::String(target) if refers && !target.starts_with('#') => {
                        tell(&place, "only references within the file (`#…`) are followed");
                    }
                    _ if DATA.contains(&name.as_str()) => {}
                    _ => references(member, &place, tell),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                references(item, &format!("{place}/{index}"), tell);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
