//! Paths and methods, the handshake and the health endpoints.

use reqwest::Method;

use super::{
    app::{App, last_answer, sent},
    broker::Mood,
};

#[tokio::test]
async fn an_unknown_path_or_source_is_a_404() {
    let app = App::start();
    for path in ["/", "/hooks", "/hooks/", "/hooks/a/b", "/metrics", "/health"] {
        for method in [Method::GET, Method::POST, Method::TRACE] {
            sent(app.request(method, path)).await.problem(404, "not-found");
        }
    }
    for path in ["/hooks/nobody", "/hooks/Not%20A%20Name", "/hooks/%FF"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            sent(app.request(method, path)).await.problem(404, "unknown-source");
        }
    }
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    let app = App::start();
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        let answer = sent(app.request(method, &format!("/hooks/{}", app.shop))).await;
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), "POST, OPTIONS");
    }
    for path in ["/health/live", "/health/ready"] {
        for method in [Method::POST, Method::TRACE, Method::OPTIONS] {
            let answer = sent(app.request(method, path)).await;
            answer.problem(405, "method-not-allowed");
            assert_eq!(answer.header("allow"), "GET, HEAD");
        }
    }
}

#[tokio::test]
async fn the_handshake_of_cloud_events_is_granted() {
    let app = App::start();
    let options = || app.request(Method::OPTIONS, &format!("/hooks/{}", app.shop));
    let granted = sent(
        options()
            .header("WebHook-Request-Origin", "example.com")
            .header("WebHook-Request-Rate", "120"),
    )
    .await;
    assert_eq!(granted.status, 200);
    assert_eq!(granted.header("webhook-allowed-origin"), "*");
    assert_eq!(granted.header("webhook-allowed-rate"), "*");
    let plain = sent(options()).await;
    assert_eq!((plain.status.as_u16(), plain.header("allow")), (200, "POST, OPTIONS"));
    assert_eq!(plain.header("webhook-allowed-origin"), "");
}

#[tokio::test]
async fn health_tells_life_and_readiness_apart() {
    let app = App::with(Mood::Absent, |_| {});
    let get = |path| sent(app.request(Method::GET, path));
    assert_eq!(get("/health/live").await.status, 200);
    let unready = get("/health/ready").await.problem(503, "not-ready");
    assert_eq!(unready["detail"], "there is none");
    *app.broker.mood.lock().unwrap() = Mood::Takes;
    assert_eq!(get("/health/ready").await.json()["status"], "ready");
    let head = sent(app.request(Method::HEAD, "/health/ready")).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own_and_no_server_header() {
    let app = App::start();
    let mut ids = std::collections::HashSet::new();
    for path in ["/health/live", "/health/live", "/nothing"] {
        let request = app.request(Method::GET, path).header("x-request-id", "theirs");
        let answer = sent(request).await;
        assert!(ids.insert(answer.header("x-request-id").to_owned()));
        assert_eq!(answer.header("server"), "");
    }
    assert!(!ids.contains("theirs") && !ids.contains(""));
}

#[tokio::test]
async fn what_breaks_http_itself_is_answered_with_an_empty_body() {
    let app = App::with(Mood::Takes, |settings| {
        settings.head_deadline = std::time::Duration::from_millis(200);
    });
    for (head, status) in [
        (app.head("Content-Length: 2\r\nContent-Length: 3"), 400),
        (app.head("Content-Length: +2"), 400),
        (app.head(&"X-A: b\r\n".repeat(200)), 431),
        ("POST /hooks/x HTTP/1.1\r\nHost: x\r\n".to_owned(), 408),
    ] {
        let mut stream = app.connect(&head, b"").await;
        let answer = last_answer(&mut stream).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, ""), "{head}");
    }
}
