//! A bulk replay beside live events, deaths of its process, and operators.

use std::{fs, future::ready, sync::Arc};

use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::graves::{Grave, dig, ledger_of};
use crate::support::{
    rabbit::RabbitNode,
    world::{World, eventually, key},
};

/// How `support` is paced in the World's configuration.
const UNPACED: &str = r#"[{ requests = 10000, per = "1s" }]"#;

/// Lets `support` be called five times a second.
fn pace(world: &World) {
    let path = world.path("deskbell.toml");
    let config = fs::read_to_string(&path).unwrap();
    assert!(config.contains(UNPACED));
    let slow = r#"[{ requests = 1, per = "200ms" }]"#;
    fs::write(path, config.replacen(UNPACED, slow, 1)).unwrap();
}

/// So many dead letters, dug while nobody else looks.
async fn buried(world: &World, grave: fn(String) -> Grave, count: usize) {
    let graves: Vec<_> = (0..count).map(|number| grave(format!("dead_{number}"))).collect();
    let ledger = ledger_of(world);
    dig(&*ledger, &graves).await;
    ledger.close().await;
}

fn began(world: &World, arguments: &[&str]) {
    let output = world.cli(&[&["dead", "replay", "--detach"], arguments].concat());
    assert!(output.status.success(), "{output:?}");
}

fn replay(world: &World, name: &str) -> Value {
    world.json(&["replays", "show", name])
}

async fn until_through(world: &World, name: &str, count: usize) -> Value {
    eventually("the replay is through", || {
        let progress = &replay(world, name)["progress"];
        ready(progress["put_back"] == count && progress["under_way"] == 0)
    })
    .await;
    replay(world, name)
}

/// The place of an event's call at `support`, from 1.
fn place(world: &World, id: &str) -> Option<usize> {
    let key = key(id, "support");
    let calls = world.sandbox.supportdesk().calls(0);
    calls.iter().position(|call| call.key.as_ref() == Some(&key)).map(|place| place + 1)
}

/// A live event waits for no more replays than a desk works on at a time; here, for a few calls.
async fn a_live_event_overtakes_the_rest(world: &World) {
    const DEAD: usize = 80;
    let calls = || world.sandbox.supportdesk().calls(0).len();
    began(world, &["--desk", "support", "--name", "all", "--why", "mended"]);
    eventually("the replay is under way", || ready(calls() >= 10)).await;
    let order = Grave::order("live");
    world.post("live", order.event_type, &order.data).await;
    let before = calls();
    eventually("the live one has its turn", || ready(place(world, "live").is_some())).await;
    let waited = place(world, "live").unwrap() - before;
    assert!(waited <= 8, "it waited for {waited} of {DEAD}");
    assert!(calls() < DEAD, "the replay was not through");
    let shown = until_through(world, "all", DEAD).await;
    assert_eq!((&shown["state"], &shown["why"]), (&json!("done"), &json!("mended")));
    assert_eq!(shown["progress"]["ticketed"], DEAD);
    assert_eq!(calls(), DEAD + 1);
    assert_eq!(world.books()["balanced"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_event_overtakes_the_rest_of_a_bulk_replay_on_the_embedded_store() {
    let mut world = World::embedded_on_hold();
    pace(&world);
    buried(&world, Grave::order, 80).await;
    world.start().await;
    a_live_event_overtakes_the_rest(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_event_overtakes_the_rest_of_a_bulk_replay_over_rabbitmq() {
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let mut world = World::over_rabbitmq(node.url());
    pace(&world);
    buried(&world, Grave::order, 80).await;
    world.start().await;
    a_live_event_overtakes_the_rest(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_replay_goes_on_after_a_kill_and_puts_each_back_once() {
    const DEAD: usize = 80;
    let mut world = World::embedded_on_hold();
    buried(&world, Grave::error, DEAD).await;
    world.start().await;
    began(&world, &["--desk", "crm", "--name", "all", "--rate", "600"]);
    for so_many in [5, 15] {
        eventually("the replay is in its midst", || {
            ready(replay(&world, "all")["progress"]["put_back"].as_u64() >= Some(so_many))
        })
        .await;
        world.kill();
        assert_ne!(replay(&world, "all")["progress"]["left"], 0);
        world.start().await;
    }
    let shown = until_through(&world, "all", DEAD).await;
    assert_eq!(shown["progress"]["ticketed"], DEAD, "{shown}");
    for number in 0..DEAD {
        let key = key(&format!("dead_{number}"), "crm");
        assert_eq!(world.sandbox.hubspot().tickets_with(&key).len(), 1, "{number}");
    }
    assert_eq!(world.books()["balanced"], true);
    let log = world.json(&["audit", "list"]);
    assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dies_again_stays_dead_for_the_run_and_is_told() {
    let mut world = World::embedded_on_hold();
    buried(&world, Grave::of_nobody, 3).await;
    world.start().await;
    eventually("the desk is served", || ready(world.json(&["desks"])[0]["holder"].is_string()))
        .await;
    // It waits for the end of the run, and the answer is no.
    let waited = spawn_blocking(move || (world.cli(&["dead", "replay", "--all"]), world));
    let (output, world) = waited.await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(told.contains("3 of 3 put back: 0 ticketed, 0 merged, 3 dead again"), "{told}");
    let list = world.json(&["replays", "list"]);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["state"], "done");
    let made_up = list[0]["name"].as_str().unwrap();
    assert!(told.contains(made_up) && made_up.starts_with("replay-"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_replay_and_a_paused_desk_are_fed_nothing() {
    let mut world = World::embedded_on_hold();
    buried(&world, Grave::error, 20).await;
    world.start().await;
    for (name, rate) in [("all", "60"), ("all", "60")] {
        began(&world, &["--desk", "crm", "--since", "1h", "--name", name, "--rate", rate]);
    }
    let other = world.cli(&["dead", "replay", "--all", "--name", "all"]);
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    let paused = world.cli(&["replays", "pause", "all", "--why", "wait"]);
    assert!(paused.status.success(), "{paused:?}");
    let put_back = replay(&world, "all")["progress"]["put_back"].clone();
    // A whole look of the feeder, which a live event proves to have passed.
    let error = Grave::error("live");
    for number in 0..3 {
        let id = format!("live_{number}");
        world.post(&id, error.event_type, &error.data).await;
        world.settled(&id).await;
    }
    assert_eq!(replay(&world, "all")["progress"]["put_back"], put_back);
    assert!(world.cli(&["desk", "crm", "pause", "--why", "wait"]).status.success());
    eventually("the pause is noticed", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="crm"} 1"#)
    })
    .await;
    assert!(world.cli(&["replays", "resume", "all"]).status.success());
    assert_eq!(replay(&world, "all")["progress"]["put_back"], put_back);
    let cancelled = world.cli(&["replays", "cancel", "all", "--why", "enough"]);
    assert!(cancelled.status.success(), "{cancelled:?}");
    assert_eq!(world.cli(&["replays", "resume", "all"]).status.code(), Some(1));
    assert_eq!(world.cli(&["replays", "show", "none"]).status.code(), Some(1));
    assert_eq!(replay(&world, "all")["state"], "cancelled");
}
