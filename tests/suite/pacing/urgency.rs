//! A paced desk's next call is the most urgent one's; the others keep a share.

use std::{future::ready, sync::Arc};

use tokio::task::spawn_blocking;

use super::{calls, pace, payment};
use crate::support::{
    rabbit::RabbitNode,
    world::{World, eventually, key},
};

/// The place of an event's create call at `support`, from 1.
fn place(world: &World, id: &str) -> Option<usize> {
    let key = key(id, "support");
    let calls = calls(world);
    calls.iter().position(|call| call.key.as_ref() == Some(&key)).map(|place| place + 1)
}

/// Puts `support` under load and asks how many calls an urgent event waits for.
async fn an_urgent_event_waits_for_two_calls_at_most(world: &World) {
    for number in 0..40 {
        world.post(&format!("low_{number}"), "payment.failed", &payment(50)).await;
    }
    eventually("the backlog is worked off", || ready(calls(world).len() >= 5)).await;
    for number in 0..3 {
        let id = format!("critical_{number}");
        world.post(&id, "payment.failed", &payment(5_000)).await;
        let before = calls(world).len();
        eventually("the ticket exists", || ready(place(world, &id).is_some())).await;
        let place = place(world, &id).unwrap();
        assert!(place - before <= 2, "{} calls, then this one's", place - before - 1);
    }
    assert!(calls(world).len() < 40, "there was a backlog all the time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_event_passes_a_backlog_on_the_embedded_store() {
    let mut world = World::embedded().await;
    assert_eq!(world.stop(), Some(0));
    pace(&world, r#"[{ requests = 1, per = "700ms" }]"#);
    world.start().await;
    an_urgent_event_waits_for_two_calls_at_most(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_event_passes_a_backlog_over_rabbitmq() {
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let mut world = World::over_rabbitmq(node.url());
    pace(&world, r#"[{ requests = 1, per = "700ms" }]"#);
    world.start().await;
    an_urgent_event_waits_for_two_calls_at_most(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn low_events_keep_a_share_under_a_steady_urgent_stream() {
    let mut world = World::embedded().await;
    assert_eq!(world.stop(), Some(0));
    pace(&world, r#"[{ requests = 1, per = "150ms" }]"#);
    world.start().await;
    for number in 0..80 {
        world.post(&format!("critical_{number}"), "payment.failed", &payment(5_000)).await;
        if number == 10 {
            for number in 0..3 {
                world.post(&format!("low_{number}"), "payment.failed", &payment(50)).await;
            }
        }
    }
    eventually("all tickets exist", || ready(calls(&world).len() >= 83)).await;
    let last = (0..80).filter_map(|number| place(&world, &format!("critical_{number}"))).max();
    for number in 0..3 {
        let place = place(&world, &format!("low_{number}"));
        assert!(place.is_some() && place < last, "low_{number} at {place:?} of {last:?}");
    }
}
