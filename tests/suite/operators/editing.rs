//! Dead letters that are found, seen why, edited and replayed, by each way alone.

use std::fs;

use serde_json::{Value, json};

use super::calling::Operator;
use crate::support::world::{World, eventually, key, of_desk, payment, state};

/// What nobody may read.
pub(super) const SECRET: &str = "Jean";

/// A world where a payment has died at one desk, since nobody knows the customer.
pub(super) async fn with_a_dead_letter() -> World {
    let mut world = World::embedded_on_hold();
    world.set("USER", "ann");
    change(&world, "[desks.support]", "redact = [\"data.customer.name\"]\n\n[desks.support]");
    world.start().await;
    let mut data = payment("SO-4711");
    data["customerExternalId"] = json!("nobody");
    world.post("evt_1", "payment.failed", &data).await;
    let settled = world.settled("evt_1").await;
    assert_eq!(state(of_desk(&settled, "support")), "dead", "{settled:?}");
    world
}

/// Rewrites the behaviour file.
fn change(world: &World, from: &str, to: &str) {
    let path = world.path("deskbell.toml");
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{from}");
    fs::write(path, before.replacen(from, to, 1)).unwrap();
}

async fn until_ticketed(world: &World, id: &str, desk: &str) {
    eventually(&format!("{id} is ticketed at {desk}"), || {
        let shown = world.json(&["events", "show", id]);
        let all = shown["deliveries"].as_array().cloned().unwrap_or_default();
        let is = |it: &Value| it["desk"] == desk && it["state"] == "ticketed";
        std::future::ready(all.iter().any(is))
    })
    .await;
}

