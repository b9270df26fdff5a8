//! Issues, by the API and on the command line.

use serde_json::json;

use super::calling::Operator;
use crate::support::world::{World, payment};

#[tokio::test]
async fn an_issue_is_seen_judged_and_open_again_when_it_kills_again() {
    let world = World::embedded().await;
    let died = async |id: &str| {
        let mut data = payment(id);
        data["customerExternalId"] = json!("nobody");
        world.post(id, "payment.failed", &data).await;
        world.settled(id).await;
    };
    died("evt_1").await;
    let operator = Operator::of(&world, "operate");
    let seen = operator.get("/issues?status=open").await.good();
    assert_eq!(seen["items"][0]["reason"], "unknown-customer", "{seen}");
    assert_eq!(seen["items"][0]["letters"], 1);
    let path = "/issues/support/unknown-customer";
    let judged = operator.post(path, json!({ "status": "acknowledged" })).await.good();
    assert_eq!(judged["status"], "acknowledged");
    for wrong in [json!({ "status": "resolved" }), json!({ "status": "gone" }), json!({})] {
        assert_eq!(operator.post(path, wrong.clone()).await.status, 422, "{wrong}");
    }
    for nowhere in ["/issues/support/refused", "/issues/support/nothing", "/issues/x/refused"] {
        let reply = operator.post(nowhere, json!({ "status": "open" })).await;
        assert_eq!(reply.problem(), (404, "not-found"), "{nowhere}");
    }
    let name = ["unknown-customer", "--desk", "support", "--why", "the import is mended"];
    assert!(world.cli(&[&["issues", "resolve"][..], &name].concat()).status.success());
    let listed = world.json(&["issues", "list", "--status", "resolved"]);
    assert_eq!(listed[0]["said"]["why"], "the import is mended", "{listed}");
    died("evt_2").await;
    let again = world.json(&["issues", "list", "--status", "open"]);
    assert_eq!(
        (&again[0]["letters"], &again[0]["said"]["status"]),
        (&json!(2), &json!("resolved"))
    );
    assert_eq!(world.cli(&["issues", "reopen", "refused", "--desk", "crm"]).status.code(), Some(1));
    assert_eq!(world.cli(&["issues", "reopen", "x", "--desk", "crm"]).status.code(), Some(2));
}
