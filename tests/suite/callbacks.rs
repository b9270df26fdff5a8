//! Call-backs to senders, through the real process.

mod conditions;
mod operators;
pub(crate) mod receiver;

use serde_json::{Value, json};

use self::receiver::{PATH, Receiver, SECRET, calling};
use crate::support::world::{World, eventually, payment};

fn order(customer: &str) -> Value {
    json!({ "orderId": "SO-9", "customerExternalId": customer, "stage": "picking" })
}

/// What has not been received yet, as operators see it.
fn listed(world: &World) -> Vec<Value> {
    world.json(&["callbacks", "list"]).as_array().unwrap().clone()
}

#[tokio::test]
async fn a_sender_is_called_back_signed_when_its_delivery_is_ticketed_or_dead() {
    let receiver = Receiver::start(&[200]).await;
    let world = calling(&receiver).await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    let ticketed = receiver.next().await;
    let body = ticketed.verified();
    assert_eq!(body["type"], "delivery.ticketed");
    let data = &body["data"];
    assert_eq!((&data["id"], &data["source"]), (&json!("evt_1"), &json!("shop")));
    let [ticket] = &world.sandbox.supportdesk().tickets()[..] else { panic!() };
    assert_eq!(data["delivery"]["ticket"]["id"], ticket.id);
    assert!(!body.to_string().contains("SO-9"), "{body}");
    assert_eq!(ticketed.header("content-type"), "application/json");

    world.post("evt_2", "order.stuck", &order("user_999")).await;
    let dead = receiver.next().await;
    let body = dead.verified();
    assert_eq!(body["type"], "delivery.dead");
    assert_eq!(body["data"]["delivery"]["reason"], "unknown-customer");
    assert_ne!(dead.header("webhook-id"), ticketed.header("webhook-id"));
    eventually("all is received", || std::future::ready(listed(&world).is_empty())).await;
    let metrics = world.metrics().await;
    let counted = "deskbell_callbacks_total{source=\"shop\",outcome=\"received\"} 2";
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn a_receiver_that_was_away_is_called_back_later_under_the_same_id() {
    let receiver = Receiver::start(&[500, 200]).await;
    let world = calling(&receiver).await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    let first = receiver.next().await;
    eventually("the failure is written down", || {
        let listed = listed(&world);
        let told = listed.first().is_some_and(|one| one["error"] == "the receiver answered 500");
        std::future::ready(told)
    })
    .await;
    let second = receiver.next().await;
    assert_eq!(second.verified(), first.verified());
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    eventually("all is received", || std::future::ready(listed(&world).is_empty())).await;
}

#[tokio::test]
async fn a_call_back_outlives_a_crash_between_the_ticket_and_its_receipt() {
    let receiver = Receiver::start(&[503, 200]).await;
    let mut world = calling(&receiver).await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    let first = receiver.next().await;
    world.kill();
    world.start().await;
    let second = receiver.next().await;
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    eventually("all is received", || std::future::ready(listed(&world).is_empty())).await;
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 1);
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_is_left_alone_and_operators_are_told() {
    let receiver = Receiver::start(&[410]).await;
    let world = calling(&receiver).await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    receiver.next().await;
    let mut given_up = Value::Null;
    eventually("it is given up", || {
        given_up = listed(&world).pop().unwrap_or_default();
        std::future::ready(given_up["given_up_at"].is_string())
    })
    .await;
    assert_eq!((&given_up["event"], &given_up["next_at"]), (&json!("evt_1"), &Value::Null));
    assert!(given_up["error"].as_str().unwrap().contains("410"), "{given_up}");
    assert!(world.log().contains("Gave a call-back to `shop` up"));
    assert_eq!(receiver.count().await, 1);
    let printed = world.cli(&["callbacks", "list"]).stdout;
    assert!(String::from_utf8(printed).unwrap().contains("given up"));
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_under_its_id_when_an_operator_says_so() {
    let receiver = Receiver::start(&[410, 200]).await;
    let world = calling(&receiver).await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    let first = receiver.next().await;
    eventually("it is given up", || {
        let listed = listed(&world);
        std::future::ready(listed.first().is_some_and(|one| one["given_up_at"].is_string()))
    })
    .await;
    let id = first.header("webhook-id");
    let printed = String::from_utf8(world.cli(&["callbacks", "list"]).stdout).unwrap();
    assert!(printed.contains(&id), "{printed}");
    assert_eq!(world.cli(&["callbacks", "resend"]).status.code(), Some(2));
    assert_eq!(world.cli(&["callbacks", "resend", &id, "--source", "shop"]).status.code(), Some(2));
    let resent = world.json(&["callbacks", "resend", "--source", "shop"]);
    assert_eq!(resent, json!({ "resent": [id], "under_way": [], "unknown": [] }));
    let second = receiver.next().await;
    assert_eq!(second.verified(), first.verified());
    assert_eq!(second.header("webhook-id"), id);
    eventually("it is received", || std::future::ready(listed(&world).is_empty())).await;
    let refused = world.cli(&["callbacks", "resend", &id]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("it was received"), "{told}");
    assert_eq!(receiver.count().await, 2);
}

#[tokio::test]
async fn a_slow_receiver_keeps_no_desk_waiting() {
    let receiver = Receiver::silent().await;
    let world = calling(&receiver).await;
    for number in 0..8 {
        world.post(&format!("evt_{number}"), "payment.failed", &payment("SO-1")).await;
    }
    receiver.next().await;
    for number in 0..8 {
        world.settled(&format!("evt_{number}")).await;
    }
    assert_eq!(listed(&world).len(), 16);
}

#[tokio::test]
async fn no_secret_of_a_call_back_is_in_the_log_or_in_what_operators_see() {
    let receiver = Receiver::start(&[500]).await;
    let mut world = World::embedded_on_hold();
    world.set("DESKBELL_LOG", "trace");
    receiver.configure(&mut world);
    world.start().await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    let signature = receiver.next().await.header("webhook-signature");
    eventually("the failure is written down", || {
        std::future::ready(listed(&world).iter().any(|one| one["error"].is_string()))
    })
    .await;
    world.stop();
    let shown = world.log() + &json!(listed(&world)).to_string();
    for secret in [&SECRET["whsec_".len()..], PATH, &signature["v1,".len()..]] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_called_unless_allowed() {
    let receiver = Receiver::start(&[200]).await;
    let mut world = World::embedded_on_hold();
    let url = format!("https://localhost:{}/", receiver.port());
    receiver.configure_with(&mut world, &url, "allow_private = false");
    world.start().await;
    world.post("evt_1", "order.stuck", &order("user_42")).await;
    eventually("the refusal is written down", || {
        let listed = listed(&world);
        let error = listed.first().and_then(|one| one["error"].as_str());
        std::future::ready(error.is_some_and(|error| error.contains("may be called")))
    })
    .await;
    assert_eq!(receiver.count().await, 0);
}

#[tokio::test]
async fn faults_of_a_call_back_are_told_with_their_cures_and_without_their_values() {
    for (url, more, what) in [
        ("https://10.0.0.1/canary", "", "`url` names an address that is not public"),
        ("https://[::ffff:127.0.0.1]/canary", "", "`url` names an address that is not public"),
        ("http://hooks.example.com/canary", "allow_private = true", "`url` is not https"),
        ("https://a:b@example.com/canary", "", "`url` holds a user or a password"),
        ("https://hooks.example.com/", "on = [\"queued\"]", "no delivery ends in"),
        ("https://hooks.example.com/", "on = []", "`on` names no state"),
        ("https://hooks.example.com/", "every = 1", "unknown key `every`"),
        ("https://hooks.example.com/", "allow_private = \"yes\"", "`allow_private` is"),
    ] {
        let mut world = World::embedded_on_hold();
        Receiver::configure_url(&mut world, url, more);
        let output = world.cli(&["check"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(what), "{what} in {told}");
        assert!(!told.contains("canary") && !told.contains(SECRET), "{told}");
    }
}
