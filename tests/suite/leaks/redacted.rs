//! What a source redacts is in no ticket, log, list, answer or metric; and a replay has it still.

use std::fs;

use serde_json::{Value, json};

use super::Said;
use crate::support::world::{World, key, of_desk, state};

const CONFIG: &str = include_str!("redacted.toml");

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn event(more: &Value) -> Value {
    let mut data = json!({
        "orderId": "SO-1",
        "customerExternalId": "user_42",
        "card": { "number": "canary-4111", "brand": "visa" },
        "customer": { "phone": "+49 canary", "name": "Jean" },
        "items": [{ "sku": "a", "note": "canary-note" }],
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

/// The redactions and one rule as another day has them.
fn of_another_day() -> String {
    let shown = CONFIG.replace("\"data.card.*\"", "\"data.card.number\"");
    shown.replace("card:{{ data.card.number }}", "order:{{ data.orderId }}")
}

impl Said {
    /// Runs a command, all of whose words are held to say nothing.
    fn whole_cli(&mut self, world: &World, arguments: &[&str]) -> String {
        let output = world.cli(arguments);
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        self.note(&arguments.join(" "), printed.clone());
        printed
    }

    fn tickets(&mut self, world: &World) {
        let all = [
            world.sandbox.supportdesk().tickets(),
            world.sandbox.hubspot().tickets(),
            world.sandbox.thulium().tickets(),
            world.sandbox.kf5().tickets(),
        ];
        for tickets in all {
            assert!(!tickets.is_empty());
            self.note("tickets", format!("{tickets:?}"));
        }
    }
}

fn every_reader(world: &World, said: &mut Said) {
    for arguments in [
        &["events", "list"][..],
        &["events", "list", "--json"],
        &["events", "show", "evt_1"],
        &["events", "show", "evt_1", "--json"],
        &["events", "show", "evt_2", "--json"],
        &["dead", "list"],
        &["dead", "list", "--json"],
        &["dead", "show", &key("evt_2", "support")],
        &["dead", "show", &key("evt_2", "support"), "--json"],
        &["books", "--json"],
        &["check"],
    ] {
        said.whole_cli(world, arguments);
    }
    let shown = said.whole_cli(world, &["dead", "show", &key("evt_2", "support")]);
    assert!(shown.contains("[redacted]") && shown.contains("SO-2"), "{shown}");
    // Guesses find nothing.
    for (text, expected) in [("SO-2", 1), ("y-4111", 0), ("+49", 0)] {
        let found = world.json(&["dead", "list", "--text", text]);
        assert_eq!(found.as_array().map(Vec::len), Some(expected), "{text}");
    }
    let path = world.path("event.json");
    let body = json!({ "type": "payment.failed", "data": event(&json!({ "errorCode": "e" })) });
    fs::write(&path, body.to_string()).unwrap();
    for more in [&[][..], &["--json"]] {
        let printed = said.whole_cli(world, &[&["preview", path.to_str().unwrap()], more].concat());
        assert!(printed.contains("of SO-1"), "{printed}");
    }
}

/// Posts a payment of `erp` in its own words and in each mode of CloudEvents; gives their ids.
async fn in_every_form(world: &World) -> [&'static str; 4] {
    let payment = event(&json!({ "errorCode": "e" }));
    let cloudevent = |id: &str| {
        json!({
            "specversion": "1.0", "id": id, "source": "/erp", "type": "payment.failed",
            "data": payment,
        })
    };
    let post = async |content_type: &str, headers: &[(&str, &str)], body: Value| {
        let url = format!("http://{}/hooks/erp", world.sender.receiver);
        let request = world.sender.client.post(url).header("content-type", content_type);
        let request = headers.iter().fold(request, |all, (name, value)| all.header(*name, *value));
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 202, "{body}");
    };
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-id", "binary"),
        ("ce-source", "/erp"),
        ("ce-type", "payment.failed"),
    ];
    post("application/json", &[], json!({ "number": "native", "payment": payment })).await;
    post("application/json", &binary, payment.clone()).await;
    post("application/cloudevents+json", &[], cloudevent("one")).await;
    post("application/cloudevents-batch+json", &[], json!([cloudevent("batched")])).await;
    ["native", "binary", "one", "batched"]
}

/// What the sender itself is told of an event of its own.
async fn status(world: &World, id: &str) -> String {
    let url = format!("http://{}/hooks/shop/events/{id}", world.sender.receiver);
    let answer = world.sender.client.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_redacts_is_nowhere_and_a_replay_has_it_still() {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    let mut said = Said::default();
    world.set("DESKBELL_LOG", "trace");
    let url = world.sandbox.kf5().base_url().unwrap();
    world.set("KF5_URL", &url);
    world.set("SHOP_STATUS_TOKEN", TOKEN);
    fs::write(world.path("deskbell.toml"), CONFIG).unwrap();
    world.start().await;
    world.post("evt_1", "payment.failed", &event(&json!({ "errorCode": "e" }))).await;
    let deliveries = world.settled("evt_1").await;
    assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
    assert_eq!(of_desk(&deliveries, "crm")["priority"], "URGENT");
    let stuck = event(&json!({ "orderId": "SO-2", "stage": "payment" }));
    world.post("evt_2", "order.stuck", &stuck).await;
    let [dead] = &world.settled("evt_2").await[..] else { panic!() };
    let words = "rule `order-stuck`: `incident` needs what the source redacts";
    assert_eq!(dead["failure"]["words"], words, "{dead}");
    for id in in_every_form(&world).await {
        let deliveries = world.settled(id).await;
        assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
        let shown = said.whole_cli(&world, &["events", "show", id, "--json"]);
        assert!(shown.contains("[redacted]"), "{shown}");
    }
    said.tickets(&world);
    every_reader(&world, &mut said);
    for id in ["evt_1", "evt_2"] {
        said.note("a status", status(&world, id).await);
    }
    let refused = world.sender.post_raw("evt_3", "payment.failed", &event(&json!({}))).await;
    let refused = refused.unwrap();
    assert_eq!(refused.status().as_u16(), 422);
    said.note("a refusal", refused.text().await.unwrap());
    said.note("metrics", world.metrics().await);
    assert_eq!(world.stop(), Some(0));

    fs::write(world.path("deskbell.toml"), of_another_day()).unwrap();
    world.start().await;
    said.whole_cli(&world, &["dead", "replay", "--all", "--detach"]);
    world.until("evt_2", |delivery| state(delivery) == "ticketed").await;
    let tickets = world.sandbox.supportdesk().tickets_with(&key("evt_2", "support"));
    assert_eq!(tickets[0].description.trim(), "Paid by visa.");
    said.tickets(&world);
    said.note("metrics", world.metrics().await);
    // Nobody can tell what is redacted where the file is gone, and so nothing is shown.
    fs::remove_file(world.path("deskbell.toml")).unwrap();
    let shown = world.json(&["events", "show", "evt_2"]);
    assert_eq!(shown["event"]["data"], "[redacted]");
    assert_eq!(world.stop(), Some(0));
    said.must_hold_no_canary(&world);
}