fn refused(world: &World, arguments: &[&str]) -> String {
    let output = world.cli(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_dead_letter_is_found_edited_and_ticketed_by_the_command_line_alone() {
    let world = with_a_dead_letter().await;
    let found = world.json(&["events", "list", "--where", "data.orderId=SO-4711"]);
    assert_eq!((found.as_array().map(Vec::len), &found[0]["id"]), (Some(1), &json!("evt_1")));
    let dead = of_desk(found[0]["deliveries"].as_array().unwrap(), "support");
    let by_order = world.json(&["dead", "list", "--where", "data.orderId=SO-4711"]);
    assert_eq!(by_order[0]["key"], dead["key"]);
    let key = dead["key"].as_str().unwrap();
    let shown = world.json(&["dead", "show", key]);
    assert_eq!(shown["delivery"]["failure"]["reason"], "unknown-customer", "{shown}");
    assert_eq!(shown["event"]["data"]["customer"]["name"], "[redacted]");
    let why = ["--why", "the shop sent a test id"];
    for (change, told) in [
        (["--set", "data.amount=many"], "/data/amount must be of type number"),
        (["--unset", "data.orderId"], "/data/orderId is required"),
        (["--unset", "data.no"], "/data/no is not there"),
        (["--set", "data.orderId=SO-4711"], "nothing would be another"),
        (["--set", "data.customer.name=[redacted]"], "/data/customer/name would become the mark"),
    ] {
        let words = refused(&world, &[&["dead", "edit", key][..], &change, &why].concat());
        assert!(words.contains(told), "{words}");
    }
    let edit = ["dead", "edit", key, "--set", "data.customerExternalId=user_42"];
    let without = world.cli(&edit);
    assert_eq!(without.status.code(), Some(2), "{without:?}");
    let expected = json!([{
        "pointer": "/data/customerExternalId", "kind": "changed",
        "before": "nobody", "after": "user_42",
    }]);
    let told_before = world.json(&[&edit[..], &["--dry-run", "--replay"]].concat());
    assert_eq!((&told_before["dry_run"], &told_before["changes"]), (&json!(true), &expected));
    assert_eq!(world.json(&["dead", "show", key])["edits"], json!([]));
    let done = world.json(&[&edit[..], &["--replay"], &why].concat());
    assert_eq!((&done["number"], &done["changes"]), (&json!(1), &expected), "{done}");
    assert_eq!(state(&done["delivery"]), "queued");
    until_ticketed(&world, "evt_1", "support").await;
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 1);
    let event = world.json(&["events", "show", "evt_1"]);
    assert_eq!(event["event"]["data"]["customerExternalId"], "nobody");
    let support = of_desk(event["deliveries"].as_array().unwrap(), "support").clone();
    assert_eq!(support["edits"][0]["changes"], expected);
    assert_eq!(support["edits"][0]["who"], "ann");
    assert_eq!(support["edits"][0]["why"], "the shop sent a test id");
    let printed = world.cli(&["events", "show", "evt_1"]);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.contains("by ann: the shop sent a test id"), "{printed}");
    assert!(printed.contains(r#"/data/customerExternalId: "nobody" -> "user_42""#), "{printed}");
    let words = refused(&world, &[&edit[..], &why].concat());
    assert!(words.contains("a delivery that is ticketed cannot be edited"), "{words}");
    let log = world.json(&["audit", "list"]);
    let acts: Vec<_> = log.as_array().unwrap().iter().map(|it| &it["act"]).collect();
    assert_eq!(json!(acts), json!(["delivery.replay", "delivery.edit"]));
    assert!(world.json(&["books"])["balanced"].as_bool().unwrap());
    for shown in [printed, event.to_string(), log.to_string(), world.log()] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_dead_letter_is_edited_and_replayed_in_two_acts_and_keeps_its_edit() {
    let world = with_a_dead_letter().await;
    let key = key("evt_1", "support");
    let patch = world.path("patch.json");
    fs::write(&patch, r#"{"customerExternalId": "user_42", "customer": {"name": "Ann"}}"#).unwrap();
    let file = ["--file", patch.to_str().unwrap(), "--why", "a test id"];
    let edited = world.json(&[&["dead", "edit", &key][..], &file].concat());
    assert_eq!((state(&edited["delivery"]), &edited["replay"]), ("dead", &Value::Null));
    let hidden = json!({
        "pointer": "/data/customer/name", "kind": "changed",
        "before": "[redacted]", "after": "[redacted]",
    });
    assert_eq!(edited["changes"][1], hidden);
    // It is found by what it says now.
    assert_eq!(world.json(&["dead", "list", "--text", "user_42"])[0]["edit"], 1);
    assert!(world.cli(&["dead", "replay", &key]).status.success());
    until_ticketed(&world, "evt_1", "support").await;
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 1);
}

#[tokio::test]
async fn a_dead_letter_is_found_edited_and_ticketed_by_the_api_alone() {
    let world = with_a_dead_letter().await;
    let operator = Operator::of(&world, "operate");
    let dead = operator.get("/dead-letters?data.orderId=SO-4711").await.good();
    let key = dead["items"][0]["key"].as_str().unwrap();
    assert_eq!(dead["items"][0]["failure"]["reason"], "unknown-customer");
    let path = format!("/deliveries/{key}/edit");
    let bad = json!({ "data": { "amount": "many", "orderId": null }, "reason": "why" });
    let wrong = operator.post(&path, bad).await;
    assert_eq!(wrong.problem(), (422, "bad-edit"), "{wrong:?}");
    let errors = wrong.body["errors"].as_array().unwrap();
    let mut places: Vec<_> = errors.iter().filter_map(|it| it["pointer"].as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["/data/amount", "/data/orderId"]);
    for (body, parameter) in [
        (json!({ "reason": "why" }), "data"),
        (json!({ "set": { "data.x": 1 } }), "reason"),
        (json!({ "set": { "x": 1 }, "reason": "why" }), "set"),
        (json!({ "unset": ["data"], "reason": "why" }), "unset"),
        (json!({ "set": { "data.x": 1 }, "rules": "today", "reason": "why" }), "rules"),
        (json!({ "set": { "data.x": 1 }, "id": "evt_2", "reason": "why" }), "body"),
        (json!({ "data": "text", "reason": "why" }), "body"),
    ] {
        let reply = operator.post(&path, body).await;
        assert_eq!(reply.problem(), (422, "bad-parameter"), "{reply:?}");
        assert_eq!(reply.body["parameter"], parameter);
    }
    let set = json!({ "data.customerExternalId": "user_42" });
    let dry = json!({ "set": set, "dry_run": true, "replay": true, "rules": "today" });
    let told_before = operator.post(&path, dry).await.good();
    assert_eq!(
        (state(&told_before["delivery"]), &told_before["replay"]["others"]),
        ("dead", &json!([]))
    );
    assert_eq!(told_before["replay"]["rule"], "payment-failed");
    let none = operator.get(&format!("/deliveries/{key}/edits")).await.good();
    assert_eq!(none["edits"], json!([]));
    let wish = json!({ "set": set, "reason": "a test id", "replay": true });
    let done = operator.post(&path, wish.clone()).await.good();
    assert_eq!((&done["changes"], &done["number"]), (&told_before["changes"], &json!(1)));
    until_ticketed(&world, "evt_1", "support").await;
    let again = operator.post(&path, wish).await;
    assert_eq!(again.problem(), (409, "wrong-state"), "{again:?}");
    let told = operator.get(&format!("/deliveries/{key}/edits")).await.good();
    assert_eq!(told["original"]["customerExternalId"], "nobody");
    assert_eq!(told["data"]["customerExternalId"], "user_42");
    assert_eq!(told["data"]["customer"]["name"], "[redacted]");
    assert_eq!(told["edits"][0]["who"], "operate");
    let delivery = operator.get(&format!("/deliveries/{key}")).await.good();
    assert_eq!((&delivery["edits"], &delivery["delivery"]["edit"]), (&told["edits"], &json!(1)));
    let event = operator.get("/events/shop/evt_1").await.good();
    let support = |it: &Value| it["delivery"]["desk"] == "support" && it["edits"] == told["edits"];
    assert!(event["deliveries"].as_array().unwrap().iter().any(support), "{event}");
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 1);
}

#[tokio::test]
async fn an_edit_is_read_as_strictly_as_an_event() {
    let world = with_a_dead_letter().await;
    let operator = Operator::of(&world, "operate");
    let key = key("evt_1", "support");
    let url = format!("http://{}/api/v1/deliveries/{key}/edit", world.operators_address());
    let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
    for (body, words) in [
        (r#"{"data":{"a":1,"a":2},"reason":"why"}"#.to_owned(), "`/data/a` twice"),
        (format!(r#"{{"data":{{"a":{deep}}},"reason":"why"}}"#), "nested more than 64 deep"),
    ] {
        let request = world.sender.client.post(&url).bearer_auth(&operator.token);
        let request = request.header("content-type", "application/json").body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 400);
        let told: Value = answer.json().await.unwrap();
        assert!(told["detail"].as_str().unwrap().contains(words), "{told}");
    }
    // Its digits are kept.
    let set = r#"{"set":{"data.amount":1299.900},"reason":"why"}"#;
    let request = world.sender.client.post(&url).bearer_auth(&operator.token);
    let request = request.header("content-type", "application/json").body(set);
    assert!(request.send().await.unwrap().text().await.unwrap().contains("1299.900"));
}

/// Waits until the service's rules send the event to its desk and to these; null: not to its desk.
async fn until_ruled(operator: &Operator<'_>, key: &str, others: &Value) {
    let path = format!("/deliveries/{key}/edit");
    let path = path.as_str();
    eventually("the rules hold", || async move {
        let wish = json!({ "set": { "data.note": "x" }, "dry_run": true, "replay": true,
            "rules": "today" });
        let reply = operator.post(path, wish).await;
        let desks = reply.body["replay"]["others"]
            .as_array()
            .map(|all| json!(all.iter().map(|it| it["desk"].clone()).collect::<Vec<_>>()));
        desks.unwrap_or_default() == *others
    })
    .await;
}

#[tokio::test]
async fn a_replay_goes_by_todays_rules_where_that_is_said() {
    let world = with_a_dead_letter().await;
    let stuck = json!({ "orderId": "SO-1", "customerExternalId": "nobody", "stage": "packing" });
    world.post("evt_2", "order.stuck", &stuck).await;
    world.settled("evt_2").await;
    let operator = Operator::of(&world, "operate");
    let key = key("evt_2", "support");
    change(&world, "desks = [\"support\"]\n", "desks = [\"crm\"]\n");
    until_ruled(&operator, &key, &Value::Null).await;
    let replay = format!("/deliveries/{key}/replay");
    let refused = operator.post(&replay, json!({ "rules": "today" })).await;
    assert_eq!(refused.problem(), (409, "wrong-state"));
    let words = refused.body["detail"].as_str().unwrap();
    assert!(words.contains("send the event to `crm`, not to `support`"), "{words}");
    let by_command = world.cli(&["dead", "replay", &key, "--rules", "today"]);
    assert_eq!(by_command.status.code(), Some(1), "{by_command:?}");
    let both = "desks = [\"support\", \"crm\"]\npriority = \"HIGH\"\n";
    change(&world, "desks = [\"crm\"]\nsubject = \"Order", &format!("{both}subject = \"Order"));
    until_ruled(&operator, &key, &json!(["crm"])).await;
    let set = ["--set", "data.customerExternalId=user_42", "--why", "a test id"];
    let by_today = ["--replay", "--rules", "today"];
    let done = world.json(&[&["dead", "edit", &key][..], &set, &by_today].concat());
    assert_eq!(done["replay"]["priority"], "HIGH", "{done}");
    assert_eq!(done["replay"]["others"][0]["desk"], "crm");
    until_ticketed(&world, "evt_2", "support").await;
    until_ticketed(&world, "evt_2", "crm").await;
    let event = world.json(&["events", "show", "evt_2"]);
    let deliveries = event["deliveries"].as_array().unwrap();
    for desk in ["support", "crm"] {
        let delivery = of_desk(deliveries, desk);
        assert_eq!((&delivery["priority"], &delivery["edit"]), (&json!("HIGH"), &json!(1)));
    }
    assert!(world.json(&["books"])["balanced"].as_bool().unwrap());
}
