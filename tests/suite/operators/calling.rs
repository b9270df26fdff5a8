//! Calls of the operators' API. Every answer is held to the OpenAPI document.

use std::sync::LazyLock;

use deskbell::contracts;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::support::world::World;

pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(contracts::operators);

/// An answer of the API.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Reply {
    /// The body of an answer that is as it was wanted.
    #[track_caller]
    pub(super) fn good(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// The type of a refusal, without what all have in common.
    pub(super) fn problem(&self) -> (u16, &str) {
        let kind = self.body["type"].as_str().unwrap_or_default();
        (self.status, kind.trim_start_matches("/problems/"))
    }
}

/// An operator with a token.
pub(super) struct Operator<'w> {
    pub(super) world: &'w World,
    pub(super) token: String,
}

impl<'w> Operator<'w> {
    /// Makes a token of this scope, named after it.
    pub(super) fn of(world: &'w World, scope: &str) -> Self {
        let made = world.json(&["token", "create", scope, "--scope", scope]);
        Self { world, token: made["token"].as_str().unwrap().to_owned() }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        call(self.world, Method::GET, path, Some(&self.token), None).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Reply {
        call(self.world, Method::POST, path, Some(&self.token), Some(body)).await
    }
}

/// Calls a path of the API.
pub(super) async fn call(
    world: &World,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> Reply {
    let url = format!("http://{}/api/v1{path}", world.operators_address());
    let mut request = world.sender.client.request(method.clone(), url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let reply = Reply { status, headers, body: answer.json().await.unwrap() };
    hold(&method, path, &reply);
    reply
}

/// The documented path of a call, with its braces.
fn template(path: &str) -> Option<&'static String> {
    let path = format!("/api/v1{}", path.split('?').next().unwrap());
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &&String| {
        let wanted: Vec<&str> = template.split('/').collect();
        let same = |(a, b): (&&str, &&str)| a == b || a.starts_with('{');
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(same)
    };
    let mut known: Vec<_> = DOCUMENT["paths"].as_object().unwrap().keys().filter(fits).collect();
    // A path that is written out goes before one with a name in it.
    known.sort_by_key(|template| template.matches('{').count());
    known.first().copied()
}

/// Holds that the answer is one that the document tells of.
fn hold(method: &Method, path: &str, reply: &Reply) {
    let told = template(path).map(|it| &DOCUMENT["paths"][it]);
    let call = told.and_then(|it| it.get(method.as_str().to_ascii_lowercase()));
    let Some(call) = call else {
        assert!([401, 404, 405].contains(&reply.status), "{method} {path}: {reply:?}");
        return;
    };
    let told = &call["responses"][reply.status.to_string()];
    assert!(told.is_object(), "{method} {path}: {reply:?} is not documented");
    let content_type = reply.headers["content-type"].to_str().unwrap();
    let schema = &told["content"][content_type]["schema"];
    assert!(schema.is_object(), "{method} {path}: {content_type}");
    let schema = json!({ "components": DOCUMENT["components"], "allOf": [schema] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = validator.iter_errors(&reply.body).map(|it| it.to_string()).collect();
    assert!(faults.is_empty(), "{method} {path}: {faults:?} in {}", reply.body);
}
