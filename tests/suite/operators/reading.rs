//! What the API tells.

use serde_json::{Value, json};

use super::calling::Operator;
use crate::support::world::{World, eventually, key, payment, state};

fn ids(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["event"].as_str().or(item["id"].as_str()).unwrap()).collect()
}

/// A payment of somebody whom the desks do not know.
fn hopeless(order: &str) -> Value {
    let mut data = payment(order);
    data["customerExternalId"] = json!("nobody");
    data
}

#[tokio::test]
async fn an_event_is_told_with_receipt_verdicts_and_every_attempt() {
    let world = World::embedded().await;
    world.post("evt_1", "payment.failed", &hopeless("SO-1")).await;
    world.settled("evt_1").await;
    let operator = Operator::of(&world, "read");
    let event = operator.get("/events/shop/evt_1").await.good();
    assert_eq!(event["event"]["data"]["orderId"], "SO-1");
    assert_eq!(event["receipt"]["routes"].as_array().unwrap().len(), 2, "{event}");
    let support = key("evt_1", "support");
    let deliveries = event["deliveries"].as_array().unwrap();
    let dead = deliveries.iter().find(|it| it["delivery"]["key"] == json!(support)).unwrap();
    assert_eq!(state(&dead["delivery"]), "dead");
    assert_eq!(dead["delivery"]["failure"]["reason"], "unknown-customer");
    assert_eq!(dead["history"][0]["outcome"], "dead");
    let alone = operator.get(&format!("/deliveries/{support}")).await.good();
    assert_eq!(&alone, dead);
}

#[tokio::test]
async fn an_event_is_told_with_what_every_rule_says_of_it_and_why() {
    let world = World::embedded().await;
    let mut small = payment("SO-1");
    small["amount"] = json!(5);
    world.post("evt_1", "payment.failed", &small).await;
    world.post("evt_2", "payment.failed", &payment("SO-2")).await;
    world.settled("evt_2").await;
    let verdict = |rule: &str, verdict: &str, decides: &[&str], why: &str| json!({ "rule": rule, "verdict": verdict, "decides": decides, "why": why });
    let others = [
        verdict("order-stuck", "other-type", &[], "looks at other types"),
        verdict("integration-error", "other-type", &[], "looks at other types"),
    ];
    let is_false = "does not match: its `when` is false";
    let operator = Operator::of(&world, "read");
    for (id, first) in [
        ("evt_1", verdict("payment-failed", "when-false", &[], is_false)),
        ("evt_2", verdict("payment-failed", "matched", &["support", "crm"], "matches")),
    ] {
        let expected = json!([&[first.clone()][..], &others].concat());
        eventually("it is recorded", || async {
            operator.get(&format!("/events/shop/{id}")).await.status == 200
        })
        .await;
        let event = operator.get(&format!("/events/shop/{id}")).await.good();
        assert_eq!(event["rules"], expected);
        assert_eq!(world.json(&["events", "show", id, "--why"])["rules"], expected);
        let printed = world.cli(&["events", "show", id, "--why"]);
        let printed = String::from_utf8(printed.stdout).unwrap();
        let told = format!("payment-failed {}", first["why"].as_str().unwrap());
        assert!(printed.contains(&told) && printed.contains("other types: 2"), "{printed}");
    }
}

#[tokio::test]
async fn a_delivery_is_told_with_the_requests_of_its_ticket_and_no_secret() {
    let world = World::embedded().await;
    world.post("evt_1", "payment.failed", &hopeless("SO-1")).await;
    world.settled("evt_1").await;
    let operator = Operator::of(&world, "read");
    let path = format!("/deliveries/{}", key("evt_1", "support"));
    let delivery = operator.get(&path).await.good();
    let requests = delivery["requests"].as_array().unwrap();
    let ticket = requests.iter().find(|request| request["step"] == "ticket").unwrap();
    assert_eq!(ticket["method"], "POST");
    assert_eq!(ticket["body"]["subject"], "Payment failed for order #SO-1");
    assert!(!delivery.to_string().contains("sk_live_sandbox"), "{delivery}");
}

