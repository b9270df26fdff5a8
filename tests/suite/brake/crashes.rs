//! A flood whose process ends, or whose desk does not answer, in the middle.

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use serde_json::json;

use super::{LONG, crm, customers, floods, parents, post, the_parent, until_settled, world};
use crate::support::world::{eventually, key};

#[tokio::test]
async fn a_process_that_is_killed_again_and_again_opens_one_parent() {
    let (mut world, _data) = world(LONG).await;
    for from in [0, 12, 24, 36, 48] {
        post(&world, from..from + 12).await;
        world.kill();
        world.start().await;
    }
    until_settled(&world, 60).await;
    assert_eq!(world.sandbox.hubspot().tickets().len(), 21);
    assert_eq!(customers(&the_parent(&world)), 40);
    assert_eq!(floods(&world)[0]["events"], json!(40));
    assert_eq!(world.books()["balanced"], json!(true));
}

#[tokio::test]
async fn a_parent_whose_answer_was_lost_is_opened_once() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..20).await;
    until_settled(&world, 20).await;
    let lost = Fault::new(FaultKind::Disconnect).after_creating();
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, lost));
    post(&world, 20..30).await;
    until_settled(&world, 30).await;
    assert_eq!(parents(&world).len(), 1);
    assert_eq!(crm(&world)["ticketed"], json!(21));
}

#[tokio::test]
async fn a_word_whose_answer_was_lost_is_said_once() {
    let (world, _data) = world("5s").await;
    let lost = Fault::new(FaultKind::Disconnect).after_creating().times(2);
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Comment, lost));
    post(&world, 0..45).await;
    until_settled(&world, 45).await;
    eventually("the last word", || {
        let said = the_parent(&world).comments.iter().any(|it| it.contains("The flood is over"));
        std::future::ready(said)
    })
    .await;
    until_settled(&world, 45).await;
    assert_eq!(the_parent(&world).comments.len(), 2, "{:?}", the_parent(&world).comments);
}

#[tokio::test]
async fn where_the_parent_is_refused_the_next_event_opens_it() {
    let (world, _data) = world(LONG).await;
    post(&world, 0..20).await;
    until_settled(&world, 20).await;
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, Fault::answer(400)));
    post(&world, 20..30).await;
    until_settled(&world, 29).await;
    assert_eq!(crm(&world)["dead"], json!(1));
    assert_eq!(parents(&world).len(), 1);
    assert_eq!(floods(&world)[0]["events"], json!(9));
    // Replayed, it is counted with the others.
    assert!(world.cli(&["dead", "replay", "--all", "--detach"]).status.success());
    until_settled(&world, 30).await;
    assert_eq!(crm(&world)["ticketed"], json!(21));
    assert_eq!(floods(&world)[0]["events"], json!(10));
}

/// The account has no key to look up: whether the parent exists, an operator has to see.
#[tokio::test]
async fn while_the_parent_is_in_doubt_the_others_say_which_delivery_to_settle() {
    let (mut world, _data) = super::world_on_hold(LONG);
    let config = super::CONFIG.replace("WITHIN", LONG);
    let config = config.replace("stage = \"1\"", "stage = \"1\"\nkey_property = \"\"");
    std::fs::write(world.path("brake.toml"), config).unwrap();
    world.start().await;
    post(&world, 0..20).await;
    until_settled(&world, 20).await;
    let lost = Fault::new(FaultKind::Disconnect).after_creating();
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, lost));
    post(&world, 20..21).await;
    let parked = |delivery: &serde_json::Value| delivery["state"] == "uncertain";
    world.until("e-20", parked).await;
    post(&world, 21..22).await;
    let waits = |delivery: &serde_json::Value| delivery["failure"]["reason"] == "flood-busy";
    let waiting = world.until("e-21", waits).await;
    let words = waiting[0]["failure"]["words"].as_str().unwrap();
    assert!(words.contains(&key("e-20", "crm")), "{words}");
    let ticket = the_parent(&world).id;
    let settle = ["dead", "settle", &key("e-20", "crm"), "--ticket", &ticket];
    assert!(world.cli(&settle).status.success());
    assert_eq!(floods(&world)[0]["ticket"]["id"], json!(ticket));
}
