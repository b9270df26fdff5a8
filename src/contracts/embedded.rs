//! JSON Schemas inside a larger document.

use serde_json::{Map, Value, json};

use crate::event::{EventType, SchemaBook};

/// The schemas of all event types' data, each under its name in `components/schemas`.
pub(super) fn data_schemas(schemas: &SchemaBook) -> Map<String, Value> {
    let types = schemas.types().filter_map(|event_type| {
        let name = data_name(event_type);
        let schema =
            relocated(schemas.document(event_type)?, &format!("#/components/schemas/{name}"));
        Some((name, schema))
    });
    types.collect()
}

/// What the schema of a type's data is called.
pub(super) fn data_name(event_type: &EventType) -> String {
    format!("Data.{event_type}")
}

/// A reference to a schema of the same document.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A structured CloudEvent of one type, as Deskbell publishes it.
pub(super) fn cloudevent(event_type: &EventType) -> Value {
    json!({
        "title": format!("{event_type} as a CloudEvent"),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "minLength": 1, "description": "With the source, what makes it the same event." },
            "source": { "type": "string", "description": "As the sender writes it." },
            "type": { "const": event_type.as_str() },
            "subject": { "type": "string" },
            "time": { "type": "string", "format": "date-time", "description": "When it happened." },
            "dataschema": { "type": "string" },
            "datacontenttype": { "const": "application/json" },
            "data": reference(&data_name(event_type)),
        },
    })
}

/// A schema as it reads at `place` of another document: what it says of itself as a document goes, and
/// its references to itself lead to the new place.
fn relocated(schema: &Value, place: &str) -> Value {
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("$schema");
        members.shift_remove("$id");
    }
    redirect(&mut schema, place);
    schema
}

fn redirect(value: &mut Value, place: &str) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref")
                && let Some(inside) = target.strip_prefix('#')
            {
                *target = format!("{place}{inside}");
            }
            members.values_mut().for_each(|member| redirect(member, place));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, place)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_refers_to_itself_does_so_at_its_new_place() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": { "who": { "$ref": "#/$defs/who" }, "more": { "items": [{ "$ref": "#" }] } },
            "$defs": { "who": { "type": "string" } },
        });
        let expected = json!({
            "properties": {
                "who": { "$ref": "#/components/schemas/X/$defs/who" },
                "more": { "items": [{ "$ref": "#/components/schemas/X" }] },
            },
            "$defs": { "who": { "type": "string" } },
        });
        assert_eq!(relocated(&schema, "#/components/schemas/X"), expected);
    }
}
