//! Customers that are erased, by the command line and by the API.

use std::fs;

use serde_json::json;

use super::calling::Operator;
use crate::support::world::{World, of_desk, payment, state};

/// What nobody may find any more.
pub(super) const CANARY: &str = "canary-7f3a";

/// A world where a customer has a ticket at one desk and a dead letter at the other.
pub(super) async fn with_a_customer() -> World {
    let mut world = World::embedded_on_hold();
    world.set("USER", "ann");
    world.start().await;
    let mut data = payment("SO-4711");
    data["customerExternalId"] = json!("nobody");
    data["note"] = json!(CANARY);
    world.post("evt_1", "payment.failed", &data).await;
    let settled = world.settled("evt_1").await;
    assert_eq!(state(of_desk(&settled, "support")), "dead", "{settled:?}");
    world
}

/// Whether the word is in any file of the data directory.
pub(super) fn is_anywhere(world: &World, text: &str) -> bool {
    let mut folders = vec![world.path("")];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains(".db")
                && fs::read(&path).unwrap().windows(text.len()).any(|it| it == text.as_bytes())
            {
                return true;
            }
        }
    }
    false
}

#[tokio::test]
async fn a_customer_is_erased_from_every_file_while_the_service_runs() {
    let world = with_a_customer().await;
    assert!(is_anywhere(&world, CANARY));
    let erase = ["erase", "--customer", "nobody"];
    let plan = world.json(&[&erase[..], &["--dry-run"]].concat());
    assert_eq!(plan["erasure"]["events"], 1, "{plan}");
    assert!(is_anywhere(&world, CANARY));
    let done = world.json(&[&erase[..], &["--why", "they asked for it"]].concat());
    assert_eq!(done["erasure"], plan["erasure"], "{done}");
    assert_eq!(done["erasure"]["tickets"][0]["desk"], "crm", "{done}");
    assert_eq!(done["journal"]["erased"], 1, "{done}");
    assert_eq!(done["files_are_clean"], true, "{done}");
    assert!(!is_anywhere(&world, CANARY), "the payload is still in a file");
    let again = world.json(&[&erase[..], &["--why", "to be sure"]].concat());
    assert_eq!((&again["erasure"]["events"], &again["journal"]["erased"]), (&json!(0), &json!(0)));
    let shown = world.json(&["events", "show", "evt_1"]);
    let data = shown["event"]["data"].as_str().unwrap_or_default();
    assert!(data.starts_with("erased on ") && data.ends_with(" by ann"), "{shown}");
    assert!(world.cli(&["books"]).status.success());
    let dead = world.json(&["dead", "list"]);
    let key = dead[0]["key"].as_str().unwrap();
    let refused = world.cli(&["dead", "replay", key]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let log = world.json(&["audit", "list"]).to_string();
    assert!(log.contains("customer.erase") && log.contains("they asked for it"), "{log}");
    assert!(!log.contains("nobody"), "{log}");
}

#[tokio::test]
async fn a_customer_is_erased_by_the_api_by_administrators_with_a_reason() {
    let world = with_a_customer().await;
    let admin = Operator::of(&world, "admin");
    let wrong = admin.post("/erase", json!({"customer": "nobody"})).await;
    assert_eq!(wrong.body["parameter"], "reason", "{wrong:?}");
    let paths = json!({"customer": "nobody", "paths": ["customer"], "dry_run": true});
    assert_eq!(admin.post("/erase", paths).await.body["parameter"], "paths");
    let plan = admin.post("/erase", json!({"customer": "nobody", "dry_run": true})).await.good();
    assert_eq!((&plan["erasure"]["events"], &plan["dry_run"]), (&json!(1), &json!(true)));
    let elsewhere = json!({"customer": "nobody", "paths": ["data.orderId"], "dry_run": true});
    assert_eq!(admin.post("/erase", elsewhere).await.good()["erasure"]["events"], 0);
    let wish = json!({"customer": "nobody", "reason": "they asked for it"});
    let done = admin.post("/erase", wish).await.good();
    assert_eq!(done["erasure"], plan["erasure"], "{done}");
    let shown = admin.get("/events/shop/evt_1").await.good().to_string();
    assert!(shown.contains("erased on") && !shown.contains(CANARY), "{shown}");
}
