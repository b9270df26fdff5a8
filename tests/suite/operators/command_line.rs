//! Tokens, the audit log and pauses, on the command line.

use serde_json::{Value, json};

use crate::support::world::{World, eventually, key, of_desk, payment, state};

fn printed(world: &World, arguments: &[&str]) -> String {
    let output = world.cli(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn audit(world: &World) -> Vec<Value> {
    world.json(&["audit", "list"]).as_array().cloned().unwrap()
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_hash() {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    world.set("USER", "ann");
    let shown = printed(&world, &["token", "create", "ci", "--scope", "operate"]);
    assert_eq!((&shown[..4], shown.len()), ("dbt_", 47));
    for file in std::fs::read_dir(data.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(shown.len()).any(|part| part == shown.as_bytes()));
    }
    let tokens = world.json(&["token", "list"]);
    let [token] = &tokens.as_array().unwrap()[..] else { panic!("{tokens}") };
    assert_eq!((&token["name"], &token["scope"]), (&json!("ci"), &json!("operate")));
    assert_eq!((&token["created_by"], &token["last_used_at"]), (&json!("ann"), &Value::Null));
    assert!(token["expires_at"].is_string(), "{token}");
    assert_eq!(world.cli(&["token", "create", "ci"]).status.code(), Some(1));
    for wrong in [
        ["token", "create", "Ä b", "--expires", "1d"],
        ["token", "create", "x", "--expires", "soon"],
        ["token", "create", "x", "--expires", "0s"],
        ["token", "create", "x", "--scope", "root"],
    ] {
        assert_eq!(world.cli(&wrong).status.code(), Some(2), "{wrong:?}");
    }
    let of_both = ["token", "create", "x", "--scope", "admin", "--scope", "read", "--expires"];
    let of_both = world.json(&[&of_both[..], &["never"]].concat());
    assert_eq!(of_both["record"]["scope"], "admin");
    assert_eq!(of_both["record"]["expires_at"], Value::Null);
    printed(&world, &["token", "revoke", "ci", "--why", "it leaked"]);
    assert_eq!(world.cli(&["token", "revoke", "ci"]).status.code(), Some(1));
    let log = audit(&world);
    let acts: Vec<_> = log.iter().map(|it| (&it["act"], &it["subject"], &it["who"])).collect();
    assert_eq!(
        json!(acts),
        json!([
            ["token.revoke", "ci", "ann"],
            ["token.create", "x", "ann"],
            ["token.create", "ci", "ann"],
        ])
    );
    assert_eq!((&log[0]["why"], &log[0]["via"]), (&json!("it leaked"), &json!("command-line")));
}

#[tokio::test]
async fn what_is_done_on_the_command_line_stands_in_the_audit_log() {
    let mut world = World::embedded_on_hold();
    world.set("USER", "ann");
    world.start().await;
    // Nobody can be a customer without an id.
    let mut data = payment("SO-1");
    data["customerExternalId"] = json!("nobody");
    world.post("evt_1", "payment.failed", &data).await;
    let settled = world.settled("evt_1").await;
    let support = of_desk(&settled, "support");
    assert_eq!(state(support), "dead", "{support}");
    let key = support["key"].as_str().unwrap();
    printed(&world, &["dead", "replay", key, "--why", "try again"]);
    world.settled("evt_1").await;
    eventually("it is dead again", || {
        let discarded = world.cli(&["dead", "discard", key, "--why", "a test"]);
        std::future::ready(discarded.status.success())
    })
    .await;
    let log = audit(&world);
    let told: Vec<_> = log.iter().map(|it| [&it["act"], &it["subject"], &it["why"]]).collect();
    assert_eq!(
        json!(told),
        json!([["delivery.discard", key, "a test"], ["delivery.replay", key, "try again"],])
    );
    let chosen = world.json(&["audit", "list", "--act", "delivery.replay", "--since", "1h"]);
    assert_eq!(chosen.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn dead_letters_are_given_up_by_their_keys_or_by_a_filter() {
    let world = World::embedded().await;
    for id in ["evt_1", "evt_2", "evt_3", "evt_4"] {
        let mut data = payment(id);
        data["customerExternalId"] = json!("nobody");
        world.post(id, "payment.failed", &data).await;
        world.settled(id).await;
    }
    let (first, second) = (key("evt_1", "support"), key("evt_2", "support"));
    for wrong in [
        &["dead", "discard", "--why", "w"][..],
        &["dead", "discard", &first, "--all", "--why", "w"],
    ] {
        assert_eq!(world.cli(wrong).status.code(), Some(2), "{wrong:?}");
    }
    printed(&world, &["dead", "discard", &first, &second, "--why", "a test"]);
    let by_filter = ["dead", "discard", "--reason", "unknown-customer", "--why", "a test"];
    assert_eq!(world.json(&by_filter), json!({ "discarded": 2, "refused": [] }));
    assert_eq!(world.json(&by_filter), json!({ "discarded": 0, "refused": [] }));
    let log = audit(&world);
    assert_eq!(log.iter().filter(|it| it["act"] == "delivery.discard").count(), 4, "{log:?}");
}

#[tokio::test]
async fn a_paused_desk_gets_nothing_until_it_is_resumed_over_a_restart() {
    let mut world = World::embedded().await;
    printed(&world, &["desk", "crm", "pause", "--why", "they migrate"]);
    eventually("the pause is noticed", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="crm"} 1"#)
    })
    .await;
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let arrived = || {
        let event = world.json(&["events", "show", "evt_1"]);
        let all = event["deliveries"].as_array().cloned().unwrap_or_default();
        std::future::ready(all.iter().any(|delivery| state(delivery) == "ticketed"))
    };
    eventually("the other desk gets its ticket", arrived).await;
    assert!(world.sandbox.hubspot().tickets().is_empty());
    let status = world.json(&["desk", "crm", "status"]);
    assert_eq!(status["paused"]["why"], "they migrate", "{status}");
    world.stop();
    world.start().await;
    eventually("the pause is known again", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="crm"} 1"#)
    })
    .await;
    assert!(world.sandbox.hubspot().tickets().is_empty());
    printed(&world, &["desk", "crm", "resume"]);
    let settled = world.settled("evt_1").await;
    let crm = of_desk(&settled, "crm");
    assert_eq!((state(crm), &crm["attempts"]), ("ticketed", &json!(0)), "{crm}");
}
