//! Holds every answer of these tests to the receiver's OpenAPI document.

use std::sync::LazyLock;

use deskbell::{contracts, event::SchemaBook};
use reqwest::Method;
use serde_json::{Value, json};

use super::app::{Answer, App, sent};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| contracts::receiver(&SchemaBook::builtin()));

/// What every HTTP answer may have.
const HTTP: [&str; 5] =
    ["connection", "content-length", "content-type", "date", "transfer-encoding"];

/// The documented call; `None` where the path or the method is none of the document's.
fn call(method: &Method, path: &str) -> Option<&'static Value> {
    let template = match path
        .strip_prefix("/hooks/")
        .map(|rest| rest.split('/').collect::<Vec<_>>())
    {
        Some(parts) if parts.len() == 1 => "/hooks/{source}",
        Some(parts) if parts.len() == 3 && parts[1] == "events" => "/hooks/{source}/events/{id}",
        _ => path,
    };
    DOCUMENT["paths"].get(template)?.get(method.as_str().to_ascii_lowercase())
}

/// What is told of a header.
fn header_of(told: &'static Value, name: &str) -> Option<&'static Value> {
    let headers = told["headers"].as_object().unwrap();
    headers.iter().find(|(told, _)| told.eq_ignore_ascii_case(name)).map(|(_, header)| header)
}

/// Holds that the answer is one that the document tells of.
#[track_caller]
pub(super) fn hold(method: &Method, path: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    let Some(call) = call(method, path) else {
        let is_health = method == Method::HEAD && path.starts_with("/health/");
        assert!(is_health || [404, 405].contains(&status), "{method} {path}: {status}");
        return;
    };
    let Some(told) = call["responses"].get(status.to_string()) else {
        panic!("{method} {path}: {status} is not documented: {}", answer.text);
    };
    for (name, value) in &answer.headers {
        let Some(header) = header_of(told, name.as_str()) else {
            assert!(HTTP.contains(&name.as_str()), "{method} {path}: {status} has {name}");
            continue;
        };
        let text = value.to_str().unwrap();
        let is_number = header["schema"]["type"] == "integer";
        assert!(!is_number || text.parse::<u32>().is_ok(), "{method} {path}: {name} is {text}");
    }
    let Some(content) = told.get("content") else {
        assert_eq!(answer.text, "", "{method} {path}: {status} has a body");
        return;
    };
    let content_type = answer.header("content-type");
    let schema = &content[content_type]["schema"];
    assert!(schema.is_object(), "{method} {path}: {content_type}");
    let body =
        if content_type == "text/plain" { answer.text.as_str().into() } else { answer.json() };
    let schema = json!({ "components": DOCUMENT["components"], "allOf": [schema] });
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&body)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{method} {path}: {errors:?} in {}", answer.text);
}

#[tokio::test]
async fn every_call_of_the_document_is_there() {
    let app = App::start();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{source}", &app.open).replace("{id}", "evt_1");
            let answer = sent(app.request(method, &path)).await;
            assert!(![404, 405].contains(&answer.status.as_u16()), "{path}: {}", answer.text);
        }
    }
}
