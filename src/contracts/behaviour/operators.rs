//! `[operators]`.

use serde_json::{Value, json};

use super::{
    named, sources,
    values::{flag, map, table},
};

/// Its schema.
pub(super) fn operators() -> Value {
    let words = "Who is told of the house's own troubles, by name: desks that are parked or fail, open \
        breakers, dead letters, floods, books that do not balance.";
    let notify = named(map(words, receiver()));
    table("What operators are told.", [("notify", notify)], &[])
}

fn receiver() -> Value {
    let queue = flag("`true`: the queue `deskbell.operators` of RabbitMQ, in place of an address.");
    let keys = sources::webhook().into_iter().chain([("queue", queue)]);
    let mut receiver = table("Somebody who is told, by signed calls or in a queue.", keys, &[]);
    receiver["if"] = json!({ "required": ["queue"], "properties": { "queue": { "const": true } } });
    receiver["then"] = json!({ "propertyNames": { "const": "queue" } });
    receiver["else"] = json!({ "required": ["url", "secret"] });
    receiver
}
