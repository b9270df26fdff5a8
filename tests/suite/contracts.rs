//! What others rely on, against what the product does. Every answer of the receiver is held to its
//! document in `intake`.

use std::{process::Command, sync::LazyLock};

use deskbell::{contracts, event::SchemaBook};
use lapin::types::AMQPValue;
use serde_json::{Map, Value, json};

use crate::support::{
    rabbit::RabbitNode,
    visitor::Visitor,
    world::{World, payment},
};

static EVENTS: LazyLock<Value> = LazyLock::new(|| contracts::events(&SchemaBook::builtin()));

/// What the data of each type may be.
fn samples() -> Map<String, Value> {
    let integration = json!({ "integration": "erp", "errorCode": "timeout" });
    let order = json!({ "orderId": "SO-1", "customerExternalId": "user_42", "stage": "packing" });
    let samples = [
        ("integration.error", &integration),
        ("integration.recovered", &integration),
        ("order.released", &order),
        ("order.stuck", &order),
        ("payment.failed", &payment("SO-1")),
        ("payment.recovered", &payment("SO-1")),
    ];
    samples.map(|(event_type, data)| (event_type.to_owned(), data.clone())).into_iter().collect()
}

/// What of `value` is not as `schema`, which stands in the document, says.
fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let schema = json!({ "components": EVENTS["components"], "allOf": [schema] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

#[tokio::test]
async fn what_other_teams_read_is_what_the_asyncapi_document_says() {
    let node = RabbitNode::start();
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    let channel = &EVENTS["channels"]["events"];
    let exchange = &channel["bindings"]["amqp"]["exchange"];
    let name = exchange["name"].as_str().unwrap();
    let visitor = Visitor::at(node.url()).await;
    let samples = samples();
    assert!(channel["messages"].as_object().unwrap().keys().eq(samples.keys()), "{channel}");
    for (event_type, data) in &samples {
        visitor.declare(event_type, &[]).await;
        visitor.bind(event_type, name, event_type).await;
        let id = format!("of-{}", event_type.replace('.', "-"));
        world.post(&id, event_type, data).await;
        let (properties, body) = visitor.get(event_type).await.unwrap();
        let message = &EVENTS["components"]["messages"][event_type];
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(faults(&message["payload"], &body), [""; 0], "{event_type}");
        let headers = properties.headers().as_ref().unwrap().inner().iter();
        let headers: Map<String, Value> =
            headers.map(|(name, value)| (name.to_string(), text(value))).collect();
        assert_eq!(faults(&message["headers"], &headers.into()), [""; 0], "{event_type}");
        let content_type = properties.content_type().as_ref().unwrap();
        assert_eq!(message["contentType"], content_type.as_str());
        assert_eq!(properties.message_id().as_ref().unwrap().as_str(), id);
        let publishing = &EVENTS["operations"]["publish"]["bindings"]["amqp"];
        assert_eq!(publishing["deliveryMode"], properties.delivery_mode().unwrap());
        assert_eq!(publishing["timestamp"], properties.timestamp().is_some());
    }
    let said = ["name", "type", "durable", "autoDelete"].map(|member| &exchange[member]);
    let said = said.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let listed = node.ctl(&["list_exchanges", "name", "type", "durable", "auto_delete"]);
    assert!(listed.contains(&said.join("\t")), "{said:?} in {listed}");
}

/// A header that is a text; null where it is something else.
fn text(value: &AMQPValue) -> Value {
    match value {
        AMQPValue::LongString(text) => String::from_utf8_lossy(text.as_bytes()).into(),
        _ => Value::Null,
    }
}

#[test]
fn a_message_that_lacks_something_is_not_what_the_asyncapi_document_says() {
    let message = &EVENTS["components"]["messages"]["order.stuck"];
    assert_ne!(faults(&message["payload"], &json!({ "specversion": "1.0" })), [""; 0]);
    assert_ne!(faults(&message["headers"], &json!({ "traceparent": "00-1-2-01" })), [""; 0]);
}

#[tokio::test]
async fn the_private_port_serves_what_its_document_tells() {
    let world = World::embedded().await;
    let (_, _, document) = world.operators("/openapi.json").await;
    let document: Value = serde_json::from_str(&document).unwrap();
    let open = document["paths"].as_object().unwrap().iter();
    // The operators' API is held to it by its own tests.
    for (path, call) in open.filter(|(path, _)| !path.starts_with("/api/")) {
        let (status, content_type, text) = world.operators(path).await;
        let told = &call["get"]["responses"][status.to_string()];
        assert!(told.is_object(), "{path}: {status}");
        match told["content"].as_object() {
            Some(content) => assert!(content.contains_key(&content_type), "{path}: {content_type}"),
            None => assert_eq!(text, "", "{path}"),
        }
    }
    let (_, _, receiver) = world.operators("/openapi/receiver.json").await;
    assert_eq!(receiver, contracts::receiver(&SchemaBook::builtin()).to_string());
    let (_, _, events) = world.operators("/asyncapi.json").await;
    assert_eq!(events, EVENTS.to_string());
}

#[test]
fn the_command_prints_each_document() {
    let schemas = SchemaBook::builtin();
    for (name, document) in [
        ("behaviour", contracts::behaviour()),
        ("receiver", contracts::receiver(&schemas)),
        ("operators", contracts::operators()),
        ("events", contracts::events(&schemas)),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
        let printed = command.args(["contract", name]).env_clear().output().unwrap();
        assert!(printed.status.success(), "{name}");
        assert_eq!(serde_json::from_slice::<Value>(&printed.stdout).unwrap(), document, "{name}");
    }
}
