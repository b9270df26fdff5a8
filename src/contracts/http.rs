//! OpenAPI 3.1 of the two ports.

use serde_json::{Map, Value, json};
use utoipa::{OpenApi, openapi::OpenApiVersion};

use super::{embedded::data_schemas, posted};
use crate::{event::SchemaBook, http::REQUEST_ID, operators, receiver};

/// The public port, with the bodies of all event types in `schemas`.
pub fn receiver(schemas: &SchemaBook) -> Value {
    let mut document = written(receiver::Described::openapi());
    if let Some(Value::Object(post)) = document.pointer_mut("/paths/~1hooks~1{source}/post") {
        post.insert("requestBody".to_owned(), posted::body(schemas));
    }
    if let Some(Value::Object(components)) = document.pointer_mut("/components/schemas") {
        components.extend(data_schemas(schemas));
        components.extend(posted::schemas(schemas));
    }
    name_requests(&mut document);
    document
}

/// The private port.
pub fn operators() -> Value {
    written(operators::Described::openapi())
}

/// Adds to every answer the header that all of them have.
fn name_requests(document: &mut Value) {
    let header = REQUEST_ID;
    let name = header.as_str();
    document["components"]["headers"] = json!({ name: {
        "description": "Names the request, as the logs do.",
        "required": true,
        "schema": { "type": "string", "format": "uuid" },
    } });
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    let calls = paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    let responses = calls.filter_map(|call| call.get_mut("responses")?.as_object_mut());
    for response in responses.flat_map(Map::values_mut) {
        response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
    }
}

/// The document as JSON, in the version that most tools read.
fn written(mut document: utoipa::openapi::OpenApi) -> Value {
    document.openapi = OpenApiVersion::Version31;
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    serde_json::to_value(document).unwrap_or_else(|_| Value::Object(Map::new()))
}
