//! Length, speed and number of what senders send.

use std::{num::NonZeroU32, time::Duration};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    app::{App, GOOD, JSON, last_answer, sent},
    broker::Mood,
};

const PLAIN: &str = r#"{"type":"integration.recovered","id":"1","data":{"integration":"erp"}}"#;

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_by_its_length_before_it_is_read() {
    let app = App::start();
    let mut stream = app.connect(&app.head("Content-Length: 1048577"), b"").await;
    let problem = last_answer(&mut stream).await.problem(413, "body-too-large");
    assert_eq!(problem["limit"], 1_048_576);
    let padded = format!("{PLAIN}{}", " ".repeat(1_048_576 - PLAIN.len()));
    assert_eq!(app.post(JSON, padded.clone()).await.status, 202);
    app.post(JSON, format!("{padded} ")).await.problem(413, "body-too-large");
    assert_eq!(app.broker.taken().len(), 1);
}

#[tokio::test]
async fn a_chunked_body_is_read_up_to_the_limit_and_no_further() {
    let app = App::with(Mood::Takes, |settings| settings.body_limit = 1000);
    let chunked = "Transfer-Encoding: chunked\r\nConnection: close";
    let body = [chunk(&PLAIN.as_bytes()[..9]), chunk(&PLAIN.as_bytes()[9..]), chunk(b"")].concat();
    let mut stream = app.connect(&app.head(chunked), &body).await;
    assert_eq!(last_answer(&mut stream).await.status, 202);
    let mut stream = app.connect(&app.head(chunked), &chunk(&[b' '; 1001])).await;
    last_answer(&mut stream).await.problem(413, "body-too-large");
    assert_eq!(app.broker.taken().len(), 1);
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let app = App::with(Mood::Takes, |settings| settings.body_limit = 1000);
    let stream = app.connect(&app.head("Transfer-Encoding: chunked"), b"").await;
    let (mut reading, mut writing) = stream.into_split();
    let endless = async { while writing.write_all(&chunk(&[b' '; 512])).await.is_ok() {} };
    let mut answer = Vec::new();
    let (read, ()) = tokio::join!(reading.read_to_end(&mut answer), endless);
    if read.is_ok() {
        assert!(answer.starts_with(b"HTTP/1.1 413 "));
    }
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_body_that_is_too_slow_is_a_408_and_the_end_of_the_connection() {
    let app = App::with(Mood::Takes, |settings| {
        settings.body_grace = Duration::from_millis(100);
        settings.body_deadline = Duration::from_millis(300);
    });
    for (length, start) in [
        ("Content-Length: 70", ""),
        ("Content-Length: 70", "{"),
        ("Transfer-Encoding: chunked", ""),
    ] {
        let mut stream = app.connect(&app.head(length), start.as_bytes()).await;
        last_answer(&mut stream).await.problem(408, "slow-body");
    }
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_off_by_the_deadline_of_the_whole() {
    let app = App::with(Mood::Takes, |settings| {
        settings.body_deadline = Duration::from_millis(300);
        settings.body_rate = NonZeroU32::MIN;
    });
    let stream = app.connect(&app.head("Content-Length: 1000000"), b"").await;
    let (mut reading, mut writing) = stream.into_split();
    let trickle = async {
        while writing.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut answer = Vec::new();
    let (read, ()) = tokio::join!(reading.read_to_end(&mut answer), trickle);
    if read.is_ok() {
        assert!(answer.starts_with(b"HTTP/1.1 408 "));
    }
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_spent_budget_of_bytes_is_a_503_until_they_come_back() {
    let app = App::with(Mood::Takes, |settings| settings.body_budget = 100);
    let mut first = app.connect(&app.head("Content-Length: 90"), &[b' '; 60]).await;
    let busy = loop {
        let answer = app.post(JSON, PLAIN).await;
        if answer.status == 503 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    busy.problem(503, "busy");
    assert_eq!(busy.header("retry-after"), "5");
    first.shutdown().await.unwrap();
    drop(first);
    while app.post(JSON, PLAIN).await.status == 503 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.post(JSON, PLAIN).await.status, 202);
    let over = format!("{PLAIN}{}", " ".repeat(100));
    app.post(JSON, over).await.problem(503, "busy");
}

#[tokio::test]
async fn a_chunked_body_counts_against_the_budget_too() {
    let app = App::with(Mood::Takes, |settings| settings.body_budget = 50);
    let head = app.head("Transfer-Encoding: chunked");
    let mut stream = app.connect(&head, &chunk(&[b' '; 51])).await;
    last_answer(&mut stream).await.problem(503, "busy");
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_no_more() {
    let app = App::with(Mood::Takes, |settings| settings.connections_per_address = 2);
    let head = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = app.connect(head, b"").await;
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        kept.push(stream);
    }
    let answer = last_answer(&mut app.connect(head, b"").await).await;
    answer.problem(503, "too-many-connections");
    assert_eq!(answer.header("retry-after"), "5");
    drop(kept);
    while sent(app.request(reqwest::Method::GET, "/health/live")).await.status == 503 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_refusal_after_the_body_keeps_the_connection() {
    let app = App::start();
    let bad = r#"{"type":"order.lost","id":"1","data":{}}"#;
    let keep = app.head(&format!("Content-Length: {}", bad.len()));
    let last = app.head(&format!("Content-Length: {}\r\nConnection: close", PLAIN.len()));
    let both = format!("{bad}{last}{PLAIN}");
    let mut stream = app.connect(&keep, both.as_bytes()).await;
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert!(answers.starts_with("HTTP/1.1 422 ") && answers.contains("HTTP/1.1 202 "));
}

#[tokio::test]
async fn a_refusal_before_the_body_ends_the_connection() {
    let app = App::start();
    let head = app.head(&format!("Content-Length: {}\r\nContent-Encoding: gzip", GOOD.len()));
    let mut stream = app.connect(&head, GOOD.as_bytes()).await;
    let answer = last_answer(&mut stream).await;
    answer.problem(415, "unsupported-encoding");
    assert_eq!(answer.header("connection"), "close");
}
