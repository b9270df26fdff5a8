//! What senders and operators see while the broker refuses, and that nothing is lost by it.

mod alarms;
mod consumers;
mod queues;

use serde_json::{Value, json};

use crate::support::world::{World, eventually, key, state};

/// An event for `support` alone.
fn order(number: usize) -> Value {
    json!({ "orderId": format!("SO-{number}"), "customerExternalId": "user_42", "stage": "picking" })
}

/// An event for `crm` alone.
fn error() -> Value {
    json!({ "integration": "sync", "errorCode": "E", "message": "m" })
}

/// Posts an event that is refused for now, and told to come back.
async fn post_refused(world: &World, id: &str, event_type: &str, data: &Value) {
    let answer = world.sender.post_raw(id, event_type, data).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    assert!(answer.headers().contains_key("retry-after"), "{:?}", answer.headers());
}

async fn until_ready(world: &World) {
    eventually("the receiver is ready", || async { world.readiness().await.0 == 200 }).await;
}

/// Waits until the receiver is not ready, and says all of `words`.
async fn until_not_ready(world: &World, words: &[&str]) {
    eventually("the receiver says what is wrong", || async {
        let (status, problem) = world.readiness().await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        status == 503 && words.iter().all(|word| detail.contains(word))
    })
    .await;
}

/// Waits until `id` has one ticket at `support`, and no more.
async fn until_one_ticket_at_support(world: &World, id: &str) {
    world.until(id, |delivery| state(delivery) == "ticketed").await;
    assert_eq!(world.sandbox.supportdesk().tickets_with(&key(id, "support")).len(), 1, "{id}");
}
