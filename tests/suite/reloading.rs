//! Rules that change while the process runs: good ones hold, bad ones are refused, nothing is lost.

use std::fs;

use crate::support::world::{World, eventually, payment};

/// Rewrites the behaviour file of a world.
fn change(world: &World, from: &str, to: &str) {
    let path = world.path("deskbell.toml");
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{from}");
    fs::write(path, before.replace(from, to)).unwrap();
}

async fn until_logged(world: &World, words: &str) {
    eventually(&format!("`{words}` is logged"), || std::future::ready(world.log().contains(words)))
        .await;
}

/// The subject of the ticket that an event becomes.
async fn subject(world: &World, id: &str) -> String {
    world.post(id, "payment.failed", &payment(id)).await;
    let subject = || {
        let mut tickets = world.sandbox.hubspot().tickets().into_iter();
        tickets.find(|ticket| ticket.subject.contains(id)).map(|ticket| ticket.subject)
    };
    eventually("the event has a ticket", || std::future::ready(subject().is_some())).await;
    subject().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_rules_hold_by_themselves() {
    let world = World::embedded().await;
    assert_eq!(subject(&world, "one").await, "Payment failed for order #one");
    change(&world, "Payment failed for order #", "No money for ");
    until_logged(&world, "hold now").await;
    assert_eq!(subject(&world, "two").await, "No money for two");
    // Routes, too, which the receiver decides.
    change(&world, "data.amount >= 10", "data.amount >= 10000");
    eventually("the event goes nowhere", async || {
        let id = format!("three-{}", world.log().len());
        let receipt = world.post(&id, "payment.failed", &payment(&id)).await;
        receipt["deliveries"].as_array().unwrap().is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_refused_the_old_rules_stay_and_it_is_said_where() {
    let world = World::embedded().await;
    change(&world, "subject = \"Payment failed", "subjet = \"Payment failed");
    until_logged(&world, "is not taken up").await;
    let said = world.log();
    assert!(said.contains("unknown key `subjet` in rule `payment-failed`"), "{said}");
    assert!(said.contains("deskbell.toml:"), "{said}");
    assert_eq!(subject(&world, "one").await, "Payment failed for order #one");
    assert!(world.metrics().await.contains("deskbell_config_last_reload_successful 0"));
    change(&world, "subjet = \"Payment failed", "subject = \"Payment has failed");
    until_logged(&world, "hold now").await;
    assert_eq!(subject(&world, "two").await, "Payment has failed for order #two");
    assert!(world.metrics().await.contains("deskbell_config_last_reload_successful 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_which_more_than_the_rules_has_changed_takes_a_restart() {
    let mut world = World::embedded().await;
    change(&world, "stage = \"1\"", "stage = \"2\"");
    change(&world, "Payment failed for order #", "No money for ");
    until_logged(&world, "more than `[[rules]]` has changed, which takes a restart").await;
    assert_eq!(subject(&world, "one").await, "Payment failed for order #one");
    assert_eq!(world.stop(), Some(0));
    world.start().await;
    assert_eq!(subject(&world, "two").await, "No money for two");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_takes_the_rules_up_and_does_not_end_the_process() {
    let world = World::embedded().await;
    world.signal("HUP");
    until_logged(&world, "hold now").await;
    assert_eq!(subject(&world, "one").await, "Payment failed for order #one");
}
