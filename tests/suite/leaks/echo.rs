//! A desk whose every other answer is a failure that sends back all that it was sent: address, key
//! and body, in each place where a vendor has words of its own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

/// So many kinds of failure are there.
const FAILURES: usize = 12;

pub(super) struct Echo {
    server: MockServer,
    calls: Arc<AtomicUsize>,
}

impl Echo {
    pub(super) async fn start() -> Self {
        let (server, calls) = (MockServer::start().await, Arc::new(AtomicUsize::new(0)));
        Mock::given(any()).respond_with(Answers(calls.clone())).mount(&server).await;
        Self { server, calls }
    }

    pub(super) fn url(&self) -> String {
        self.server.uri()
    }

    pub(super) fn has_given_every_answer(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 2 * FAILURES
    }
}

struct Answers(Arc<AtomicUsize>);

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let call = self.0.fetch_add(1, Ordering::Relaxed);
        if call.is_multiple_of(2) {
            // Right in either vendor's language, so that the next call comes soon.
            return ResponseTemplate::new(200).set_body_json(json!({
                "id": "4711", "success": true, "data": { "id": "4711" }, "options": [], "results": [],
            }));
        }
        let echo = format!(
            "{} {} {:?} {}",
            request.method,
            request.url,
            request.headers,
            String::from_utf8_lossy(&request.body)
        );
        failure(call / 2 % FAILURES, &echo)
    }
}

fn failure(number: usize, echo: &str) -> ResponseTemplate {
    let with = |status| ResponseTemplate::new(status).set_body_json(in_every_place(echo));
    let page = format!("<html><body>{echo}</body></html>");
    match number {
        0 => with(400),
        1 => with(401),
        2 => with(500),
        3 => ResponseTemplate::new(500).set_body_raw(page, "text/html"),
        4 => ResponseTemplate::new(200).set_body_raw(page, "text/html"),
        5 => ResponseTemplate::new(200).set_body_raw([b"\xff", echo.as_bytes()].concat(), "x/y"),
        6 => ResponseTemplate::new(302).insert_header("location", "/canary?canary@example.org"),
        7 => with(429).insert_header("retry-after", "1").insert_header("x-canary", "canary"),
        8 => with(409),
        9 => with(423),
        10 => with(403),
        _ => with(404),
    }
}

fn in_every_place(echo: &str) -> serde_json::Value {
    let listed = json!([{ "message": echo, "error": echo, "name": echo, "code": echo }]);
    json!({
        "status": echo, "success": false, "category": echo, "subCategory": echo, "code": echo,
        "policyName": echo, "correlationId": echo, "errors": listed, "details": { echo: [echo] },
        "message": format!("{echo} Existing ID: Property values were not valid: {listed}"),
    })
}
