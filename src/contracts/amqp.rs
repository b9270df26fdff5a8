//! AsyncAPI 3.0 of what other teams read from RabbitMQ.

use serde_json::{Map, Value, json};

use super::embedded::{cloudevent, data_schemas, reference};
use crate::{
    broker::rabbitmq::{EVENTS, HEADERS},
    event::{CONTENT_TYPE, EventType, SchemaBook},
};

/// The version of the AMQP bindings (asyncapi/bindings, `amqp`).
const BINDINGS: &str = "0.3.0";

/// The exchange of all accepted events, with the messages of all event types in `schemas`.
pub fn events(schemas: &SchemaBook) -> Value {
    let types: Vec<&EventType> = schemas.types().collect();
    let mut named = data_schemas(schemas);
    named.extend(types.iter().map(|each| (payload_name(each), cloudevent(each))));
    let messages: Map<String, Value> =
        types.iter().map(|each| (each.to_string(), message(each))).collect();
    let of_component =
        |each: &&EventType| json!({ "$ref": format!("#/components/messages/{each}") });
    let of_channel =
        |each: &&EventType| json!({ "$ref": format!("#/channels/events/messages/{each}") });
    let in_channel: Map<String, Value> =
        types.iter().map(|each| (each.to_string(), of_component(each))).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Deskbell: the events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every accepted event once, for queues of your own. An event may come twice: \
                its `deskbell-source` and id tell whether it is new.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": { "events": {
            "address": "{type}",
            "description": "The routing key is the event's type: bind `payment.*`, `order.stuck`, `#`.",
            "messages": in_channel,
            "parameters": { "type": {
                "description": "What happened.",
                "enum": types.iter().map(|each| each.as_str()).collect::<Vec<_>>(),
            } },
            "bindings": { "amqp": {
                "is": "routingKey",
                "exchange": { "name": EVENTS, "type": "topic", "durable": true, "autoDelete": false },
                "bindingVersion": BINDINGS,
            } },
        } },
        "operations": { "publish": {
            "action": "send",
            "channel": { "$ref": "#/channels/events" },
            "summary": "Deskbell publishes every accepted event once, confirmed and persistent.",
            "messages": types.iter().map(of_channel).collect::<Vec<_>>(),
            "bindings": { "amqp": {
                "deliveryMode": 2, "mandatory": true, "timestamp": true, "bindingVersion": BINDINGS,
            } },
        } },
        "components": { "messages": messages, "schemas": named },
    })
}

fn payload_name(event_type: &EventType) -> String {
    format!("CloudEvent.{event_type}")
}

fn message(event_type: &EventType) -> Value {
    let headers: Map<String, Value> = HEADERS
        .into_iter()
        .map(|(name, words)| (name.to_owned(), json!({ "type": "string", "description": words })))
        .collect();
    let required: Vec<&str> = HEADERS.into_iter().map(|(name, _)| name).collect();
    json!({
        "name": event_type.as_str(),
        "contentType": CONTENT_TYPE,
        "summary": "Structured CloudEvents JSON; the property `message-id` is the event's id.",
        "headers": { "type": "object", "required": required, "properties": headers },
        "payload": reference(&payload_name(event_type)),
    })
}
