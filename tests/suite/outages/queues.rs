//! Queues that are full, are not as they should be, or are gone.

use deskbell::ledger::Ledger as _;
use lapin::types::AMQPValue;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::{
    error, order, post_refused, until_not_ready, until_one_ticket_at_support, until_ready,
};
use crate::{
    replays::graves::ledger_of,
    support::{
        rabbit::RabbitNode,
        visitor::Visitor,
        world::{World, eventually, state},
    },
};

/// The work queue of `integration.error` at `crm`.
const LANE: &str = "deskbell.desk.crm.high";

#[tokio::test(flavor = "multi_thread")]
async fn a_work_queue_with_other_arguments_is_named_and_stops_its_own_desk_alone() {
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let visitor = Visitor::at(node.url()).await;
    let text = |text: &str| AMQPValue::LongString(text.into());
    let arguments = [
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", AMQPValue::LongInt(100)),
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text("elsewhere")),
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
    ];
    visitor.declare(LANE, &arguments).await;
    let mut world = World::over_rabbitmq(node.url());
    world.spawn();
    world.wait_until_alive().await;
    let words =
        ["desk `crm`", LANE, "`x-dead-letter-routing-key`", "'elsewhere'", "delete it yourself"];
    until_not_ready(&world, &words).await;
    world.post("evt_1", "order.stuck", &order(1)).await;
    until_one_ticket_at_support(&world, "evt_1").await;
    post_refused(&world, "evt_2", "integration.error", &error()).await;
    let log = world.log();
    assert_eq!(log.matches("No event for this desk is taken").count(), 1, "{log}");
    assert!(log.contains(LANE));
    assert!(visitor.get(LANE).await.is_none(), "nothing refused leaves a trace in the queues");
    visitor.delete_queue(LANE).await;
    until_ready(&world).await;
    world.post("evt_2", "integration.error", &error()).await;
    world.until("evt_2", |delivery| state(delivery) == "ticketed").await;
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_lane_is_answered_with_503_and_its_event_comes_through_later() {
    let node = spawn_blocking(|| {
        let node = RabbitNode::start();
        let policy = ["set_policy", "full", "^deskbell.desk.crm.high$", r#"{"max-length":1}"#];
        node.ctl(&policy);
        node
    })
    .await
    .unwrap();
    let mut world = World::over_rabbitmq(node.url());
    world.start_receiver().await;
    let mut posted = 0;
    let refused = loop {
        let id = format!("evt_{posted}");
        let answer = world.sender.post_raw(&id, "integration.error", &error()).await.unwrap();
        posted += 1;
        if answer.status() == 503 {
            assert!(answer.headers().contains_key("retry-after"));
            break id;
        }
        assert_eq!(answer.status(), 202);
    };
    assert!(posted > 1, "the lane has room for one");
    // Another lane has room, and the receiver says so.
    world.post("other", "order.stuck", &order(1)).await;
    assert_eq!(world.readiness().await.0, 200);
    assert_eq!(world.stop(), Some(0));
    world.start().await;
    world.sender.post_until_accepted(&refused, "integration.error", &error()).await;
    for number in 0..posted {
        world.until(&format!("evt_{number}"), |delivery| state(delivery) == "ticketed").await;
    }
    assert_eq!(world.sandbox.hubspot().tickets().len(), posted);
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_deleted_is_declared_anew_and_the_books_go_on() {
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    world.post("evt_1", "order.stuck", &order(1)).await;
    until_one_ticket_at_support(&world, "evt_1").await;
    let ledger = ledger_of(&world);
    eventually("the journal is read", || async {
        ledger.recorded_up_to().await.unwrap().is_some()
    })
    .await;
    ledger.close().await;
    Visitor::at(node.url()).await.delete_queue("deskbell.journal").await;
    // Its lane takes it, and whoever takes it up records it.
    world.post("evt_2", "order.stuck", &order(2)).await;
    until_one_ticket_at_support(&world, "evt_2").await;
    // Nothing but the journal takes this one.
    let unmatched = json!({
        "orderId": "SO-3", "customerExternalId": "user_42", "errorCode": "declined", "amount": 1,
    });
    world.sender.post_until_accepted("evt_3", "payment.failed", &unmatched).await;
    eventually("all events are in the books", || {
        let books = world.books();
        std::future::ready(books["events"] == 3 && books["unmatched"] == 1)
    })
    .await;
    // Nobody knows what else was in it.
    let books = world.books();
    assert_eq!(books["balanced"], true);
    assert_eq!(books["gaps"].as_array().map(Vec::len), Some(1), "{books}");
    let told = world.cli(&["books"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stdout).contains("UNRECORDED: the journal was deleted"));
    assert_eq!(world.cli(&["books", "--forget-gaps"]).status.code(), Some(0));
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}