#[tokio::test]
async fn lists_are_filtered_and_come_page_by_page() {
    let world = World::embedded().await;
    for number in 1..=5 {
        let id = format!("evt_{number}");
        world.post(&id, "payment.failed", &hopeless(&format!("SO-{number}"))).await;
        world.settled(&id).await;
    }
    let operator = Operator::of(&world, "read");
    let all = operator.get("/events").await.good();
    assert_eq!(ids(&all), ["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"]);
    for (filter, expected) in [
        ("state=dead&desk=support", 5),
        ("state=dead&desk=crm", 0),
        ("data.orderId=SO-3", 1),
        ("text=so-4", 1),
        ("type=order.stuck", 0),
        ("source=shop&reason=unknown-customer", 5),
        ("since=2100-01-01T00:00:00Z", 0),
        ("priority=URGENT&event=evt_2", 1),
    ] {
        let found = operator.get(&format!("/events?{filter}")).await.good();
        assert_eq!(ids(&found).len(), expected, "{filter}: {found}");
    }
    let mut seen = Vec::new();
    let mut path = "/dead-letters?desk=support&limit=2".to_owned();
    loop {
        let page = operator.get(&path).await.good();
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/dead-letters?desk=support&limit=2&cursor={next}");
    }
    assert_eq!(seen, ["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"]);
    let other = operator.get("/events?limit=1").await.good()["next"].as_str().unwrap().to_owned();
    let refused = operator.get(&format!("/deliveries?cursor={other}")).await;
    assert_eq!(refused.problem(), (422, "bad-parameter"));
}

#[tokio::test]
async fn everything_else_is_told_as_the_document_says() {
    let world = World::embedded().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    world.settled("evt_1").await;
    let operator = Operator::of(&world, "read");
    let desks = operator.get("/desks").await.good();
    let names: Vec<_> = desks["items"].as_array().unwrap().iter().map(|it| &it["desk"]).collect();
    assert_eq!(names, ["crm", "support"]);
    let crm = operator.get("/desks/crm").await.good();
    assert_eq!((&crm["kind"], &crm["breaker"]["state"]), (&json!("hubspot"), &json!("closed")));
    assert_eq!(crm["windows"][0]["requests"], 10_000, "{crm}");
    assert_eq!(operator.get("/books").await.good()["balanced"], true);
    let sources = operator.get("/sources").await.good();
    assert_eq!(sources["items"][0]["source"], "shop");
    assert!(operator.get("/journal").await.good().get("recorded_up_to").is_some());
    for path in ["/incidents", "/brakes", "/callbacks"] {
        assert_eq!(operator.get(path).await.good()["items"], json!([]), "{path}");
    }
}

#[tokio::test]
async fn what_a_source_redacts_is_neither_told_nor_found() {
    let mut world = World::embedded_on_hold();
    let config = include_str!("../support/world/deskbell.toml");
    let redacting = "verify = \"standard-webhooks\"\nredact = [\"data.customer.email\"]";
    let config = config.replacen("verify = \"standard-webhooks\"", redacting, 1);
    std::fs::write(world.path("redacting.toml"), config).unwrap();
    world.set("DESKBELL_CONFIG", "redacting.toml");
    world.start().await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    world.settled("evt_1").await;
    let operator = Operator::of(&world, "read");
    let event = operator.get("/events/shop/evt_1").await.good();
    assert_eq!(event["event"]["data"]["customer"]["email"], "[redacted]", "{event}");
    for filter in ["text=jean@acme.com", "data.customer.email=jean@acme.com"] {
        for list in ["events", "deliveries"] {
            let found = operator.get(&format!("/{list}?{filter}")).await.good();
            assert_eq!(found["items"], json!([]), "{list}?{filter}");
        }
    }
    let found = operator.get("/events?data.customer.name=Jean").await.good();
    assert_eq!(ids(&found), ["evt_1"]);
}
