//! Bulk replays by the API.

use std::future::ready;

use serde_json::{Value, json};

use super::calling::Operator;
use crate::support::world::{World, eventually, payment};

/// A world with two dead letters of a customer whom nobody knows.
async fn with_dead_letters() -> World {
    let world = World::embedded().await;
    for id in ["evt_1", "evt_2"] {
        let mut data = payment(id);
        data["customerExternalId"] = json!("nobody");
        world.post(id, "payment.failed", &data).await;
        world.settled(id).await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_replay_is_planned_begun_once_and_followed() {
    let world = with_dead_letters().await;
    let (reader, operator) = (Operator::of(&world, "read"), Operator::of(&world, "admin"));
    let filter = json!({ "desk": "support", "died_of": "unknown-customer" });
    let plan = reader.post("/replays/plan", json!({ "filter": filter, "rate": 30 })).await.good();
    assert_eq!((&plan["chosen"], &plan["examined"]), (&json!(2), &json!(2)), "{plan}");
    assert_eq!((&plan["desks"][0]["creates"], &plan["seconds"]), (&json!(2), &json!(4)));
    assert_eq!(reader.get("/replays").await.good()["items"], json!([]));

    let wish = json!({ "name": "monday", "reason": "they are known now", "filter": filter });
    let begun = operator.post("/replays", wish.clone()).await.good();
    assert_eq!((&begun["who"], &begun["filter"]), (&json!("admin"), &filter));
    let again = operator.post("/replays", wish).await.good();
    assert_eq!(again["began_at"], begun["began_at"]);
    let other = json!({ "name": "monday", "reason": "why", "all": true });
    assert_eq!(operator.post("/replays", other).await.problem(), (409, "wrong-state"));

    // The desk knows nobody still: they die again, and are not put back once more.
    eventually("all have come to an end", || {
        let shown = world.json(&["replays", "show", "monday"]);
        ready(shown["progress"]["dead"] == 2)
    })
    .await;
    let shown = reader.get("/replays/monday").await.good();
    let counts = ["chosen", "left", "put_back", "under_way"].map(|it| &shown["progress"][it]);
    assert_eq!((json!(counts), &shown["state"]), (json!([2, 0, 2, 0]), &json!("done")));
    let list = reader.get("/replays").await.good();
    assert_eq!(
        (&list["items"][0]["name"], list["items"][0].get("progress")),
        (&json!("monday"), None)
    );
    let paused = operator.post("/replays/monday/pause", json!({ "reason": "why" })).await;
    assert_eq!(paused.problem(), (409, "wrong-state"));
    let log = operator.get("/audit").await.good();
    let acts: Vec<&Value> = log["items"].as_array().unwrap().iter().map(|it| &it["act"]).collect();
    assert_eq!(acts.iter().filter(|act| **act == "replay.start").count(), 1, "{acts:?}");
    assert!(!acts.iter().any(|act| **act == "delivery.replay"), "{acts:?}");
}

#[tokio::test]
async fn a_bulk_replay_is_paused_resumed_and_cancelled() {
    let world = with_dead_letters().await;
    let operator = Operator::of(&world, "operate");
    let why = json!({ "reason": "why" });
    operator.post("/desks/support/pause", why.clone()).await.good();
    eventually("the pause is noticed", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="support"} 1"#)
    })
    .await;
    let wish = json!({ "name": "all", "reason": "why", "all": true, "rate": 1 });
    operator.post("/replays", wish).await.good();
    for (path, state) in [("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")] {
        for _ in 0..2 {
            let steered = operator.post(&format!("/replays/all/{path}"), why.clone()).await.good();
            assert_eq!(steered["state"], state);
            assert_eq!(steered["progress"]["put_back"], 0, "the desk is paused");
        }
    }
    assert_eq!(
        operator.post("/replays/all/resume", why.clone()).await.problem(),
        (409, "wrong-state")
    );
    assert_eq!(operator.post("/replays/none/pause", why).await.problem(), (404, "not-found"));
    for (path, wrong) in [
        ("/replays/plan", json!({})),
        ("/replays/plan", json!({ "filter": { "desk": "!" } })),
        ("/replays/plan", json!({ "filter": { "desk": "crm" }, "all": true })),
        ("/replays/plan", json!({ "all": true, "rate": 0 })),
        ("/replays", json!({ "name": "plan", "all": true, "reason": "why" })),
        ("/replays", json!({ "all": true, "reason": "why" })),
        ("/replays", json!({ "name": "x", "all": true })),
    ] {
        let reply = operator.post(path, wrong.clone()).await;
        assert_eq!(reply.problem(), (422, "bad-parameter"), "{wrong}");
    }
}
