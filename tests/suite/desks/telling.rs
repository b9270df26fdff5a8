//! What calls leave in errors, log lines and metrics: never a secret, never an event's data.

use deskbell::{delivery::Step, desks::Vendor};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use wiremock::MockServer;

use super::accounts::{
    SECRET, act, answer, ask_ticket, build, config, draft, hubspot_settings, supportdesk,
    supportdesk_vendor, thulium_settings,
};

const CREATE: &str = "/tickets/api-create";

#[tokio::test]
async fn a_secret_is_in_no_error_and_no_debug_text() {
    let echo = json!({ "code": "AUTH_API_KEY_INVALID", "message": format!("bad key {SECRET}") });
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 401, echo).await;
    let error = ask_ticket(&*supportdesk(&server), &draft()).await.unwrap_err();
    let said = format!("{error} {error:?} {:?}", error.failure());
    assert!(said.contains("bad key ***") && !said.contains(SECRET), "{said}");
    let thulium = Vendor::Thulium(thulium_settings());
    for vendor in [supportdesk_vendor(), Vendor::HubSpot(hubspot_settings()), thulium] {
        let config = config("http://127.0.0.1:1", vendor);
        let desk = build(&config);
        let error = ask_ticket(&*desk, &draft()).await.unwrap_err();
        let said = format!("{config:?} {desk:?} {error:?} {:?}", error.failure());
        assert!(!said.contains(SECRET), "{said}");
    }
}

#[tokio::test]
async fn an_error_names_no_address_of_a_customer() {
    let desk = build(&config("http://127.0.0.1:1", supportdesk_vendor()));
    let error = act(&*desk, &Step::Customer, &draft(), &[]).await.unwrap_err();
    let said = format!("{error:?} {:?}", error.failure());
    assert!(!said.contains("user_42"), "{said}");
}

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_call_is_one_log_line_without_key_or_body() {
    let server = MockServer::start().await;
    let answer_body = json!({ "success": true, "data": { "id": "x" } });
    answer(&server, "PATCH", "/customers/user_42", 200, answer_body).await;
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    let desk = supportdesk(&server);
    // With a single subscriber, tracing asks the thread that first meets a call site whether anybody
    // listens, and that may be another test's.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    act(&*desk, &Step::Customer, &draft(), &[]).await.unwrap();
    drop(guard);
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let own: Vec<_> = written.lines().filter(|line| line.contains("deskbell::")).collect();
    assert_eq!(own.len(), 1, "{written}");
    for part in ["desk.name=desk", "step=\"customer\"", "PATCH", "/customers/{externalId}", "200"] {
        assert!(own[0].contains(part), "{part} in {}", own[0]);
    }
    for payload in [SECRET, "user_42", "jean@acme.com", "Tour"] {
        assert!(!written.contains(payload), "{payload} in {written}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_desk_and_outcome() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 429, json!({})).await;
    ask_ticket(&*supportdesk(&server), &draft()).await.unwrap_err();
    let desk = build(&config("http://127.0.0.1:1", supportdesk_vendor()));
    ask_ticket(&*desk, &draft()).await.unwrap_err();
    let metrics = handle.render();
    for outcome in ["throttled", "unreachable"] {
        let line = format!("deskbell_desk_calls_total{{desk=\"desk\",outcome=\"{outcome}\"}} 1");
        assert!(metrics.contains(&line), "{line} in {metrics}");
    }
    assert!(metrics.contains("deskbell_desk_call_seconds_count{desk=\"desk\"} 2"), "{metrics}");
}
