//! Every class of request that the receiver refuses, each with canaries wherever a sender can put
//! them.

use bytes::Bytes;
use deskbell::{
    clock::{Clock, SystemClock},
    signature::{Scheme, SchemeSettings},
};
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::sender::Sender;

const JSON: &str = "application/json";

const GOOD: &str =
    r#"{"type":"integration.error","data":{"integration":"canary","errorCode":"e"}}"#;

/// What each refusal is called, and its answer with the headers.
pub(super) async fn provoke(sender: &Sender) -> Vec<(&'static str, String)> {
    let mut answers = Vec::new();
    for (name, request) in unsigned(sender).into_iter().chain(signed(sender)) {
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_client_error(), "{name}: {}", answer.status());
        let head = format!("{} {:?}", answer.status(), answer.headers());
        answers.push((name, head + &answer.text().await.unwrap()));
    }
    for (name, text) in [
        ("no HTTP", "canary canary\r\n\r\n"),
        ("a broken header", "POST /hooks/shop HTTP/1.1\r\nhost: x\r\ncan ary: canary\r\n\r\n"),
        (
            "a body that ends early",
            "POST /hooks/shop HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: 100\r\nwebhook-id: canary\r\n\r\ncanary",
        ),
        (
            "a body that is too long",
            "POST /hooks/shop HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: 99999999\r\nwebhook-id: canary\r\n\r\ncanary",
        ),
    ] {
        answers.push((name, raw(&sender.receiver, text).await));
    }
    answers
}

fn unsigned(sender: &Sender) -> Vec<(&'static str, RequestBuilder)> {
    let to = |method, path: &str, body: &'static str| {
        let url = format!("http://{}{path}", sender.receiver);
        let request = sender.client.request(method, url).header("content-type", JSON);
        request.header("webhook-id", "canary").header("x-forwarded-for", "canary").body(body)
    };
    vec![
        ("no signature", to(Method::POST, "/hooks/shop?token=canary", GOOD)),
        ("an unknown source", to(Method::POST, "/hooks/canary?token=canary", GOOD)),
        ("an unknown path", to(Method::GET, "/canary/%63anary", "")),
        ("another method", to(Method::PUT, "/hooks/shop", GOOD)),
        (
            "a compressed body",
            to(Method::POST, "/hooks/shop", GOOD).header("content-encoding", "gzip"),
        ),
        ("a batch", to(Method::POST, "/hooks/shop", GOOD).header("ce-specversion", "canary")),
    ]
}

fn signed(sender: &Sender) -> Vec<(&'static str, RequestBuilder)> {
    let post = |scheme: &Scheme, id: &str, body: &'static str, now: Timestamp| {
        let body = Bytes::from_static(body.as_bytes());
        let url = format!("http://{}/hooks/shop", sender.receiver);
        let request = sender.client.post(url).header("content-type", JSON).body(body.clone());
        let signed = scheme.sign(id, &body, now);
        signed.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    };
    let now = SystemClock.now();
    let own = |id: &str, body: &'static str| post(&sender.scheme, id, body, now);
    vec![
        ("another secret", post(&stranger(), "canary", GOOD, now)),
        ("an old signature", post(&sender.scheme, "canary", GOOD, now - HOUR)),
        ("an ambiguous id", own("can.ary.canary", GOOD)),
        ("an id that is none", own("canary\tcanary", GOOD)),
        ("no JSON", own("canary", "canary")),
        ("a cut body", own("canary", r#"{"type":"canary"#)),
        ("a key that is there twice", own("canary", r#"{"a":"canary","a":"canary"}"#)),
        ("an array", own("canary", r#"["canary"]"#)),
        ("no type", own("canary", r#"{"data":{"orderId":"canary"}}"#)),
        ("another id", own("canary", r#"{"id":"canary2","type":"order.stuck","data":{}}"#)),
        ("a wrong time", own("canary", r#"{"type":"order.stuck","timestamp":"canary","data":{}}"#)),
        ("an unknown type", own("canary", r#"{"type":"canary.type","data":{"a":"canary"}}"#)),
        ("data off its schema", own("canary", OFF_SCHEMA)),
    ]
}

const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

const OFF_SCHEMA: &str = r#"{"type":"payment.failed","data":{"orderId":["canary"],"amount":"canary",
    "currency":"canary","customer":{"email":"canary"},"occurredAt":"canary"}}"#;

fn stranger() -> Scheme {
    Scheme::new(SchemeSettings::StandardWebhooks {
        secrets: vec!["whsec_Y2FuYXJ5LW9mLXRoZS1zdGFuZGFyZC1zZWNyZXQ=".into()],
        tolerance: HOUR,
    })
    .unwrap()
}

/// What comes back when `text` is all that is sent.
async fn raw(address: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset says nothing more.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
