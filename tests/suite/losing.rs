//! What the broker gives up, and what is deleted from it, is not lost.

use serde_json::json;
use tokio::task::spawn_blocking;

use crate::support::{
    rabbit::RabbitNode,
    visitor::Visitor,
    world::{World, eventually, key, state},
};

fn order(number: usize) -> serde_json::Value {
    json!({ "orderId": format!("SO-{number}"), "customerExternalId": "user_42", "stage": "picking" })
}

/// The work queue of `order.stuck` at `support`.
const LANE: &str = "deskbell.desk.support.medium";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_came_back_too_often_is_a_dead_letter_and_can_be_replayed() {
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let mut world = World::over_rabbitmq(node.url());
    world.start_receiver().await;
    world.post("evt_1", "order.stuck", &order(1)).await;
    let visitor = Visitor::at(node.url()).await;
    visitor.refuse_all(LANE).await;
    visitor.publish("", "deskbell.dead", "foreign").await;
    assert_eq!(world.stop(), Some(0));
    world.start().await;
    let [dead] = &world.settled("evt_1").await[..] else { panic!() };
    assert_eq!((state(dead), &dead["failure"]["reason"]), ("dead", &json!("poison")));
    let key = key("evt_1", "support");
    let listed = world.json(&["dead", "list", "--reason", "poison"]);
    assert_eq!(listed[0]["key"], key);
    assert_eq!(world.json(&["dead", "show", &key])["event"]["data"], order(1));
    assert_eq!(visitor.first("deskbell.dead.foreign").await, "foreign");
    world.json(&["dead", "replay", &key]);
    world.until("evt_1", |delivery| state(delivery) == "ticketed").await;
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_in_a_work_queue_that_was_deleted_become_tickets_all_the_same() {
    const EVENTS: usize = 120;
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let mut world = World::over_rabbitmq(node.url());
    // The ledger knows the desk before anything is lost.
    world.start().await;
    world.post("first", "order.stuck", &order(0)).await;
    world.settled("first").await;
    assert_eq!(world.stop(), Some(0));
    world.start_receiver().await;
    for number in 1..=EVENTS {
        world.post(&format!("evt_{number}"), "order.stuck", &order(number)).await;
    }
    let visitor = Visitor::at(node.url()).await;
    visitor.delete_queue(LANE).await;
    world.post("swallowed", "order.stuck", &order(200)).await;
    // The receiver alone declares it anew.
    eventually("the queue is there again", || async {
        Visitor::at(node.url()).await.has(LANE).await
    })
    .await;
    world.post("last", "order.stuck", &order(201)).await;
    assert_eq!(world.stop(), Some(0));
    world.start().await;
    let all = (1..=EVENTS).map(|number| format!("evt_{number}"));
    for id in all.chain(["swallowed".to_owned(), "last".to_owned()]) {
        world.until(&id, |delivery| state(delivery) == "ticketed").await;
        assert_eq!(world.sandbox.supportdesk().tickets_with(&key(&id, "support")).len(), 1, "{id}");
    }
    assert!(world.metrics().await.contains("deskbell_rerouted_total{desk=\"support\"}"));
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_purged_is_named_by_the_books_until_it_is_put_back() {
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    world.post("first", "order.stuck", &order(0)).await;
    world.settled("first").await;
    assert_eq!(world.stop(), Some(0));
    world.start_receiver().await;
    world.post("evt_1", "order.stuck", &order(1)).await;
    assert_eq!(Visitor::at(node.url()).await.purge(LANE).await, 1);
    assert_eq!(world.stop(), Some(0));
    // A broker without memory gives messages out and takes none.
    node.ctl(&["set_vm_memory_high_watermark", "absolute", "1"]);
    world.start().await;
    eventually("the books name it", || {
        let books = world.books();
        let is_named = books["nowhere"] == 1 && books["missing_deliveries"][0]["id"] == "evt_1";
        std::future::ready(is_named && books["balanced"] == true)
    })
    .await;
    let told = world.cli(&["books"]);
    assert_eq!(told.status.code(), Some(1));
    let told = String::from_utf8(told.stdout).unwrap();
    for words in ["MISSING: 1 deliveries", "shop evt_1 (order.stuck) for support", "/health/ready"]
    {
        assert!(told.contains(words), "{told}");
    }
    eventually("a metric tells", || async {
        world.metrics().await.contains("deskbell_books_nowhere_deliveries 1")
    })
    .await;
    node.ctl(&["set_vm_memory_high_watermark", "0.6"]);
    world.until("evt_1", |delivery| state(delivery) == "ticketed").await;
    assert_eq!(world.sandbox.supportdesk().tickets_with(&key("evt_1", "support")).len(), 1);
    assert_eq!(world.books()["made_good"][0]["id"], "evt_1");
    assert_eq!(world.cli(&["books"]).status.code(), Some(0));
}
