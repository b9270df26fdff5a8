//! What is asked in a way that cannot be answered.

use reqwest::Method;
use serde_json::json;

use super::calling::{Operator, call};
use crate::support::world::World;

#[tokio::test]
async fn a_filter_that_cannot_be_used_is_named_with_what_is_allowed() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "admin");
    for (path, parameter, allowed) in [
        ("/events?since=yesterday", "since", "RFC 3339"),
        ("/events?limit=0", "limit", "1 to 200"),
        ("/events?limit=201", "limit", "1 to 200"),
        ("/events?cursor=x", "cursor", "`next`"),
        ("/events?colour=red", "colour", "since, until"),
        ("/events?desk=crm&desk=support", "desk", "one"),
        ("/events?text=", "text", "a value"),
        ("/events?data.=1", "data.", "data.customer.email"),
        ("/deliveries?state=lost", "state", "queued, attempting"),
        ("/deliveries?reason=bad", "reason", "unknown-customer"),
        ("/deliveries?priority=soon", "priority", "URGENT"),
        ("/deliveries?desk=A%20B", "desk", "name"),
        ("/dead-letters?state=ticketed", "state", "dead and uncertain"),
        ("/incidents?source=shop", "source", "incident"),
        ("/books?x=1", "x", "none"),
        ("/callbacks?limit=x", "limit", "1 to 200"),
        ("/audit?act=dance", "act", "delivery.replay"),
    ] {
        let reply = operator.get(path).await;
        assert_eq!(reply.problem(), (422, "bad-parameter"), "{path}: {reply:?}");
        assert_eq!(reply.body["parameter"], parameter, "{path}");
        let told = reply.body["allowed"].as_str().unwrap();
        assert!(told.contains(allowed), "{path}: {told}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_understood_is_a_problem_document() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "admin");
    let absent = "/deliveries/00000000000000000000000000000000";
    for path in
        ["/nothing", "/events/shop/none", "/events/A/b", absent, "/deliveries/x", "/desks/x"]
    {
        assert_eq!(operator.get(path).await.problem(), (404, "not-found"), "{path}");
    }
    let why = || json!({ "reason": "because" });
    let acts = ["/replay", "/discard"].map(|act| format!("{absent}{act}"));
    let others = ["/desks/x/pause", "/brakes/crm/none/release", "/tokens/99/revoke"];
    for path in acts.iter().map(String::as_str).chain(others) {
        assert_eq!(operator.post(path, why()).await.problem(), (404, "not-found"), "{path}");
    }
    let reply = call(&world, Method::DELETE, "/books", Some(&operator.token), None).await;
    assert_eq!(reply.problem(), (405, "method-not-allowed"));
    assert_eq!(reply.headers["allow"], "GET");
    for body in [json!({}), json!({ "reason": " " }), json!({ "reason": "x".repeat(501) })] {
        let reply = operator.post("/desks/crm/pause", body).await;
        assert_eq!(reply.problem(), (422, "bad-parameter"), "{reply:?}");
        assert_eq!(reply.body["parameter"], "reason");
    }
    let unknown = json!({ "reason": "because", "force": true });
    let reply = operator.post("/desks/crm/pause", unknown).await;
    assert_eq!(reply.problem(), (422, "bad-parameter"));
    let large = json!({ "reason": "x".repeat(20_000) });
    let reply = operator.post("/desks/crm/pause", large).await;
    assert_eq!(reply.problem(), (413, "body-too-large"));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "operate");
    let url = format!("http://{}/api/v1/desks/crm/pause", world.operators_address());
    for (content_type, body, status) in [
        ("application/json", "{nope", 400),
        ("application/json", "[]", 422),
        ("text/plain", "{\"reason\":\"because\"}", 415),
        ("application/x-www-form-urlencoded", "reason=because", 415),
    ] {
        let request = world.sender.client.post(&url).bearer_auth(&operator.token);
        let answer = request.header("content-type", content_type).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{content_type} {body}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn an_act_is_refused_for_its_scope_then_its_parameters_then_its_body() {
    let world = World::embedded().await;
    let (reader, operator) = (Operator::of(&world, "read"), Operator::of(&world, "operate"));
    let edit = "deliveries/00000000000000000000000000000000/edit";
    for path in ["desks/x/pause", edit, "replays", "silences/0/end"] {
        for (token, parameters, status) in
            [(&reader, "?x=1", 403), (&operator, "?x=1", 422), (&operator, "", 400)]
        {
            let url = format!("http://{}/api/v1/{path}{parameters}", world.operators_address());
            let request = world.sender.client.post(&url).bearer_auth(&token.token);
            let request = request.header("content-type", "application/json").body("{nope");
            assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{url}");
        }
    }
}

#[tokio::test]
async fn a_receiver_alone_has_no_ledger_to_tell_of() {
    let node = crate::support::rabbit::RabbitNode::start();
    let mut world = World::over_rabbitmq(node.url());
    world.start_receiver().await;
    let reply = call(&world, Method::GET, "/books", Some("dbt_x"), None).await;
    assert_eq!(reply.problem(), (503, "no-ledger"));
}
