//! Quotas and breakers of desk accounts, over all processes and their deaths.

mod handing_on;
mod urgency;

use std::{fs, time::Duration};

use deskbell::sandbox::Call;
use serde_json::{Value, json};

use crate::support::world::World;

/// How `support` is paced in the World's configuration.
const UNPACED: &str = r#"[{ requests = 10000, per = "1s" }]"#;

/// Paces `support` from the next start on.
fn pace(world: &World, windows: &str) {
    let path = world.path("deskbell.toml");
    let config = fs::read_to_string(&path).unwrap();
    assert!(config.contains(UNPACED));
    let config = config.replacen(UNPACED, windows, 1).replace("'URGENT'", "'CRITICAL'");
    fs::write(path, config).unwrap();
}

/// An event for `support` alone.
fn order() -> Value {
    json!({ "orderId": "SO-1", "customerExternalId": "user_42", "stage": "picking" })
}

/// An event for both desks, `LOW` below 1000 and `CRITICAL` from there on.
fn payment(amount: u32) -> Value {
    json!({
        "orderId": "SO-1", "customerExternalId": "user_42", "errorCode": "card_declined",
        "amount": amount, "customer": { "email": "jean@acme.com", "name": "Jean" },
    })
}

fn calls(world: &World) -> Vec<Call> {
    world.sandbox.supportdesk().calls(0)
}

/// Holds that no stretch of `per` saw more than `requests` calls arrive.
fn hold_to(calls: &[Call], requests: usize, per: Duration) {
    for (first, next) in calls.iter().zip(calls.iter().skip(requests)) {
        let apart = Duration::try_from(next.at.duration_since(first.at)).unwrap();
        let numbers = (first.number, next.number);
        assert!(apart >= per, "calls {numbers:?} came within {apart:?}: over {requests}/{per:?}");
    }
}

/// The desk as `deskbell desks` shows it; null where it has had no worker yet.
fn desk(world: &World, name: &str) -> Value {
    let desks: Value =
        serde_json::from_slice(&world.cli(&["desks", "--json"]).stdout).unwrap_or_default();
    let mut desks = desks.as_array().cloned().unwrap_or_default().into_iter();
    desks.find(|desk| desk["desk"] == name).unwrap_or_default()
}

/// Deliveries for `support` that nobody need do anything about any more, or only an operator.
fn settled(world: &World) -> u64 {
    let books: Value =
        serde_json::from_slice(&world.cli(&["books", "--json"]).stdout).unwrap_or_default();
    let lines = books["lines"].as_array().cloned().unwrap_or_default();
    let count = |line: &Value| {
        ["ticketed", "uncertain"].iter().filter_map(|state| line[state].as_u64()).sum::<u64>()
    };
    lines.iter().filter(|line| line["desk"] == "support").map(count).sum()
}
