//! An open breaker and a rate of failures, told through the real process by both ways: once each.

use std::{cell::RefCell, ops::Range, sync::Arc};

use deskbell::sandbox::{Fault, FaultPlan, Operation};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::{
    operators::{tell, undocumented},
    order,
    receiver::{PATH, Receiver},
};
use crate::support::{
    rabbit::RabbitNode,
    visitor::Visitor,
    world::{World, eventually},
};

/// What operators are told by a webhook and by a queue.
struct Told {
    world: World,
    receiver: Receiver,
    node: Arc<RabbitNode>,
    /// What the webhook has received.
    received: Vec<Value>,
}

impl Told {
    async fn start() -> Self {
        let receiver = Receiver::start(&[200]).await;
        let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
        let mut world = World::over_rabbitmq(node.url());
        let url = format!("http://127.0.0.1:{}{PATH}", receiver.port());
        let both = "allow_private = true\n\n[operators.notify.team]\nqueue = true";
        tell(&mut world, Some(&url), both);
        world.start().await;
        Self { world, receiver, node, received: Vec::new() }
    }

    async fn post(&self, numbers: Range<usize>, customer: &str) {
        for number in numbers {
            self.world.post(&format!("evt_{number}"), "order.stuck", &order(customer)).await;
        }
    }

    /// The next event that the webhook gets, whose signature holds.
    async fn next(&mut self) -> &Value {
        let received = self.receiver.next().await;
        let body = received.verified();
        assert_eq!(received.header("webhook-id"), body["id"]);
        assert_eq!(undocumented(&body), [""; 0]);
        self.received.push(body);
        self.received.last().unwrap()
    }

    /// Goes on until an event of this type has come.
    async fn until(&mut self, event_type: &str) -> &Value {
        while self.next().await["type"] != event_type {}
        self.received.last().unwrap()
    }

    /// All types that the webhook has got, sorted. Both ways have told the same, and a condition that
    /// comes after all others says that nothing more was told of these.
    async fn types(mut self) -> Vec<String> {
        assert!(self.world.cli(&["desk", "crm", "pause", "--why", "the last"]).status.success());
        self.until("deskbell.desk.parked").await;
        assert_eq!(self.receiver.count().await, self.received.len());
        let mut queued = queued(self.node.url()).await;
        for told in [&mut queued, &mut self.received] {
            told.sort_by_key(|body| body["id"].to_string());
        }
        assert_eq!(queued, self.received);
        let text = |body: &Value| body["type"].as_str().unwrap().to_owned();
        let mut types: Vec<_> = self.received.iter().map(text).collect();
        types.sort();
        types
    }
}

/// What operators read from the queue, up to the condition that comes after all others.
async fn queued(url: &str) -> Vec<Value> {
    let (visitor, queued) = (Visitor::at(url).await, RefCell::new(Vec::<Value>::new()));
    eventually("the queue has the last", async || {
        while let Some((properties, body)) = visitor.get("deskbell.operators").await {
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(properties.message_id().as_ref().unwrap().as_str(), body["id"]);
            queued.borrow_mut().push(body);
        }
        queued.borrow().iter().any(|body| body["type"] == "deskbell.desk.parked")
    })
    .await;
    queued.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_breaker_and_its_end_are_told_once_each_by_webhook_and_queue() {
    let mut told = Told::start().await;
    // What waits is tried again and again.
    let busy = Fault::answer(429).one_in(1, 1);
    told.world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Any, busy));
    told.post(0..5, "user_42").await;
    let opened = told.next().await.clone();
    assert_eq!(opened["type"], "deskbell.breaker.opened");
    assert_eq!(opened["subject"], "desks/support");
    assert_eq!(opened["data"]["reason"], "throttled");
    told.world.sandbox.supportdesk().faults(FaultPlan::none());
    let closed = told.next().await;
    assert_eq!(closed["type"], "deskbell.breaker.closed");
    assert_eq!(closed["data"]["since"], opened["data"]["since"]);
    let expected = ["deskbell.breaker.closed", "deskbell.breaker.opened", "deskbell.desk.parked"];
    assert_eq!(told.types().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_that_pass_50_70_and_90_percent_are_told_once_each_by_webhook_and_queue() {
    let mut told = Told::start().await;
    told.post(0..5, "user_42").await;
    let mut posted = 5;
    // The fewest that pass each level; nobody knows the customer, so that each is dead at once.
    for (bad, percent) in [(5, 50), (7, 70), (33, 90)] {
        told.post(posted..posted + bad, "user_999").await;
        posted += bad;
        let data = &told.until("deskbell.desk.failing").await["data"];
        assert_eq!((&data["desk"], &data["percent"]), (&json!("support"), &json!(percent)));
        let counted = (&data["failed"], &data["deliveries"]);
        assert_eq!(counted, (&json!(posted - 5), &json!(posted)));
    }
    let discard = ["dead", "discard", "--desk", "support", "--why", "a test"];
    assert!(told.world.cli(&discard).status.success());
    for over in ["deskbell.desk.recovered", "deskbell.deliveries.cleared"] {
        if !told.received.iter().any(|body| body["type"] == over) {
            told.until(over).await;
        }
    }
    let expected = [
        "deskbell.deliveries.cleared",
        "deskbell.deliveries.dead",
        "deskbell.desk.failing",
        "deskbell.desk.failing",
        "deskbell.desk.failing",
        "deskbell.desk.parked",
        "deskbell.desk.recovered",
    ];
    assert_eq!(told.types().await, expected);
}
