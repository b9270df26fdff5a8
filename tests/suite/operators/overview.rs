//! The figures that the API tells.

use serde_json::{Value, json};

use super::calling::Operator;
use crate::support::world::{World, eventually, payment};

/// The desk of this name among those of an overview.
fn desk<'a>(overview: &'a Value, name: &str) -> &'a Value {
    overview["desks"].as_array().unwrap().iter().find(|desk| desk["desk"] == name).unwrap()
}

#[tokio::test]
async fn the_overview_tells_throughput_time_to_ticket_issues_and_desks() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "read");
    let nothing = operator.get("/overview").await.good();
    assert_eq!((&nothing["whole"], &nothing["time_to_ticket"]), (&json!(true), &Value::Null));
    assert_eq!(nothing["oldest_waiting"], Value::Null);
    let mut data = payment("evt_1");
    data["customerExternalId"] = json!("nobody");
    world.post("evt_1", "payment.failed", &data).await;
    world.post("evt_2", "payment.failed", &payment("evt_2")).await;
    world.settled("evt_1").await;
    world.settled("evt_2").await;
    let overview = operator.get("/overview").await.good();
    let few = |count: u64| json!({"last_minute": count, "last_hour": count, "exact": true});
    assert_eq!((&overview["received"], &overview["events"]), (&few(2), &json!(2)));
    assert_eq!(overview["ticketed"], few(3));
    let times = &overview["time_to_ticket"];
    assert_eq!(times["tickets"], 3);
    let [p50, p95, p99] = ["p50_ms", "p95_ms", "p99_ms"].map(|of| times[of].as_u64().unwrap());
    assert!(p50 <= p95 && p95 <= p99, "{times}");
    assert_eq!(overview["issues"], json!({"open": 1, "open_letters": 1, "others": 0}));
    let forecast = &desk(&overview, "support")["forecast"];
    assert_eq!((&forecast["outlook"], &forecast["until"]), (&json!("clear"), &Value::Null));
    assert_eq!((&forecast["arrived"], &forecast["settled"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn a_backlog_is_told_with_its_oldest_and_how_long_it_takes() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "operate");
    operator.post("/desks/crm/pause", json!({"reason": "a test"})).await.good();
    eventually("the worker knows", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="crm"} 1"#)
    })
    .await;
    for id in ["evt_1", "evt_2"] {
        world.post(id, "payment.failed", &payment(id)).await;
    }
    eventually("they wait", || async { operator.get("/desks/crm").await.good()["waiting"] == 2 })
        .await;
    let overview = operator.get("/overview").await.good();
    let oldest = &overview["oldest_waiting"];
    assert_eq!([&oldest["source"], &oldest["event"], &oldest["desk"]], ["shop", "evt_1", "crm"]);
    let crm = operator.get("/desks/crm").await.good();
    assert_eq!((&crm["waiting"], &crm["forecast"]["outlook"]), (&json!(2), &json!("held")));
    let forecast = &crm["forecast"];
    assert_eq!((&forecast["until"], &forecast["seconds"]), (&Value::Null, &json!(0)), "{crm}");
}
