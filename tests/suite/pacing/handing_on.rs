//! What was sent, and an open breaker, outlive the process that knows of it.

use std::{future::ready, process::Child, sync::Arc, time::Duration};

use deskbell::sandbox::{AnswerBody, Fault, FaultKind, FaultPlan, Operation};
use tokio::task::spawn_blocking;

use super::{calls, desk, hold_to, order, pace, payment, settled};
use crate::support::{
    rabbit::RabbitNode,
    world::{World, eventually},
};

fn kill(process: &mut Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

fn pid_of_holder(world: &World, name: &str) -> Option<u32> {
    desk(world, name)["holder"].as_str()?.split_once(':')?.0.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_and_the_death_of_one_exceed_no_window() {
    const EVENTS: usize = 90;
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let mut world = World::over_rabbitmq(node.url());
    pace(
        &world,
        r#"[{ requests = 3, per = "300ms" }, { requests = 10, per = "1s" }, { requests = 60, per = "30s" }]"#,
    );
    world.start_receiver().await;
    let mut workers = [world.start_beside("deliver"), world.start_beside("deliver")];
    for number in 0..EVENTS {
        world.post(&format!("evt_{number}"), "payment.failed", &payment(50)).await;
    }
    eventually("the desk is in the middle of its work", || ready(calls(&world).len() >= 40)).await;
    let holder = pid_of_holder(&world, "support").unwrap();
    let [dead, alive] = {
        let holds = workers[0].id() == holder;
        let [one, other] = &mut workers;
        if holds { [one, other] } else { [other, one] }
    };
    assert_eq!(dead.id(), holder);
    kill(dead);
    let seen = calls(&world).len();
    eventually("another worker speaks to the desk", || {
        ready(pid_of_holder(&world, "support") == Some(alive.id()))
    })
    .await;
    eventually("the other desk has all its tickets", || {
        ready(world.sandbox.hubspot().tickets().len() == EVENTS)
    })
    .await;
    assert!(calls(&world).len() < EVENTS, "the paced desk is not through");
    eventually("everything is settled", || ready(settled(&world) == EVENTS as u64)).await;
    kill(alive);
    let calls = calls(&world);
    assert!(calls.len() > seen, "the second worker went on");
    hold_to(&calls, 3, Duration::from_millis(300));
    hold_to(&calls, 10, Duration::from_secs(1));
    hold_to(&calls, 60, Duration::from_secs(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_are_kept_over_a_crash_and_over_a_restart() {
    const EVENTS: usize = 36;
    let mut world = World::embedded().await;
    assert_eq!(world.stop(), Some(0));
    pace(&world, r#"[{ requests = 12, per = "8s" }]"#);
    world.start().await;
    for number in 0..EVENTS {
        world.post(&format!("evt_{number}"), "order.stuck", &order()).await;
    }
    eventually("a window is full", || ready(calls(&world).len() >= 12)).await;
    world.kill();
    world.start().await;
    eventually("the next window is full", || ready(calls(&world).len() >= 24)).await;
    assert_eq!(world.stop(), Some(0));
    world.start().await;
    eventually("everything is settled", || ready(settled(&world) == EVENTS as u64)).await;
    hold_to(&calls(&world), 12, Duration::from_secs(8));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_that_a_desk_asked_for_outlives_the_process() {
    let mut world = World::embedded().await;
    let fault =
        FaultKind::Answer { status: 429, body: AnswerBody::Vendor, retry_after: Some(3_600) };
    let plan = FaultPlan::none().on(Operation::Create, Fault::new(fault).times(1));
    world.sandbox.supportdesk().faults(plan);
    world.post("evt_1", "order.stuck", &order()).await;
    eventually("the breaker is open", || ready(desk(&world, "support")["state"] == "open")).await;
    let before = desk(&world, "support");
    world.kill();
    world.start().await;
    world.post("evt_2", "payment.failed", &payment(50)).await;
    eventually("the new process has the desk", || {
        ready(desk(&world, "support")["as_of"].as_str() > before["as_of"].as_str())
    })
    .await;
    eventually("the other desk takes deliveries", || {
        ready(world.sandbox.hubspot().tickets().len() == 1)
    })
    .await;
    let after = desk(&world, "support");
    assert_eq!((&after["state"], &after["reason"]), (&"open".into(), &"throttled".into()));
    assert_eq!(after["since"], before["since"]);
    assert_eq!(after["waiting"], 2, "{after}");
    let left = after["until"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let asked = calls(&world)[0].at;
    assert!(left.duration_since(asked).as_secs().abs_diff(3_600) <= 30, "{after}");
    assert_eq!(calls(&world).len(), 1);
    let metrics = world.metrics().await;
    assert!(
        metrics.contains(r#"deskbell_desk_breaker{desk="support",state="open"} 1"#),
        "{metrics}"
    );
    assert!(metrics.contains(r#"deskbell_desk_room{desk="support",window="10000/1000ms"}"#));
    assert_eq!(desk(&world, "crm")["state"], "closed");
}
