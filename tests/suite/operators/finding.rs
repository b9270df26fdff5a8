//! Events and dead letters found on the command line, by every filter.

use std::process::Output;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    replays::graves::{Grave, dig, ledger_of},
    support::world::{World, eventually, payment},
};

/// Two sources, a rule of incidents, and a member of the payload that nobody may read.
async fn world() -> World {
    let mut world = World::embedded_on_hold();
    let path = world.path("deskbell.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let config = config
        .replacen("[desks.support]", "redact = [\"data.customer.name\"]\n\n[desks.support]", 1)
        .replacen(
            "on = \"order.stuck\"",
            "on = \"order.stuck\"\nincident = \"{{ data.orderId }}\"",
            1,
        );
    let other =
        "[sources.billing]\nverify = \"standard-webhooks\"\nsecrets = [\"${SHOP_SECRET}\"]\n";
    std::fs::write(path, format!("{config}\n{other}")).unwrap();
    world.start().await;
    world
}

fn ids(list: &Value, member: &str) -> Vec<String> {
    let all = list.as_array().unwrap().iter();
    let mut ids: Vec<_> = all.map(|it| it[member].as_str().unwrap().to_owned()).collect();
    ids.sort_unstable();
    ids
}

fn listed(world: &World, filters: &[&str]) -> Vec<String> {
    ids(&world.json(&[&["events", "list"], filters].concat()), "id")
}

/// Why a call is refused as wrong.
fn refused(world: &World, arguments: &[&str]) -> String {
    let Output { status, stderr, .. } = world.cli(arguments);
    let told = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(2), "{arguments:?}: {told}");
    told
}

/// A payment that is dead at `support` and ticketed at `crm`, another one that a silence suppresses, and
/// an order.
async fn three(world: &World) {
    let mut data = payment("SO-4711");
    data["customerExternalId"] = json!("nobody");
    data["items"] = json!([{ "sku": "A-1", "count": 9_007_199_254_740_993_i64 }]);
    world.post("evt_1", "payment.failed", &data).await;
    world.settled("evt_1").await;
    let when = ["--when", "data.orderId == 'SO-2'", "--for", "1h", "--why", "a test"];
    world.json(&[&["silence", "create"][..], &when].concat());
    eventually("the silence is known", || async {
        world.metrics().await.lines().any(|line| line == "deskbell_silences 1")
    })
    .await;
    let mut low = payment("SO-2");
    low["amount"] = json!(20);
    low["note"] = json!("Łódź \"100%\"");
    world.post("evt_2", "payment.failed", &low).await;
    world.settled("evt_2").await;
    let stuck = json!({ "orderId": "SO-3", "customerExternalId": "user_42", "stage": "packing" });
    world.post("evt_3", "order.stuck", &stuck).await;
    world.settled("evt_3").await;
}

