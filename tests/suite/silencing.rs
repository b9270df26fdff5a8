//! Silences, through the real process.

use serde_json::{Value, json};

use crate::support::world::{World, eventually, key, payment, state};

const EVENTS: [&str; 3] = ["evt_1", "evt_2", "evt_3"];

/// Waits until the workers know that so many silences hold.
async fn known(world: &World, count: u32) {
    let line = format!("deskbell_silences {count}");
    eventually("the silence is known", || async {
        world.metrics().await.lines().any(|known| known == line)
    })
    .await;
}

fn silence(world: &World, arguments: &[&str]) -> Value {
    world.json(&[&["silence"], arguments].concat())
}

async fn all_are(world: &World, expected: &str) {
    for id in EVENTS {
        let deliveries = world.settled(id).await;
        assert!(deliveries.iter().all(|it| state(it) == expected), "{deliveries:?}");
    }
}

#[tokio::test]
async fn what_is_silenced_has_no_ticket_until_it_is_released_and_then_one() {
    let mut world = World::embedded().await;
    let made = silence(
        &world,
        &[
            "create",
            "--type",
            "payment.*",
            "--when",
            "data.amount > 1000",
            "--for",
            "2h",
            "--why",
            "they migrate",
        ],
    );
    assert_eq!((&made["id"], &made["state"]), (&json!(1), &json!("holds")));
    known(&world, 1).await;
    for id in EVENTS {
        world.post(id, "payment.failed", &payment(id)).await;
    }
    all_are(&world, "suppressed").await;
    // What the silence is not about has its ticket.
    let stuck = json!({ "orderId": "1", "customerExternalId": "user_42", "stage": "picking" });
    world.post("evt_4", "order.stuck", &stuck).await;
    assert_eq!(state(&world.settled("evt_4").await[0]), "ticketed");
    assert_eq!(world.sandbox.hubspot().tickets().len(), 0);
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 1);

    let shown = silence(&world, &["show", "1"]);
    assert_eq!(shown["silence"]["suppressed"], 6);
    assert_eq!(shown["deliveries"].as_array().unwrap().len(), 6);
    let books = world.books();
    assert_eq!((&books["balanced"], &books["lines"][0]["suppressed"]), (&json!(true), &json!(3)));
    assert!(world.cli(&["events", "show", "evt_1"]).status.success());

    // One by itself, and the rest at once; the process ends in the midst of it.
    let one = key("evt_1", "crm");
    silence(&world, &["release", "1", &one, "--why", "this one counts"]);
    silence(&world, &["release", "1", "--why", "they are through"]);
    world.kill();
    world.start().await;
    all_are(&world, "ticketed").await;
    assert_eq!(world.sandbox.hubspot().tickets().len(), 3);
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 4);
    let shown = silence(&world, &["show", "1"]);
    assert_eq!(
        (&shown["silence"]["suppressed"], &shown["silence"]["released"]),
        (&json!(0), &json!(6))
    );
    let acts = world.json(&["audit", "list"]);
    let acts: Vec<_> = acts.as_array().unwrap().iter().map(|entry| entry["act"].as_str()).collect();
    assert_eq!(acts, [Some("silence.release"), Some("delivery.release"), Some("silence.create")]);
}

#[tokio::test]
async fn a_silence_that_is_ended_is_about_nothing_any_more() {
    let world = World::embedded().await;
    silence(&world, &["create", "--type", "*", "--for", "1h", "--why", "a test"]);
    known(&world, 1).await;
    let ended = silence(&world, &["end", "1"]);
    assert_eq!((&ended["state"], ended["ended_at"].is_string()), (&json!("over"), true));
    known(&world, 0).await;
    world.post("evt_1", "payment.failed", &payment("evt_1")).await;
    assert!(world.settled("evt_1").await.iter().all(|it| state(it) == "ticketed"));
    assert_eq!(silence(&world, &["list"])[0]["suppressed"], 0);
}

#[tokio::test]
async fn a_silence_that_cannot_hold_is_refused_where_it_is_made() {
    let world = World::embedded().await;
    for (arguments, words) in [
        (&["--type", "*", "--for", "31d"][..], "30 days"),
        (&["--for", "1h"], "type `*` is everything"),
        (&["--type", "pay*", "--for", "1h"], "--type"),
        (&["--when", "data.amount >", "--for", "1h"], "--when"),
        (&["--when", "amount > 3", "--for", "1h"], "amount"),
        (&["--type", "*", "--until", "2020-01-01T00:00:00Z"], "ends before it begins"),
    ] {
        let output = world.cli(&[&["silence", "create", "--why", "a test"], arguments].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
    let missing = world.cli(&["silence", "end", "7"]);
    assert_eq!(missing.status.code(), Some(1));
}
