//! What every vendor's client does with a network that fails and answers that are none.

use std::time::Duration;

use deskbell::{
    delivery::{Step, Verdict},
    desks::{Desk, DeskError, Vendor, Window, build as try_build},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{
    answer, answer_with, ask_ticket, asked, build, bytes, config, data, draft, supportdesk,
    supportdesk_vendor,
};

const CREATE: &str = "/tickets/api-create";

async fn answered(reply: ResponseTemplate) -> DeskError {
    let server = MockServer::start().await;
    answer_with(&server, "POST", CREATE, reply).await;
    ask_ticket(&*supportdesk(&server), &draft()).await.unwrap_err()
}

/// What comes of a ticket asked of a server that reads the request, writes `reply` and hangs up.
async fn hung_up(reply: &[u8]) -> DeskError {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let desk = build(&config(&base_url, supportdesk_vendor()));
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let read = stream.read(&mut vec![0; 16 * 1024]).await.unwrap();
        assert!(read > 0);
        stream.write_all(reply).await.unwrap();
    };
    let draft = draft();
    let ((), result) = tokio::join!(serve, ask_ticket(&*desk, &draft));
    result.unwrap_err()
}

fn assert_in_doubt(error: &DeskError) {
    assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None }, "{error:?}");
    assert!(!error.is_definite());
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let desk = build(&config(&base_url, supportdesk_vendor()));
    let error = ask_ticket(&*desk, &draft()).await.unwrap_err();
    assert!(matches!(error, DeskError::Unreachable(_)), "{error:?}");
    assert_eq!(error.verdict(&Step::Ticket), Verdict::Wait { after: None });
    assert!(error.is_definite());
}

#[tokio::test]
async fn a_failed_tls_handshake_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let desk = build(&config(&base_url, supportdesk_vendor()));
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    };
    let draft = draft();
    let ((), result) = tokio::join!(serve, ask_ticket(&*desk, &draft));
    let error = result.unwrap_err();
    assert!(matches!(error, DeskError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_no_answer() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(201)
        .set_delay(Duration::from_secs(30))
        .set_body_json(data("supportdesk-created.json"));
    answer_with(&server, "POST", CREATE, late).await;
    let mut config = config(&server.uri(), supportdesk_vendor());
    config.settings.timeout = Duration::from_millis(300);
    let error = ask_ticket(&*build(&config), &draft()).await.unwrap_err();
    assert!(matches!(error, DeskError::NoAnswer(_)), "{error:?}");
    assert_in_doubt(&error);
}

#[tokio::test]
async fn a_connection_cut_after_the_request_is_no_answer() {
    for reply in [
        b"".as_slice(),
        b"HTTP/1.1 201 Cre",
        b"HTTP/1.1 201 Created\r\ncontent-length: 400\r\n\r\n{\"success\":true,",
    ] {
        let error = hung_up(reply).await;
        assert!(matches!(error, DeskError::NoAnswer(_)), "{error:?}");
        assert_in_doubt(&error);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_unreadable() {
    let html = "<html><body>Welcome</body></html>";
    for (status, body) in [(200, html), (201, ""), (200, "OK"), (200, "{\"success\":"), (403, html)]
    {
        let error = answered(ResponseTemplate::new(status).set_body_string(body)).await;
        assert!(matches!(error, DeskError::Unreadable { .. }), "{status} {body}: {error:?}");
        assert!(!error.to_string().contains("Welcome"));
        assert_in_doubt(&error);
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_unreadable() {
    let error = answered(ResponseTemplate::new(200).set_body_bytes([0xFF, 0xFE, 0x00])).await;
    assert!(matches!(error, DeskError::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_endless_answer_is_unreadable() {
    let plain = ResponseTemplate::new(200).set_body_bytes(vec![b' '; 1024 * 1024 + 1]);
    let compressed = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(bytes("two-mebibytes.json.gz"));
    for reply in [plain, compressed] {
        let error = answered(reply).await;
        assert!(error.to_string().contains("longer than 1 MiB"), "{error:?}");
        assert_in_doubt(&error);
    }
}

#[tokio::test]
async fn an_answer_of_one_mebibyte_is_read() {
    let server = MockServer::start().await;
    let mut body = bytes("supportdesk-created.json");
    body.resize(1024 * 1024, b' ');
    answer_with(&server, "POST", CREATE, ResponseTemplate::new(200).set_body_bytes(body)).await;
    assert!(ask_ticket(&*supportdesk(&server), &draft()).await.is_ok());
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    let server = MockServer::start().await;
    let reply = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(bytes("supportdesk-created.json.gz"));
    answer_with(&server, "POST", CREATE, reply).await;
    assert_eq!(ask_ticket(&*supportdesk(&server), &draft()).await.unwrap().id, "clyyyyy");
    let broken = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_string("not gzip");
    assert!(matches!(answered(broken).await, DeskError::Unreadable { .. }));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    answer(&elsewhere, "POST", CREATE, 201, data("supportdesk-created.json")).await;
    for status in [301, 302, 307, 308] {
        let location = format!("{}{CREATE}", elsewhere.uri());
        let reply = ResponseTemplate::new(status).insert_header("location", location);
        let error = answered(reply).await;
        assert!(error.to_string().contains("redirect"), "{error:?}");
    }
    assert!(asked(&elsewhere).await.is_empty());
}

#[tokio::test]
async fn faults_and_throttles_need_no_json() {
    for (status, reason) in [(502, "desk-fault"), (503, "desk-fault"), (429, "throttled")] {
        let error = answered(ResponseTemplate::new(status).set_body_string("<html>")).await;
        assert_eq!(error.failure().reason.as_str(), reason);
    }
}

#[tokio::test]
async fn requests_say_who_sends_them() {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 201, data("supportdesk-created.json")).await;
    ask_ticket(&*supportdesk(&server), &draft()).await.unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    let agent = concat!("deskbell/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.headers["user-agent"], agent);
}

#[tokio::test]
async fn every_request_passes_the_windows() {
    let server = MockServer::start().await;
    answer(&server, "POST", CREATE, 201, data("supportdesk-created.json")).await;
    let mut config = config(&server.uri(), supportdesk_vendor());
    config.settings.pacing = vec![Window { requests: 1, per: Duration::from_hours(9) }];
    let desk = build(&config);
    ask_ticket(&*desk, &draft()).await.unwrap();
    let draft = draft();
    let second = ask_ticket(&*desk, &draft);
    assert!(tokio::time::timeout(Duration::from_millis(50), second).await.is_err());
    assert_eq!(asked(&server).await.len(), 1);
}

#[test]
fn settings_that_make_no_desk_are_told_without_their_values() {
    let mut unpaced = config("http://127.0.0.1:1", supportdesk_vendor());
    unpaced.settings.pacing = vec![Window { requests: 0, per: Duration::from_secs(1) }];
    let control = deskbell::desks::supportdesk::Settings { api_key: "sk\nlive".into() };
    for (config, words) in [
        (config("desk.example", supportdesk_vendor()), "base_url"),
        (config("ftp://desk.example", supportdesk_vendor()), "base_url"),
        (config("http://127.0.0.1:1", Vendor::SupportDesk(control)), "the key"),
        (unpaced, "pacing"),
    ] {
        let error = try_build(&config).map(|desk: std::sync::Arc<dyn Desk>| desk).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(!format!("{error:?}{error}").contains("live"), "{error:?}");
    }
}
