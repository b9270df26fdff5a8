//! What operators are told of the house's own troubles, through the real process.

use deskbell::{contracts, event::SchemaBook};
use serde_json::{Value, json};

use super::{
    order,
    receiver::{PATH, Receiver, SECRET},
};
use crate::support::{
    rabbit::RabbitNode,
    visitor::Visitor,
    world::{World, eventually, key},
};

/// Has operators told at `url`, with more keys; or, without one, in the way that the keys say.
pub(super) fn tell(world: &mut World, url: Option<&str>, more: &str) {
    let path = world.path("deskbell.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let url = url.map_or_else(String::new, |url| {
        world.set("PAGER_URL", url);
        world.set("PAGER_SECRET", SECRET);
        "url = \"${PAGER_URL}\"\nsecret = \"${PAGER_SECRET}\"\n".to_owned()
    });
    std::fs::write(&path, format!("{config}\n[operators.notify.pager]\n{url}{more}\n")).unwrap();
}

fn told_at(receiver: &Receiver) -> World {
    let mut world = World::embedded_on_hold();
    let url = format!("http://127.0.0.1:{}{PATH}", receiver.port());
    tell(&mut world, Some(&url), "allow_private = true");
    world
}

/// What of `event` is not as the AsyncAPI document says.
pub(super) fn undocumented(event: &Value) -> Vec<String> {
    let events = contracts::events(&SchemaBook::builtin());
    let message = &events["components"]["messages"][event["type"].as_str().unwrap()];
    let schema = json!({ "components": events["components"], "allOf": [message["payload"]] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(event).map(|error| error.to_string()).collect()
}

#[tokio::test]
async fn operators_are_told_signed_and_once_of_an_onset_and_an_end_over_restarts() {
    let receiver = Receiver::start(&[200]).await;
    let mut world = told_at(&receiver);
    world.start().await;
    assert!(world.cli(&["desk", "support", "pause", "--why", "canary"]).status.success());
    let parked = receiver.next().await;
    let body = parked.verified();
    assert_eq!(body["type"], "deskbell.desk.parked");
    assert_eq!((&body["data"]["desk"], &body["data"]["paused"]), (&json!("support"), &json!(true)));
    assert_eq!(undocumented(&body), [""; 0]);
    assert_eq!(parked.header("content-type"), "application/cloudevents+json");
    assert_eq!(parked.header("webhook-id"), body["id"]);
    assert!(!body.to_string().contains("canary"), "{body}");
    world.kill();
    world.start().await;
    world.kill();
    world.start().await;
    assert!(world.cli(&["desk", "support", "resume"]).status.success());
    let unparked = receiver.next().await.verified();
    assert_eq!(unparked["type"], "deskbell.desk.unparked");
    assert_eq!(unparked["data"]["since"], body["data"]["since"]);
    assert_eq!(undocumented(&unparked), [""; 0]);
    assert_eq!(receiver.count().await, 2);
}

#[tokio::test]
async fn the_first_dead_letter_of_a_reason_is_told_once_and_holds_nothing_of_the_event() {
    let receiver = Receiver::start(&[200]).await;
    let mut world = told_at(&receiver);
    world.start().await;
    world.post("evt_1", "order.stuck", &order("user_999")).await;
    let body = receiver.next().await.verified();
    assert_eq!(body["type"], "deskbell.deliveries.dead");
    assert_eq!(body["subject"], "desks/support/reasons/unknown-customer");
    assert_eq!(undocumented(&body), [""; 0]);
    for private in ["SO-9", "user_999", "evt_1"] {
        assert!(!body.to_string().contains(private), "{body}");
    }
    world.post("evt_2", "order.stuck", &order("user_999")).await;
    world.settled("evt_2").await;
    for id in ["evt_1", "evt_2"] {
        let discard = ["dead", "discard", &key(id, "support"), "--why", "no"];
        assert!(world.cli(&discard).status.success());
    }
    let cleared = receiver.next().await.verified();
    assert_eq!(cleared["type"], "deskbell.deliveries.cleared");
    let metrics = world.metrics().await;
    let counted = "deskbell_operator_events_total{receiver=\"pager\",outcome=\"received\"} 2";
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn a_receiver_of_operator_events_that_was_away_is_told_later_and_no_desk_waits() {
    let receiver = Receiver::start(&[500, 200]).await;
    let mut world = told_at(&receiver);
    world.set("DESKBELL_LOG", "trace");
    world.start().await;
    assert!(world.cli(&["desk", "crm", "pause", "--why", "look"]).status.success());
    let first = receiver.next().await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    world.settled("evt_1").await;
    let second = receiver.next().await;
    assert_eq!(second.verified(), first.verified());
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    let signature = first.header("webhook-signature");
    for secret in [&SECRET["whsec_".len()..], PATH, &signature["v1,".len()..]] {
        assert!(!world.log().contains(secret), "{secret} is shown");
    }
}

#[tokio::test]
async fn operators_read_what_they_are_told_from_a_durable_queue_of_rabbitmq() {
    let node = RabbitNode::start();
    let mut world = World::over_rabbitmq(node.url());
    tell(&mut world, None, "queue = true");
    world.start().await;
    assert!(world.cli(&["desk", "support", "pause", "--why", "look"]).status.success());
    let visitor = Visitor::at(node.url()).await;
    eventually("operators are told", async || {
        node.ctl(&["list_queues", "name", "messages"]).contains("deskbell.operators\t1")
    })
    .await;
    let (properties, body) = visitor.get("deskbell.operators").await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["type"], "deskbell.desk.parked");
    assert_eq!(undocumented(&body), [""; 0]);
    assert_eq!(properties.message_id().as_ref().unwrap().as_str(), body["id"]);
    assert_eq!(properties.delivery_mode(), &Some(2));
    assert_eq!(
        properties.content_type().as_ref().unwrap().as_str(),
        "application/cloudevents+json"
    );
    let queues = node.ctl(&["list_queues", "name", "type", "durable"]);
    assert!(queues.contains("deskbell.operators\tquorum\ttrue"), "{queues}");
}

#[tokio::test]
async fn faults_of_who_is_told_are_found_with_their_cures_and_without_their_values() {
    for (url, more, what) in [
        (Some("https://10.0.0.1/canary"), "", "`url` names an address that is not public"),
        (Some("https://hooks.example.com/canary"), "queue = true", "has both `queue` and `url`"),
        (Some("https://hooks.example.com/canary"), "every = 1", "unknown key `every`"),
        (None, "queue = true", "there is no RabbitMQ"),
        (None, "queue = false", "has no `url`"),
        (None, "", "has no `secret`"),
    ] {
        let mut world = World::embedded_on_hold();
        tell(&mut world, url, more);
        let output = world.cli(&["check"]);
        let faults = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{faults}");
        assert!(faults.contains(what), "{what} in {faults}");
        assert!(!faults.contains("canary") && !faults.contains(SECRET), "{faults}");
    }
}
