//! OpenAPI 3.1 of the two ports.

use serde_json::{Map, Value, json};
use utoipa::{OpenApi, openapi::OpenApiVersion};

use super::embedded::{cloudevent, data_name, data_schemas, reference};
use crate::{
    event::{BATCH_CONTENT_TYPE, CONTENT_TYPE, EventType, SchemaBook},
    operators, receiver,
};

/// The public port, with the bodies of all event types in `schemas`.
pub fn receiver(schemas: &SchemaBook) -> Value {
    let mut document = written(receiver::Described::openapi());
    let mut named = data_schemas(schemas);
    for event_type in schemas.types() {
        named.insert(name("CloudEvent", event_type), cloudevent(event_type));
        named.insert(name("Plain", event_type), plain(event_type));
    }
    let one_of = |form: &str| {
        let references: Vec<Value> =
            schemas.types().map(|event_type| reference(&name(form, event_type))).collect();
        json!({ "schema": { "oneOf": references } })
    };
    let batch = json!({ "schema": { "type": "array", "items": one_of("CloudEvent")["schema"] } });
    let content = json!({
        CONTENT_TYPE: one_of("CloudEvent"),
        BATCH_CONTENT_TYPE: batch,
        "application/json": one_of("Plain"),
    });
    if let Some(Value::Object(post)) = document.pointer_mut("/paths/~1hooks~1{source}/post") {
        post.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    if let Some(Value::Object(components)) = document.pointer_mut("/components/schemas") {
        components.extend(named);
    }
    document
}

/// The private port.
pub fn operators() -> Value {
    written(operators::Described::openapi())
}

/// The document as JSON, in the version that most tools read.
fn written(mut document: utoipa::openapi::OpenApi) -> Value {
    document.openapi = OpenApiVersion::Version31;
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    serde_json::to_value(document).unwrap_or_else(|_| Value::Object(Map::new()))
}

fn name(form: &str, event_type: &EventType) -> String {
    format!("{form}.{event_type}")
}

/// The plain form of one type.
fn plain(event_type: &EventType) -> Value {
    json!({
        "title": format!("{event_type} in the plain form"),
        "type": "object",
        "required": ["type", "data"],
        "properties": {
            "type": { "const": event_type.as_str() },
            "timestamp": { "type": "string", "format": "date-time", "description": "When it happened." },
            "id": { "type": "string", "minLength": 1, "description": "Where no signed header gives it." },
            "data": reference(&data_name(event_type)),
        },
    })
}
