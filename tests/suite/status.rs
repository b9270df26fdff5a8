//! What senders are told of their events, through the real process.

use std::cell::RefCell;

use deskbell::sandbox::{Fault, FaultPlan, Operation};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::support::{
    rabbit::RabbitNode,
    world::{World, eventually, of_desk, payment},
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER_TOKEN: &str = "fedcba9876543210fedcba9876543210";

/// Gives `shop` and one more source tokens, and a third none.
fn configure(world: &mut World) {
    let path = world.path("deskbell.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let secrets = "secrets = [\"${SHOP_SECRET}\"]";
    let sources = format!(
        "{secrets}\nstatus_tokens = [\"${{OLD_TOKEN:-}}\", \"${{SHOP_TOKEN}}\"]\n\
         [sources.other]\nverify = \"standard-webhooks\"\n{secrets}\n\
         status_tokens = \"${{OTHER_TOKEN}}\"\n\
         [sources.mute]\nverify = \"standard-webhooks\"\n{secrets}\n"
    );
    assert!(config.contains(secrets));
    std::fs::write(&path, config.replacen(secrets, &sources, 1)).unwrap();
    world.set("SHOP_TOKEN", TOKEN);
    world.set("OTHER_TOKEN", OTHER_TOKEN);
}

async fn running() -> World {
    let mut world = World::embedded_on_hold();
    configure(&mut world);
    world.start().await;
    world
}

/// Asks the receiver for `path`, with this token.
async fn ask(world: &World, path: &str, token: Option<&str>, known: &str) -> Response {
    let url = format!("http://{}{path}", world.sender.receiver);
    let mut request = world.sender.client.request(Method::GET, url).header("if-none-match", known);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

/// Asks until `holds` of the status of this event.
async fn until(world: &World, id: &str, holds: fn(&Value) -> bool) -> Value {
    let told = RefCell::new(Value::Null);
    eventually("the status has come so far", || async {
        let answer = ask(world, &format!("/hooks/shop/events/{id}"), Some(TOKEN), "").await;
        let answer: Value = answer.json().await.unwrap();
        let holds = holds(&answer);
        told.replace(answer);
        holds
    })
    .await;
    told.into_inner()
}

fn all(told: &Value, state: &str) -> bool {
    told["deliveries"].as_array().is_some_and(|all| all.iter().all(|it| it["state"] == state))
}

#[tokio::test]
async fn a_sender_is_told_of_its_tickets_and_nothing_of_the_payload() {
    let world = running().await;
    let receipt = world.post("evt/1+é%", "payment.failed", &payment("SO-1")).await;
    let path = receipt["status_url"].as_str().unwrap();
    assert_eq!(path, "/hooks/shop/events/evt%2F1%2B%C3%A9%25");
    let told = until(&world, "evt%2F1%2B%C3%A9%25", |told| all(told, "ticketed")).await;
    assert_eq!((&told["id"], &told["type"]), (&json!("evt/1+é%"), &json!("payment.failed")));
    assert!(told["received_at"].is_string(), "{told}");
    let deliveries = told["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 2);
    let crm = of_desk(deliveries, "crm");
    let [ticket] = &world.sandbox.hubspot().tickets()[..] else { panic!() };
    assert_eq!(crm["ticket"]["id"], ticket.id);
    assert_eq!((&crm["rule"], &crm["priority"]), (&json!("payment-failed"), &json!("URGENT")));
    assert_eq!((&crm["attempts"], crm.get("reason")), (&json!(0), None));
    assert!(crm["since"].is_string(), "{crm}");

    let answer = ask(&world, path, Some(TOKEN), "").await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let text = answer.text().await.unwrap();
    for payload in ["SO-1", "1299.90", "jean@acme.com", "user_42", "card_declined"] {
        assert!(!text.contains(payload), "{payload} in {text}");
    }
    let answer = ask(&world, path, Some(TOKEN), &tag).await;
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (304, String::new()));
}

#[tokio::test]
async fn a_sender_is_told_why_a_delivery_is_dead_or_tried_again() {
    let world = running().await;
    let order = json!({ "orderId": "SO-9", "customerExternalId": "user_999", "stage": "picking" });
    world.post("evt_9", "order.stuck", &order).await;
    let told = until(&world, "evt_9", |told| all(told, "dead")).await;
    let [dead] = &told["deliveries"].as_array().unwrap()[..] else { panic!("{told}") };
    assert_eq!(dead["reason"], "unknown-customer");
    assert!(dead["detail"].as_str().unwrap().contains("externalId"), "{dead}");

    // 423: the record is locked.
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, Fault::answer(423)));
    let error = json!({ "integration": "sync", "errorCode": "E", "message": "m" });
    world.post("evt_1", "integration.error", &error).await;
    let told = until(&world, "evt_1", |told| all(told, "retrying")).await;
    let [retrying] = &told["deliveries"].as_array().unwrap()[..] else { panic!("{told}") };
    assert!(retrying["next_attempt_at"].is_string(), "{retrying}");
    assert!(retrying["attempts"].as_u64() >= Some(1) && retrying["reason"].is_string());
}

#[tokio::test]
async fn a_status_is_told_to_the_sources_own_token_alone() {
    let mut world = running().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    until(&world, "evt_1", |told| told["id"] == "evt_1").await;
    let (shop, mute) = ("/hooks/shop/events/evt_1", "/hooks/mute/events/evt_1");
    for (path, token, status, problem) in [
        (shop, None, 401, "bad-token"),
        (shop, Some("wrong"), 401, "bad-token"),
        (shop, Some(OTHER_TOKEN), 401, "bad-token"),
        (shop, Some(""), 401, "bad-token"),
        ("/hooks/other/events/evt_1", Some(TOKEN), 401, "bad-token"),
        ("/hooks/other/events/evt_1", Some(OTHER_TOKEN), 404, "unknown-event"),
        ("/hooks/shop/events/evt_2", Some(TOKEN), 404, "unknown-event"),
        ("/hooks/shop/events/%00", Some(TOKEN), 404, "unknown-event"),
        ("/hooks/shop/events/evt_2", None, 401, "bad-token"),
        (mute, Some(TOKEN), 404, "not-found"),
        ("/hooks/nobody/events/evt_1", Some(TOKEN), 404, "unknown-source"),
    ] {
        let answer = ask(&world, path, token, "").await;
        let (headers, answered) = (answer.headers().clone(), answer.status().as_u16());
        let document: Value = answer.json().await.unwrap();
        let expected = json!(format!("/problems/{problem}"));
        assert_eq!((answered, &document["type"]), (status, &expected), "{path} {token:?}");
        assert_eq!(headers.contains_key("www-authenticate"), status == 401, "{path}");
        assert_eq!(headers.contains_key("retry-after"), problem == "unknown-event", "{path}");
    }
    let url = format!("http://{}{shop}", world.sender.receiver);
    let answer = world.sender.client.delete(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["allow"]),
        (405, &"GET, HEAD".parse().unwrap())
    );
    // An old token is live beside a new one until it is taken away.
    world.stop();
    world.set("OLD_TOKEN", OTHER_TOKEN);
    world.start().await;
    for token in [TOKEN, OTHER_TOKEN] {
        assert_eq!(ask(&world, shop, Some(token), "").await.status().as_u16(), 200);
    }
    let log = world.log();
    assert!(!log.contains(TOKEN) && !log.contains(OTHER_TOKEN), "a token is in the log");
}

#[tokio::test]
async fn a_source_without_tokens_gets_no_address_to_ask() {
    let world = World::embedded().await;
    let receipt = world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    assert!(receipt.get("status_url").is_none(), "{receipt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_alone_says_that_it_has_no_ledger_until_a_worker_has_made_one() {
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let mut world = World::over_rabbitmq(node.url());
    configure(&mut world);
    world.start_receiver().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let answer = ask(&world, "/hooks/shop/events/evt_1", Some(TOKEN), "").await;
    assert_eq!(answer.status().as_u16(), 503);
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["type"], "/problems/no-records");
    assert_eq!(document["detail"], "this receiver has no ledger to read");

    let mut workers = world.start_beside("deliver");
    until(&world, "evt_1", |told| all(told, "ticketed")).await;
    workers.kill().unwrap();
    workers.wait().unwrap();
}