#[tokio::test]
async fn every_filter_finds_its_event_and_leaves_others_out() {
    let world = world().await;
    three(&world).await;
    let whole = world.json(&["events", "list"]);
    let received = |id: &str| -> String {
        let all = whole.as_array().unwrap();
        all.iter().find(|it| it["id"] == id).unwrap()["received_at"].as_str().unwrap().to_owned()
    };
    let (second, third) = (received("evt_2"), received("evt_3"));
    let all = ["evt_1", "evt_2", "evt_3"].as_slice();
    for (filters, expected) in [
        (&[][..], all),
        (&["--since", "1h"], all),
        (&["--until", "1h"], &[]),
        (&["--since", &second], &["evt_2", "evt_3"]),
        (&["--until", &third], &["evt_1", "evt_2"]),
        (&["--since", &second, "--until", &third], &["evt_2"]),
        (&["--source", "shop"], all),
        (&["--source", "billing"], &[]),
        (&["--event", "evt_2"], &["evt_2"]),
        (&["--type", "order.stuck"], &["evt_3"]),
        (&["--desk", "crm"], &["evt_1", "evt_2"]),
        (&["--state", "dead"], &["evt_1"]),
        (&["--state", "ticketed"], &["evt_1", "evt_3"]),
        (&["--state", "suppressed"], &["evt_2"]),
        (&["--desk", "crm", "--state", "dead"], &[]),
        (&["--reason", "unknown-customer"], &["evt_1"]),
        (&["--priority", "LOW"], &["evt_2"]),
        (&["--incident", "SO-3"], &["evt_3"]),
        (&["--silence", "1"], &["evt_2"]),
        (&["--silence", "2"], &[]),
        (&["--text", "łódź"], &[]),
        (&["--text", "Łódź \"100%\""], &["evt_2"]),
        (&["--text", "so-3"], &["evt_3"]),
        (&["--where", "data.orderId=SO-4711"], &["evt_1"]),
        (&["--where", "data.orderId=SO-47"], &[]),
        (&["--where", "data.customer.email=jean@acme.com"], &["evt_1", "evt_2"]),
        (&["--where", "data.items.sku=A-1"], &["evt_1"]),
        (&["--where", "data.items.0.count=9007199254740993"], &["evt_1"]),
        (&["--where", "data.items.0.count=9007199254740992"], &[]),
        (&["--where", "data.amount=1299.90"], &["evt_1"]),
        (&["--where", "data.amount=20", "--where", "data.orderId=SO-2"], &["evt_2"]),
        (&["--where", "data.amount=20", "--where", "data.orderId=SO-3"], &[]),
        // What the source redacts.
        (&["--where", "data.customer.name=Jean"], &[]),
        (&["--limit", "2"], &["evt_2", "evt_3"]),
        (&["--limit", "0"], &[]),
    ] {
        assert_eq!(listed(&world, filters), expected, "{filters:?}");
    }
    let printed = world.cli(&["events", "list", "--where", "data.orderId=SO-4711"]);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.contains("evt_1") && printed.contains("support: dead"), "{printed}");
    assert!(!printed.contains("evt_2"), "{printed}");
}

#[tokio::test]
async fn every_filter_finds_its_dead_letter_and_leaves_others_out() {
    let world = World::embedded_on_hold();
    let ledger = ledger_of(&world);
    let data = json!({ "integration": "sync", "deep": { "number": 12.50 } });
    dig(&*ledger, &[Grave::order("evt_1"), Grave { data, ..Grave::error("evt_2") }]).await;
    ledger.close().await;
    let dead = |filters: &[&str]| world.json(&[&["dead", "list"], filters].concat());
    let changed = |id: &str| -> String {
        let one = dead(&["--event", id]);
        one[0]["updated_at"].as_str().unwrap().to_owned()
    };
    let (first, second) = (changed("evt_1"), changed("evt_2"));
    let earlier = first.parse::<Timestamp>().unwrap().min(second.parse().unwrap());
    for (filters, expected) in [
        (&[][..], ["evt_1", "evt_2"].as_slice()),
        (&["--since", "1h"], &["evt_1", "evt_2"]),
        (&["--until", "1h"], &[]),
        (&["--until", &earlier.to_string()], &[]),
        (&["--source", "billing"], &[]),
        (&["--event", "evt_2"], &["evt_2"]),
        (&["--type", "order.stuck"], &["evt_1"]),
        (&["--desk", "crm"], &["evt_2"]),
        (&["--state", "uncertain"], &[]),
        (&["--reason", "unknown-customer"], &["evt_1", "evt_2"]),
        (&["--reason", "refused"], &[]),
        (&["--priority", "HIGH"], &["evt_2"]),
        (&["--incident", "SO-1"], &[]),
        (&["--silence", "1"], &[]),
        (&["--text", "PICKING"], &["evt_1"]),
        (&["--text", "nobody knows"], &["evt_1", "evt_2"]),
        (&["--where", "data.deep.number=12.5"], &["evt_2"]),
        (&["--where", "data.stage=picking"], &["evt_1"]),
    ] {
        assert_eq!(ids(&dead(filters), "event"), expected, "{filters:?}");
    }
    let plan = ["dead", "replay", "--plan", "--where", "data.deep.number=12.5"];
    let planned = world.json(&plan);
    assert_eq!((&planned["chosen"], &planned["desks"][0]["desk"]), (&json!(1), &json!("crm")));
    let discard = ["dead", "discard", "--why", "a test"];
    let none = world.json(&[&discard[..], &["--until", "1h"]].concat());
    assert_eq!(none["discarded"], 0);
    let one = world.json(&[&discard[..], &["--where", "data.stage=picking"]].concat());
    assert_eq!(one["discarded"], 1);
    assert_eq!(ids(&dead(&[]), "event"), ["evt_2"]);
}

