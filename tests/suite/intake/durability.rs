//! A 202 is never given for an event that is not durable.

use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::{
    app::{App, JSON, last_answer},
    broker::Mood,
};

const PLAIN: &str = r#"{"type":"integration.recovered","id":"1","data":{"integration":"erp"}}"#;

#[tokio::test]
async fn an_event_that_the_broker_does_not_take_is_a_503() {
    for mood in [Mood::Absent, Mood::Refuses, Mood::Hangs] {
        let app = App::with(mood, |settings| {
            settings.publish_deadline = Duration::from_millis(50);
            settings.retry_after = Duration::from_millis(1500);
        });
        let answer = app.post(JSON, PLAIN).await;
        let problem = answer.problem(503, "not-durable");
        assert_eq!(problem["detail"], "the broker did not confirm the event");
        assert_eq!(answer.header("retry-after"), "2");
        assert!(app.broker.taken().is_empty());
        *app.broker.mood.lock().unwrap() = Mood::Takes;
        assert_eq!(app.post(JSON, PLAIN).await.status, 202);
    }
}

#[tokio::test]
async fn a_stopped_receiver_ends_what_is_in_flight_and_takes_nothing_new() {
    let app = App::with(Mood::Hangs, |settings| {
        settings.publish_deadline = Duration::from_millis(500);
    });
    let head = app.head(&format!("Content-Length: {}", PLAIN.len()));
    let mut in_flight = app.connect(&head, PLAIN.as_bytes()).await;
    let mut idle = app.connect("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n", b"").await;
    idle.read_exact(&mut [0; 12]).await.unwrap();
    app.stop();
    last_answer(&mut in_flight).await.problem(503, "not-durable");
    app.stopped().await;
    assert!(tokio::net::TcpStream::connect(app.address).await.is_err());
}
