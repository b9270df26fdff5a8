//! The running service inspects, and tells what has changed.

use std::time::Duration;

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use serde_json::json;

use super::{at_hubspot, world};
use crate::support::world::{World, eventually, payment};

/// Waits until the service has inspected HubSpot `times` more.
async fn inspected(world: &World, times: usize) {
    let hubspot = world.sandbox.hubspot();
    let count = || hubspot.calls(0).iter().filter(|it| it.operation == Operation::Whoami).count();
    let before = count();
    eventually("the account is inspected", || std::future::ready(count() >= before + times)).await;
}

/// Lines of the log that hold all of `parts`.
fn lines(world: &World, parts: &[&str]) -> usize {
    let log = world.log();
    log.lines().filter(|line| parts.iter().all(|part| line.contains(part))).count()
}

async fn is_shown(world: &World, metric: &str) {
    eventually(metric, || async { world.metrics().await.contains(metric) }).await;
}

#[tokio::test]
async fn the_running_service_reports_a_drift_that_appears_and_is_mended() {
    let mut world = world();
    world.start().await;
    inspected(&world, 2).await;
    assert_eq!(lines(&world, &["deliveries that rely on it will fail"]), 0, "{}", world.log());
    is_shown(&world, "deskbell_desk_findings{desk=\"crm\",verdict=\"fault\"} 0").await;

    at_hubspot(&world.sandbox, &json!({ "without_properties": ["order_id"] }));
    let fault = ["WARN", "property `order_id`", "no such ticket property", "payment-failed"];
    eventually("the drift is told", || std::future::ready(lines(&world, &fault) > 0)).await;
    is_shown(&world, "deskbell_desk_findings{desk=\"crm\",verdict=\"fault\"} 1").await;
    inspected(&world, 3).await;
    assert_eq!(lines(&world, &fault), 1, "{}", world.log());

    let status = world.json(&["desk", "crm", "status"]);
    let findings = status["inspection"]["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|it| it["subject"] == "property `order_id`" && it["verdict"] == "fault")
    );
    let shown = String::from_utf8(world.cli(&["desk", "crm", "status"]).stdout).unwrap();
    assert!(shown.contains("inspected at") && shown.contains("1 fault"), "{shown}");
    // Nobody's delivery has failed of it.
    assert_eq!(world.books()["lines"], json!([]));

    at_hubspot(&world.sandbox, &json!({ "with_properties": ["order_id"] }));
    let mended = ["INFO", "property `order_id`", "as it has to be again"];
    eventually("the mending is told", || std::future::ready(lines(&world, &mended) > 0)).await;
    is_shown(&world, "deskbell_desk_findings{desk=\"crm\",verdict=\"fault\"} 0").await;
    inspected(&world, 3).await;
    assert_eq!((lines(&world, &fault), lines(&world, &mended)), (1, 1), "{}", world.log());
}

#[tokio::test]
async fn a_fault_stops_no_delivery_that_does_not_rely_on_it() {
    let mut world = world();
    at_hubspot(&world.sandbox, &json!({ "key_property": true, "without_stages": ["4"] }));
    world.start().await;
    let fault = ["resolved stage `4`", "deliveries that rely on it will fail"];
    eventually("the drift is told", || std::future::ready(lines(&world, &fault) > 0)).await;
    world.post("evt_1", "payment.failed", &payment("7")).await;
    for delivery in world.settled("evt_1").await {
        assert_eq!(delivery["state"], "ticketed", "{delivery}");
    }
}

#[tokio::test]
async fn no_question_is_asked_while_a_delivery_is_under_way() {
    const SLOW: Duration = Duration::from_millis(1500);
    let mut world = world();
    world.start().await;
    inspected(&world, 1).await;
    let slow = Fault::new(FaultKind::Latency(SLOW));
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, slow));
    world.post("evt_1", "payment.failed", &payment("7")).await;
    world.settled("evt_1").await;
    inspected(&world, 1).await;
    let calls = world.sandbox.hubspot().calls(0);
    let created = calls.iter().find(|call| call.operation == Operation::Create).unwrap();
    let until = created.at.checked_add(SLOW).unwrap();
    let questions = calls.iter().filter(|call| {
        matches!(call.operation, Operation::Whoami | Operation::Schema)
            && call.at > created.at
            && call.at < until
    });
    assert_eq!(questions.count(), 0, "{calls:?}");
}
