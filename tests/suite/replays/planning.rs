//! The plan of a bulk replay, on the command line.

use std::fs;

use deskbell::{
    delivery::{Outcome, Step, Transition},
    ticket::TicketRef,
};
use serde_json::{Value, json};

use super::graves::{Grave, dig, ledger_of, now};
use crate::support::world::World;

/// A rule of incidents, in place of the one for orders.
const RULE: &str = r#"
[[rules]]
name = "order-stuck"
on = "order.stuck"
when = "data.stage != 'gone'"
desks = ["support"]
incident = "order:{{ data.orderId }}"
subject = "Order {{ data.orderId }} is stuck"
description = "In {{ data.stage }}."

[[rules]]
name = "order-released"
on = "order.released"
desks = ["support"]
action = "resolve"
incident = "order:{{ data.orderId }}"
description = "It goes on."
"#;

fn order(id: &str, number: &str, stage: &str) -> Grave {
    let data = json!({ "orderId": number, "customerExternalId": "user_42", "stage": stage });
    Grave { data, ..Grave::order(id) }
}

fn planned(world: &World, arguments: &[&str]) -> Value {
    world.json(&[&["dead", "replay", "--plan"], arguments].concat())
}

/// The world, its ledger filled with one dead letter of each fate and two of some.
async fn of_every_fate() -> World {
    let world = World::embedded_on_hold();
    let path = world.path("deskbell.toml");
    let config = fs::read_to_string(&path).unwrap();
    let (before, after) = config.split_once("[[rules]]\nname = \"order-stuck\"").unwrap();
    let (_, after) = after.split_once("[[rules]]").unwrap();
    let config = format!("{before}{RULE}\n[[rules]]{after}");
    let config =
        config.replacen("requests = 10000, per = \"1s\"", "requests = 2, per = \"60s\"", 1);
    fs::write(path, config).unwrap();
    let at = now();
    let ticket = TicketRef { id: "T-1".to_owned(), number: None, url: None };
    let outcome = Outcome::Ticket(ticket);
    let made = Transition::Done { claim: 1, at, step: Step::Ticket, outcome };
    let released = json!({ "orderId": "SO-9", "customerExternalId": "user_42" });
    let graves = [
        order("creates", "SO-1", "picking"),
        order("merges", "SO-1", "packing"),
        Grave {
            event_type: "order.released",
            rule: "order-released",
            data: released,
            ..Grave::order("waits")
        },
        Grave { before: vec![made], ..order("ticketed", "SO-2", "picking") },
        Grave { data: json!({ "orderId": "SO-3" }), ..Grave::order("invalid") },
        Grave { rule: "of-another-day", ..order("unmatched", "SO-4", "gone") },
        Grave::error("at-the-other-desk"),
    ];
    let ledger = ledger_of(&world);
    dig(&*ledger, &graves).await;
    ledger.close().await;
    world
}

#[tokio::test]
async fn a_plan_tells_what_would_become_of_each_and_changes_nothing() {
    let world = of_every_fate().await;
    let before = world.json(&["dead", "list"]);
    let plan = planned(&world, &["--desk", "support"]);
    let expected = json!([{
        "desk": "support", "chosen": 6, "examined": 6, "creates": 1, "merges": 1, "waits": 1,
        "ticketed": 1, "invalid": 1, "unmatched": 1, "broken_rule": 0, "quota_seconds": 180,
    }]);
    assert_eq!(plan["desks"], expected, "{plan}");
    assert_eq!(
        (&plan["chosen"], &plan["exact"], &plan["seconds"]),
        (&json!(6), &json!(true), &json!(180))
    );
    let all = planned(&world, &["--all", "--rate", "1"]);
    assert_eq!(
        (&all["chosen"], &all["seconds"], &all["rate"]),
        (&json!(7), &json!(420), &json!(1))
    );
    assert_eq!(all["desks"].as_array().unwrap().len(), 2);
    let text = planned(&world, &["--text", "SO-1"]);
    assert_eq!((&text["chosen"], &text["exact"]), (&json!(2), &json!(true)), "{text}");
    assert_eq!(planned(&world, &["--reason", "refused"])["chosen"], 0);
    assert_eq!(world.json(&["dead", "list"]), before);
    assert_eq!(world.json(&["replays", "list"]), json!([]));
    assert_eq!(world.json(&["audit", "list"]), json!([]));
}

#[tokio::test]
async fn a_plan_reads_well() {
    let world = of_every_fate().await;
    let output = world.cli(&["dead", "replay", "--desk", "support", "--plan"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        told,
        "6 dead letters would be put back

support: 6, 3m under its quota
        1  would create a ticket
        1  would be added to the ticket of their incident
        1  would wait for a ticket of their incident
        1  have their ticket already: only what is missing is done
        1  have an event that still breaks its schema
        1  match no rule today, and would die again

it takes 3m at least, at one call for each
nothing was changed
"
    );
    for wrong in [
        vec!["dead", "replay", "--plan"],
        vec!["dead", "replay", "a-key", "--plan"],
        vec!["dead", "replay", "--all", "--plan", "--name", "x"],
        vec!["dead", "replay", "--all", "--plan", "--state", "uncertain"],
        vec!["dead", "replay", "--all", "--name", "Ä"],
        vec!["dead", "replay", "--all", "--rate", "0"],
    ] {
        assert_eq!(world.cli(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}
