//! A broker that takes its messages away from a worker.

use std::time::Duration;

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use tokio::task::spawn_blocking;

use super::{order, until_one_ticket_at_support};
use crate::support::{rabbit::RabbitNode, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_is_timed_out_during_an_attempt_makes_no_second_ticket() {
    let node = spawn_blocking(|| {
        let node = RabbitNode::start();
        // At once, instead of after half an hour.
        node.ctl(&["eval", "application:set_env(rabbit, consumer_timeout, 500)."]);
        node.ctl(&["eval", "application:set_env(rabbit, channel_tick_interval, 200)."]);
        node
    })
    .await
    .unwrap();
    let mut world = World::over_rabbitmq(node.url());
    let slow = Fault::new(FaultKind::Latency(Duration::from_millis(2_500))).times(3);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, slow));
    world.start().await;
    for number in 0..3 {
        world.post(&format!("evt_{number}"), "order.stuck", &order(number)).await;
    }
    for number in 0..3 {
        until_one_ticket_at_support(&world, &format!("evt_{number}")).await;
    }
    // The channel that was closed is replaced, and what comes later is delivered.
    world.post("evt_3", "order.stuck", &order(3)).await;
    until_one_ticket_at_support(&world, "evt_3").await;
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 4);
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}
