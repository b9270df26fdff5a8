//! What events say goes when its time is over, through the real process.

use std::fs;

use serde_json::{Value, json};

use super::calling::Operator;
use crate::support::world::{World, eventually, of_desk, payment, state};

fn data(world: &World, id: &str) -> Value {
    world.json(&["events", "show", id])["event"]["data"].clone()
}

#[tokio::test]
async fn the_worker_erases_what_is_over_and_the_same_event_makes_no_second_ticket() {
    let mut world = World::embedded().await;
    let mut of_nobody = payment("SO-2");
    of_nobody["customerExternalId"] = json!("nobody");
    for (id, data) in [("evt_1", &payment("SO-1")), ("evt_2", &of_nobody)] {
        world.post(id, "payment.failed", data).await;
    }
    let deliveries = world.settled("evt_1").await;
    assert!(deliveries.iter().all(|it| state(it) == "ticketed"), "{deliveries:?}");
    // One of the other's two is dead, and of that nothing is said.
    assert_eq!(state(of_desk(&world.settled("evt_2").await, "support")), "dead");
    world.stop();
    let file = world.path("deskbell.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n[privacy.retention]\nticketed = \"1s\"\n")).unwrap();
    eventually("its time is over", || async {
        world.json(&["retention"])["over"] == json!({"events": 1, "deliveries": {"ticketed": 2}})
    })
    .await;
    assert!(data(&world, "evt_1").is_object());

    world.start().await;
    eventually("it is erased", || async { data(&world, "evt_1").is_string() }).await;
    let told = data(&world, "evt_1");
    assert!(told.as_str().unwrap().ends_with(" by retention"), "{told}");
    assert!(data(&world, "evt_2").is_object());
    eventually("the metric says so", || async {
        world.metrics().await.lines().any(|line| line == "deskbell_expired_events_total 1")
    })
    .await;
    let report = Operator::of(&world, "read").get("/retention").await.good();
    assert_eq!((&report["over"]["events"], &report["seconds"]["ticketed"]), (&json!(0), &json!(1)));

    let tickets =
        || (world.sandbox.hubspot().tickets().len(), world.sandbox.supportdesk().tickets().len());
    let before = tickets();
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    // The copy is before it in the lanes.
    world.post("evt_3", "payment.failed", &payment("SO-3")).await;
    world.settled("evt_3").await;
    assert_eq!(tickets(), (before.0 + 1, before.1 + 1));
    let books = world.cli(&["books"]);
    assert!(books.status.success(), "{books:?}");
}
