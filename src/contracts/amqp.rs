//! AsyncAPI 3.0 of what other teams, and operators, read from RabbitMQ.

use serde_json::{Map, Value, json};

use super::embedded::{cloudevent, data_schemas, reference};
use crate::{
    broker::rabbitmq::{EVENTS, HEADERS, OPERATORS},
    conditions::{OPERATOR_EVENTS, OperatorEventKind},
    delivery::Reason,
    event::{CONTENT_TYPE, EventType, SchemaBook},
};

/// The version of the AMQP bindings (asyncapi/bindings, `amqp`).
const BINDINGS: &str = "0.3.0";

/// The exchange of all accepted events, with the messages of all event types in `schemas`.
pub fn events(schemas: &SchemaBook) -> Value {
    let types: Vec<&EventType> = schemas.types().collect();
    let mut named = data_schemas(schemas);
    named.extend(types.iter().map(|each| (payload_name(each), cloudevent(each))));
    named.extend(OPERATOR_EVENTS.iter().map(|kind| (kind.event_type.to_owned(), payload(kind))));
    let mut messages: Map<String, Value> =
        types.iter().map(|each| (each.to_string(), message(each))).collect();
    messages.extend(OPERATOR_EVENTS.iter().map(|kind| (kind.event_type.to_owned(), told(kind))));
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
        }, "operators": operators() },
        "operations": { "tell_operators": {
            "action": "send",
            "channel": { "$ref": "#/channels/operators" },
            "summary": "Deskbell tells the onset and the end of a condition, once each.",
            "messages": OPERATOR_EVENTS.iter().map(|kind| json!({
                "$ref": format!("#/channels/operators/messages/{}", kind.event_type),
            })).collect::<Vec<_>>(),
            "bindings": { "amqp": {
                "deliveryMode": 2, "mandatory": true, "timestamp": false, "bindingVersion": BINDINGS,
            } },
        }, "publish": {
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

/// The queue of what operators are told, where `[operators.notify.<name>]` wants one.
fn operators() -> Value {
    let messages: Map<String, Value> = OPERATOR_EVENTS
        .iter()
        .map(|kind| {
            let component = format!("#/components/messages/{}", kind.event_type);
            (kind.event_type.to_owned(), json!({ "$ref": component }))
        })
        .collect();
    json!({
        "address": OPERATORS,
        "description": "What operators are told of the house's own troubles. It is there where \
            `[operators.notify.<name>]` says `queue = true`; the same documents go to its web hooks.",
        "messages": messages,
        "bindings": { "amqp": {
            "is": "queue",
            "queue": { "name": OPERATORS, "durable": true, "exclusive": false, "autoDelete": false },
            "bindingVersion": BINDINGS,
        } },
    })
}

/// An operator event as a message.
fn told(kind: &OperatorEventKind) -> Value {
    json!({
        "name": kind.event_type,
        "contentType": CONTENT_TYPE,
        "summary": kind.text,
        "payload": reference(kind.event_type),
    })
}

/// An operator event as a CloudEvent.
fn payload(kind: &OperatorEventKind) -> Value {
    let members: Map<String, Value> = kind
        .always
        .iter()
        .chain(kind.sometimes)
        .map(|name| ((*name).to_owned(), member(name)))
        .collect();
    json!({
        "title": format!("{} as a CloudEvent", kind.event_type),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "pattern": "^op_[0-9a-f]{32}$", "description": "The same whenever it is sent." },
            "source": { "const": "deskbell" },
            "type": { "const": kind.event_type },
            "subject": { "type": "string", "description": "What it is about: `desks/crm`, `books`." },
            "time": { "type": "string", "format": "date-time", "description": "When it was noticed." },
            "datacontenttype": { "const": "application/json" },
            "data": {
                "type": "object",
                "required": kind.always,
                "properties": members,
                "additionalProperties": false,
            },
        },
    })
}

/// A member of an operator event's data.
fn member(name: &str) -> Value {
    match name {
        "since" => json!({
            "type": "string", "format": "date-time", "description": "When the condition began.",
        }),
        "paused" => {
            json!({ "type": "boolean", "description": "Whether an operator has paused the desk." })
        }
        "percent" => json!({ "enum": [50, 70, 90] }),
        "reason" | "died_of" => {
            let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
            json!({ "enum": reasons })
        }
        "failed" | "deliveries" | "unaccounted" | "nowhere" | "gaps" => {
            json!({ "type": "integer", "minimum": 0 })
        }
        _ => json!({ "type": "string" }),
    }
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
