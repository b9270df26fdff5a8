//! What was accepted becomes exactly its tickets, through a kill of Deskbell and of its broker.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use tokio::task::{JoinSet, spawn_blocking};

use crate::support::{
    rabbit::RabbitNode,
    sender::Sender,
    world::{World, eventually, key},
};

/// Events that are posted at a time.
const IN_FLIGHT: usize = 64;

/// Senders that go on until every one of `events` has been accepted, as senders with retries do.
struct Senders {
    tasks: JoinSet<()>,
    accepted: Arc<AtomicUsize>,
}

impl Senders {
    fn start(sender: &Sender, events: usize) -> Self {
        let next = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let (sender, next, accepted) = (sender.clone(), next.clone(), accepted.clone());
            tasks.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= events {
                        return;
                    }
                    sender.post_until_accepted(&id(number), "payment.failed", &data(number)).await;
                    accepted.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { tasks, accepted }
    }

    async fn until_accepted(&self, events: usize) {
        eventually("so many events are accepted", || {
            std::future::ready(self.accepted.load(Ordering::Relaxed) >= events)
        })
        .await;
    }

    async fn end(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

fn id(number: usize) -> String {
    format!("evt_{number}")
}

fn data(number: usize) -> Value {
    json!({
        "orderId": format!("SO-{number}"),
        "customerExternalId": "user_42",
        "errorCode": "card_declined",
        "amount": if number.is_multiple_of(10) { 5000 } else { 50 },
    })
}

/// Waits until nothing is on its way, settles what is in doubt as an operator does who looks into
/// the desk, and holds the desks to one ticket for each delivery.
async fn hold_to_one_ticket_each(world: &World, events: usize) {
    until_settled(world, events).await;
    let in_doubt = world.json(&["dead", "list", "--state", "uncertain", "--limit", "1000"]);
    let in_doubt = in_doubt.as_array().unwrap();
    for doubt in in_doubt {
        assert_eq!(doubt["desk"], "support", "only a desk without a look-up leaves a doubt");
        let key = doubt["key"].as_str().unwrap();
        let settled = match &world.sandbox.supportdesk().tickets_with(key)[..] {
            [] => world.cli(&["dead", "settle", key, "--absent"]),
            [ticket, ..] => world.cli(&["dead", "settle", key, "--ticket", &ticket.id]),
        };
        assert!(settled.status.success());
    }
    until_settled(world, events).await;
    let books = world.books();
    for line in books["lines"].as_array().unwrap() {
        assert_eq!(
            (&line["accepted"], &line["ticketed"]),
            (&json!(events), &json!(events)),
            "{books}"
        );
    }
    let [support, crm] = [world.sandbox.supportdesk().tickets(), world.sandbox.hubspot().tickets()];
    assert_eq!((support.len(), crm.len()), (events, events));
    println!(
        "{events} events accepted: {} tickets at SupportDesk ({} settled by an operator), {} at HubSpot",
        support.len(),
        in_doubt.len(),
        crm.len()
    );
    for number in 0..events {
        let id = id(number);
        assert_eq!(world.sandbox.supportdesk().tickets_with(&key(&id, "support")).len(), 1, "{id}");
        assert_eq!(world.sandbox.hubspot().tickets_with(&key(&id, "crm")).len(), 1, "{id}");
    }
}

async fn until_settled(world: &World, events: usize) {
    eventually("all events are settled", || {
        let books = world.books();
        let on_their_way: u64 = books["lines"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|line| ["queued", "attempting", "retrying"].map(|state| &line[state]))
            .map(|count| count.as_u64().unwrap())
            .sum();
        std::future::ready(books["events"] == events && on_their_way == 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_rabbitmq_a_kill_and_a_broker_restart_lose_and_double_nothing() {
    const EVENTS: usize = 10_000;
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    let senders = Senders::start(&world.sender, EVENTS);
    senders.until_accepted(EVENTS / 3).await;
    world.kill();
    world.spawn();
    senders.until_accepted(EVENTS * 2 / 3).await;
    let restarted = node.clone();
    spawn_blocking(move || restarted.restart()).await.unwrap();
    senders.end().await;
    hold_to_one_ticket_each(&world, EVENTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_embedded_store_a_kill_loses_and_doubles_nothing() {
    const EVENTS: usize = 2_000;
    let mut world = World::embedded().await;
    let senders = Senders::start(&world.sender, EVENTS);
    for third in 1..=2 {
        senders.until_accepted(EVENTS * third / 3).await;
        world.kill();
        world.spawn();
    }
    senders.end().await;
    hold_to_one_ticket_each(&world, EVENTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_broker_is_waited_out_and_answered_with_503_and_retry_after() {
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    let stopped = node.clone();
    spawn_blocking(move || stopped.stop()).await.unwrap();
    let mut world = World::over_rabbitmq(node.url());
    world.spawn();
    world.wait_until_alive().await;
    let refused = world.sender.post_raw("evt_0", "payment.failed", &data(0)).await.unwrap();
    assert_eq!(refused.status().as_u16(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let started = node.clone();
    spawn_blocking(move || started.restart()).await.unwrap();
    let sender = world.sender.clone();
    sender.post_until_accepted("evt_0", "payment.failed", &data(0)).await;
    hold_to_one_ticket_each(&world, 1).await;
    assert_eq!(world.stop(), Some(0));
}
