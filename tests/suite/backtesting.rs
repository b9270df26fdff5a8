//! `deskbell backtest`, over the ledger of a process that runs.

use std::fs;

use serde_json::{Value, json};

use crate::support::world::{World, payment};

/// A world that has seen three failed payments and a stuck order, with a card number that it redacts.
async fn world() -> World {
    let mut world = World::embedded_on_hold();
    let path = world.path("deskbell.toml");
    let text = fs::read_to_string(&path).unwrap();
    let secrets = "secrets = [\"${SHOP_SECRET}\"]";
    let redacting = format!("{secrets}\nredact = [\"data.card\"]");
    fs::write(&path, text.replace(secrets, &redacting)).unwrap();
    world.start().await;
    for (id, amount) in [("evt_1", 20), ("evt_2", 500), ("evt_3", 2000)] {
        let mut data = payment(id);
        data["amount"] = json!(amount);
        data["card"] = json!("4242424242424242");
        world.post(id, "payment.failed", &data).await;
        world.settled(id).await;
    }
    let stuck = json!({ "orderId": "1", "customerExternalId": "user_42", "stage": "picking" });
    world.post("evt_4", "order.stuck", &stuck).await;
    world.settled("evt_4").await;
    world
}

/// Writes the configuration of a world, changed, as `new.toml`.
fn rewrite(world: &World, changes: &[(&str, &str)]) {
    let mut text = fs::read_to_string(world.path("deskbell.toml")).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    fs::write(world.path("new.toml"), text).unwrap();
}

fn backtest(world: &World, arguments: &[&str]) -> Value {
    world.json(&[&["backtest", "--rules", "new.toml"], arguments].concat())
}

#[tokio::test]
async fn what_other_rules_would_have_made_is_told_and_nothing_is_done() {
    let world = world().await;
    let before = (world.books(), world.sandbox.hubspot().tickets().len());
    rewrite(
        &world,
        &[("\"data.amount >= 10\"", "\"data.card and data.amount >= 100\""), ("'LOW'", "'MEDIUM'")],
    );
    let told = backtest(&world, &[]);
    assert_eq!((&told["events"], &told["changes"]), (&json!(4), &json!(true)), "{told}");
    assert_eq!(told["tickets"], json!({ "before": 7, "after": 5 }));
    assert_eq!(told["no_longer_matched"], json!({ "count": 1, "examples": ["shop/evt_1"] }));
    let changes = told["priorities"].as_array().unwrap();
    let changes: Vec<_> = changes.iter().map(|it| (&it["before"], &it["after"])).collect();
    assert_eq!(changes, [(&json!("LOW"), &json!("MEDIUM")); 2]);
    let of_support = backtest(&world, &["--desk", "support", "--type", "payment.failed"]);
    assert_eq!(of_support["tickets"], json!({ "before": 3, "after": 2 }));
    assert_eq!(backtest(&world, &["--source", "none"])["events"], 0);
    let output = world.cli(&["backtest", "--rules", "new.toml", "--fail-on-change"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("5 tickets instead of 7; 2 priorities change; 1 event matches nothing"),
        "{text}"
    );
    assert!(!text.contains("4242") && !text.contains("jean"), "{text}");
    assert_eq!((world.books(), world.sandbox.hubspot().tickets().len()), before);
}

#[tokio::test]
async fn the_same_rules_change_nothing_and_a_bad_file_is_refused() {
    let world = world().await;
    rewrite(&world, &[]);
    let output =
        world.cli(&["backtest", "--rules", "new.toml", "--fail-on-change", "--since", "1h"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("nothing changes by new.toml"), "{text}");
    rewrite(&world, &[("\"data.amount >= 10\"", "\"data.amount >=\"")]);
    let output = world.cli(&["backtest", "--rules", "new.toml"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("new.toml"), "{told}");
}
