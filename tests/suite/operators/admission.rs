//! Who may call what: every call of the document, against every kind of token.

use deskbell::ledger::Scope;
use reqwest::Method;
use serde_json::json;

use super::calling::{DOCUMENT, Operator, call};
use crate::support::world::{World, eventually};

/// One call of the document, with names that nothing has, and the scope that it says.
struct Route {
    method: Method,
    path: String,
    scope: Scope,
}

fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, calls) in DOCUMENT["paths"].as_object().unwrap() {
        let Some(path) = path.strip_prefix("/api/v1") else { continue };
        for (method, call) in calls.as_object().unwrap() {
            let scopes = &call["security"][0]["token"];
            let scope = scopes[0].as_str().unwrap_or_else(|| panic!("{path} has no scope"));
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { "nothing" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let method = method.to_uppercase().parse().unwrap();
            routes.push(Route { method, path, scope: scope.parse().unwrap() });
        }
    }
    routes
}

#[tokio::test]
async fn no_call_works_without_a_live_token_of_its_scope() {
    let world = World::embedded().await;
    let tokens = Scope::ALL.map(|scope| (scope, Operator::of(&world, scope.as_str()).token));
    let revoked = world.json(&["token", "create", "gone", "--scope", "admin"]);
    let revoked = revoked["token"].as_str().unwrap().to_owned();
    assert!(world.cli(&["token", "revoke", "gone"]).status.success());
    let expired = ["token", "create", "short", "--scope", "admin", "--expires", "1s"];
    let expired = world.json(&expired)["token"].as_str().unwrap().to_owned();
    eventually("the token has expired", || async {
        call(&world, Method::GET, "/books", Some(&expired), None).await.status == 401
    })
    .await;
    let routes = routes();
    assert!(routes.len() >= 24, "{}", routes.len());
    for Route { method, path, scope } in routes {
        let body = (method == Method::POST).then(|| json!({}));
        let unknown = format!("dbt_{}", "A".repeat(43));
        for wrong in [None, Some(&unknown), Some(&expired), Some(&revoked)] {
            let token = wrong.map(String::as_str);
            let reply = call(&world, method.clone(), &path, token, body.clone()).await;
            assert_eq!(reply.problem(), (401, "bad-token"), "{method} {path} {wrong:?}");
            let challenge = reply.headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.starts_with("Bearer "), "{challenge}");
        }
        for (has, token) in &tokens {
            let reply = call(&world, method.clone(), &path, Some(token), body.clone()).await;
            if *has >= scope {
                assert!(![401, 403].contains(&reply.status), "{method} {path} {has}: {reply:?}");
            } else {
                assert_eq!(reply.problem(), (403, "missing-scope"), "{method} {path} {has}");
                assert_eq!(reply.body["scope"], scope.as_str());
            }
        }
    }
}

#[tokio::test]
async fn where_no_token_was_made_the_answer_says_how_one_is() {
    let world = World::embedded().await;
    for token in [None, Some("dbt_x")] {
        let reply = call(&world, Method::GET, "/books", token, None).await;
        assert_eq!(reply.problem(), (401, "bad-token"));
        assert!(reply.body["detail"].as_str().unwrap().contains("deskbell token create"));
    }
    assert_eq!(world.operators("/metrics").await.0, 200);
}

#[tokio::test]
async fn a_token_is_known_to_have_been_used() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "admin");
    operator.get("/books").await.good();
    let tokens = operator.get("/tokens").await.good();
    assert!(tokens["items"][0]["last_used_at"].is_string(), "{tokens}");
}
