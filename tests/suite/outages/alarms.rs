//! A broker that is out of memory or disk.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::{order, post_refused, until_not_ready, until_one_ticket_at_support, until_ready};
use crate::support::{rabbit::RabbitNode, world::World};

/// Posts during one alarm.
const POSTS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_is_answered_with_503_and_retry_after_and_is_over_by_itself() {
    let alarms: [(&str, &[&str], &[&str]); 2] = [
        (
            "memory",
            &["set_vm_memory_high_watermark", "absolute", "1"],
            &["set_vm_memory_high_watermark", "0.6"],
        ),
        ("disk", &["set_disk_free_limit", "1000000GB"], &["set_disk_free_limit", "50MB"]),
    ];
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    for (name, set, end) in alarms {
        let id = |number: usize| format!("{name}_{number}");
        ctl(&node, set).await;
        // The broker blocks a connection when something is published over it, not before.
        for number in 0..POSTS {
            post_refused(&world, &id(number), "order.stuck", &order(number)).await;
        }
        until_not_ready(&world, &["blocked", name]).await;
        ctl(&node, end).await;
        until_ready(&world).await;
        for number in 0..POSTS {
            world.sender.post_until_accepted(&id(number), "order.stuck", &order(number)).await;
        }
        for number in 0..POSTS {
            until_one_ticket_at_support(&world, &id(number)).await;
        }
    }
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}

async fn ctl(node: &Arc<RabbitNode>, arguments: &'static [&'static str]) {
    let node = node.clone();
    spawn_blocking(move || node.ctl(arguments)).await.unwrap();
}
