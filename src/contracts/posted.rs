//! What may be posted, in JSON Schema: no more and no less than the receiver reads.

use serde_json::{Map, Value, json};

use super::embedded::{data_name, reference};
use crate::event::{BATCH_CONTENT_TYPE, CONTENT_TYPE, EventType, SchemaBook};

/// What an id looks like: no control characters, and no white space at its ends.
const ID: &str = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$";

/// The body of a post, which refers to [`schemas`].
pub(super) fn body(schemas: &SchemaBook) -> Value {
    let one_of = |form: &str| {
        let references: Vec<Value> =
            schemas.types().map(|event_type| reference(&name(form, event_type))).collect();
        json!({ "oneOf": references })
    };
    json!({
        "required": true,
        "description": "A source that is configured with a `format` or with maps posts its vendor's \
            own web hooks as `application/json`, and no plain form.",
        "content": {
            CONTENT_TYPE: { "schema": one_of("CloudEvent") },
            BATCH_CONTENT_TYPE: { "schema": { "type": "array", "items": one_of("CloudEvent") } },
            "application/json": { "schema": one_of("Plain") },
        },
    })
}

/// Both forms of all event types, by their names in `components/schemas`.
pub(super) fn schemas(schemas: &SchemaBook) -> Map<String, Value> {
    let forms = schemas.types().flat_map(|event_type| {
        [
            (name("CloudEvent", event_type), cloudevent(event_type)),
            (name("Plain", event_type), plain(event_type)),
        ]
    });
    forms.collect()
}

fn name(form: &str, event_type: &EventType) -> String {
    format!("{form}.{event_type}")
}

/// A text that may be left out, or be null.
fn optional(words: &str) -> Value {
    json!({ "type": ["string", "null"], "description": words })
}

fn optional_time() -> Value {
    json!({
        "description": "When it happened: RFC 3339, with an offset.",
        "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "null" }],
    })
}

/// A structured CloudEvent of one type.
fn cloudevent(event_type: &EventType) -> Value {
    json!({
        "title": format!("{event_type} as a CloudEvent"),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": {
                "type": "string", "minLength": 1, "maxLength": 255, "pattern": ID,
                "description": "What makes it the same event when it is posted again: at most 255 bytes.",
            },
            "source": { "type": "string", "description": "Kept as it is; the path names who posts." },
            "type": { "const": event_type.as_str() },
            "subject": optional("Kept as it is."),
            "time": optional_time(),
            "dataschema": optional("Kept as it is."),
            "datacontenttype": optional("The data is JSON, whatever this says."),
            "data": reference(&data_name(event_type)),
        },
        "additionalProperties": {
            "type": ["string", "number", "boolean", "null"],
            "description": "An extension attribute. In `data_base64`, which stands in the place of \
                `data`, is the same JSON in base64.",
        },
    })
}

/// The plain form of one type.
fn plain(event_type: &EventType) -> Value {
    json!({
        "title": format!("{event_type} in the plain form"),
        "type": "object",
        "required": ["type", "data"],
        "properties": {
            "type": { "const": event_type.as_str() },
            "timestamp": optional_time(),
            "id": {
                "type": ["string", "null"], "minLength": 1, "maxLength": 255, "pattern": ID,
                "description": "Must be there where no signed header gives it; where one does, the same \
                    or left out.",
            },
            "data": reference(&data_name(event_type)),
        },
    })
}