#[tokio::test]
async fn a_list_goes_on_from_page_to_page_until_its_limit() {
    let world = World::embedded_on_hold();
    let ledger = ledger_of(&world);
    let graves: Vec<_> = (0..450).map(|number| Grave::order(format!("evt_{number}"))).collect();
    dig(&*ledger, &graves).await;
    ledger.close().await;
    for (list, member) in [("events", "id"), ("dead", "event")] {
        for (limit, expected) in [("1000", 450), ("401", 401), ("200", 200), ("7", 7)] {
            let found = world.json(&[list, "list", "--limit", limit]);
            let mut ids = ids(&found, member);
            ids.dedup();
            assert_eq!(ids.len(), expected, "{list} {limit}");
        }
    }
    let oldest = world.json(&["events", "list", "--limit", "1000"])[449]["id"].clone();
    let oldest = oldest.as_str().unwrap();
    assert_eq!(listed(&world, &["--event", oldest]), [oldest]);
}

#[test]
fn a_filter_that_cannot_be_read_is_refused_with_what_is_allowed() {
    let world = World::embedded_on_hold();
    drop(ledger_of(&world));
    for (filter, value, words) in [
        ("--since", "soon", "a stretch of time, as `2h` or `7d`, or an instant, as `2026-"),
        ("--since", "99999y", "a stretch of time"),
        ("--until", "2026-10-18", "or an instant, as `2026-10-18T12:00:00Z`"),
        ("--source", "Ä", "is no source"),
        ("--event", "", "is no event id"),
        ("--type", "payment.*", "is no event type"),
        ("--desk", "Ä b", "is no desk"),
        ("--reason", "bad-luck", "is not a reason: unreachable, "),
        ("--priority", "top", "LOW, MEDIUM, HIGH, URGENT or CRITICAL"),
        ("--incident", "", "--incident is empty"),
        ("--silence", "0", "a whole number from 1 on"),
        ("--text", "", "--text is empty"),
        ("--where", "data.orderId", "has no `=`: allowed is as `data.customer.email="),
        ("--where", "orderId=1", "`orderId` is no member of the payload: `data.` and names"),
        ("--where", "data..x=1", "`data..x` is no member of the payload"),
    ] {
        for command in [
            &["events", "list"][..],
            &["dead", "list"],
            &["dead", "replay", "--plan"],
            &["dead", "discard", "--why", "w"],
        ] {
            let told = refused(&world, &[command, &[filter, value]].concat());
            assert!(told.contains(words) && told.contains(filter), "{command:?} {filter}: {told}");
        }
    }
    let told = refused(&world, &["events", "list", "--state", "lost"]);
    assert!(told.contains("--state") && told.contains("ticketed, merged"), "{told}");
    let told = refused(&world, &["dead", "list", "--state", "ticketed"]);
    assert!(told.contains("dead, uncertain"), "{told}");
    for (filters, words) in [
        (&["--silence", "1"][..], "`silence release`"),
        (&["--state", "uncertain", "--desk", "crm"], "only what is dead"),
        (&["--where", "data.a=1", "--where", "data.a=2"], "`data.a` is there twice"),
    ] {
        for act in [&["dead", "replay"][..], &["dead", "discard", "--why", "w"]] {
            let told = refused(&world, &[act, filters].concat());
            assert!(told.contains(words), "{told}");
        }
    }
}

#[tokio::test]
async fn without_the_behaviour_file_it_is_said_why_nothing_is_found_in_payloads() {
    let mut world = world().await;
    three(&world).await;
    world.set("DESKBELL_CONFIG", "gone.toml");
    for list in ["events", "dead"] {
        let output = world.cli(&[list, "list", "--where", "data.orderId=SO-1", "--json"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"[]\n"[..]));
        assert!(told.contains("`gone.toml` is not there"), "{told}");
    }
}
