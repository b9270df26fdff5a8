//! Every scheme over real HTTP.

use std::{
    fs::File,
    io::{BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use deskbell::{
    clock::Clock,
    receiver::Certificates,
    signature::{HubSpotVersion, Scheme, SchemeSettings},
};
use jiff::Timestamp;
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::Value;

use super::{
    app::{Answer, App},
    broker::Mood,
};

const BODY: &str =
    r#"{"type":"integration.recovered","data":{"integration":"erp"},"id":"evt_of_a_vendor"}"#;

fn schemes() -> Vec<(String, Scheme)> {
    let secrets = || vec!["the old secret".into(), "the new secret".into()];
    let tolerance = Duration::from_mins(5);
    [
        SchemeSettings::Stripe { secrets: secrets(), tolerance },
        SchemeSettings::GitHub { secrets: secrets() },
        SchemeSettings::Shopify { secrets: secrets() },
        SchemeSettings::WooCommerce { secrets: secrets() },
        SchemeSettings::Adyen { secrets: vec!["0f".repeat(32).into()] },
        SchemeSettings::HubSpot {
            secrets: secrets(),
            url: "https://events.example.com/hooks/hubspot".into(),
            versions: vec![HubSpotVersion::V3],
            tolerance,
        },
        SchemeSettings::Bearer { secrets: secrets() },
        SchemeSettings::Basic { user: "shop".into(), secrets: secrets() },
    ]
    .map(|settings| (settings.word().to_owned(), Scheme::new(settings).unwrap()))
    .into()
}

fn app() -> App {
    App::knowing(Mood::Takes, |_| {}, schemes(), Certificates::default())
}

#[tokio::test]
async fn every_vendors_post_is_taken_and_with_one_byte_changed_it_is_a_401() {
    let app = app();
    let posts = schemes();
    for (name, scheme) in &posts {
        let headers = scheme.sign("", BODY.as_bytes(), app.clock.now());
        let taken = app.post_with(name, &headers, BODY).await;
        assert_eq!(taken.status, 202, "{name}: {}", taken.text);
        let mut wrong = headers.clone();
        let refused = if wrong[0].0 == "Authorization" {
            wrong[0].1.insert(8, 'A');
            app.post_with(name, &wrong, BODY).await
        } else {
            app.post_with(name, &headers, &BODY.replace("erp", "crm")).await
        };
        refused.problem(401, "bad-signature");
        let missing = app.post_with(name, &[], BODY).await;
        let detail = missing.problem(401, "bad-signature")["detail"].to_string();
        let asks_for_a_header = detail.contains(&headers[0].0) || name == "adyen";
        assert!(asks_for_a_header, "{name}: {detail}");
    }
    assert_eq!(app.broker.taken().len(), posts.len());
}

#[tokio::test]
async fn a_refusal_asks_for_what_the_source_wants() {
    let app = app();
    for (name, challenge) in [
        ("bearer", "Bearer realm=\"hooks\""),
        ("basic", "Basic realm=\"hooks\", charset=\"UTF-8\""),
        ("stripe", "Signature realm=\"hooks\""),
    ] {
        let refused = app.post_with(name, &[], BODY).await;
        refused.problem(401, "bad-signature");
        assert_eq!(refused.header("www-authenticate"), challenge);
    }
}

async fn post_form(app: &App, source: &str, body: &str) -> Answer {
    app.post_typed(source, "application/x-www-form-urlencoded", &[], body).await
}

#[tokio::test]
async fn the_ping_of_woocommerce_is_a_200_and_never_an_event() {
    let app = app();
    let ping = post_form(&app, "woocommerce", "webhook_id=17").await;
    assert_eq!((ping.status.as_u16(), ping.text.as_str()), (200, ""));
    for (source, body) in
        [("woocommerce", "webhook_id=17&x=1"), ("woocommerce", BODY), ("shopify", "webhook_id=17")]
    {
        post_form(&app, source, body).await.problem(415, "unsupported-media-type");
    }
    app.post_with("woocommerce", &[], "webhook_id=17").await.problem(401, "bad-signature");
    assert!(app.broker.taken().is_empty());
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signatures").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(file(name)).unwrap()
}

/// A host of PayPal's that serves `chain` to whoever asks, and says how it was asked.
fn paypal(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let chain = CertificateDer::pem_slice_iter(&read("paypal/server.pem"))
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(&read("paypal/server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            // A client that has gone away misses its answer.
            drop(stream.write_all(&answer));
            stream.conn.send_close_notify();
            drop(stream.flush());
        }
    });
    address
}

fn ok(pem: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", pem.len());
    [head.as_bytes(), pem].concat()
}

/// Trusts the root of the tests, and finds PayPal's host at `address`.
fn certificates(address: SocketAddr) -> Certificates {
    let root = read("paypal/root.pem");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&root).unwrap()).unwrap();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(&root).unwrap()])
        .resolve("api.paypal.com", address);
    Certificates::trusting(roots, client).unwrap()
}

/// A post of PayPal's, and when it was signed.
fn vector() -> (Vec<(String, String)>, String, Timestamp) {
    let vectors: Vec<Value> =
        serde_json::from_reader(BufReader::new(File::open(file("vectors.json")).unwrap())).unwrap();
    let vector = vectors.into_iter().find(|vector| vector["name"] == "paypal").unwrap();
    let headers = vector["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    let now = Timestamp::from_second(vector["now"].as_i64().unwrap()).unwrap();
    (headers.collect(), vector["body"].as_str().unwrap().to_owned(), now)
}

fn paypal_app(answers: Vec<Vec<u8>>) -> App {
    let webhook_id = "1JE4291016473214C".to_owned();
    let scheme = Scheme::new(SchemeSettings::PayPal { webhook_id }).unwrap();
    let certificates = certificates(paypal(answers));
    let app = App::knowing(Mood::Takes, |_| {}, vec![("paypal".to_owned(), scheme)], certificates);
    let (_, _, signed_at) = vector();
    app.clock.advance((signed_at - app.clock.now()).try_into().unwrap());
    app
}

#[tokio::test]
async fn a_paypal_post_is_verified_by_a_certificate_that_is_fetched_once() {
    let app = paypal_app(vec![ok(&read("paypal/sender.pem"))]);
    let (headers, body, _) = vector();
    for _ in 0..3 {
        // The signature holds: what is refused is that the vendor's own body is no event here.
        app.post_with("paypal", &headers, &body).await.problem(400, "malformed-event");
    }
    let changed = body.replace("DENIED", "DENIES");
    app.post_with("paypal", &headers, &changed).await.problem(401, "bad-signature");
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_is_a_401_and_one_that_is_not_there_a_503() {
    let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let elsewhere =
        b"HTTP/1.1 302 Found\r\nlocation: https://example.org/\r\ncontent-length: 0\r\n\
                      connection: close\r\n\r\n";
    let app = paypal_app(vec![
        ok(&read("paypal/other-name.pem")),
        ok(&read("paypal/out-of-date.pem")),
        ok(b"no certificate"),
        missing.to_vec(),
        elsewhere.to_vec(),
        ok(&vec![b'-'; 65 * 1024]),
        ok(&read("paypal/sender.pem")),
    ]);
    let (headers, body, _) = vector();
    for _ in 0..3 {
        app.post_with("paypal", &headers, &body).await.problem(401, "bad-signature");
    }
    for _ in 0..3 {
        let answer = app.post_with("paypal", &headers, &body).await;
        answer.problem(503, "no-certificate");
        assert_eq!(answer.header("retry-after"), "5");
    }
    app.post_with("paypal", &headers, &body).await.problem(400, "malformed-event");
}

#[tokio::test]
async fn nothing_is_fetched_for_a_post_that_names_another_host_or_lacks_a_header() {
    let app = paypal_app(Vec::new());
    let (headers, body, _) = vector();
    for name in ["PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-SIG", "PAYPAL-CERT-URL"] {
        let without: Vec<_> =
            headers.iter().filter(|(header, _)| header != name).cloned().collect();
        let refused = app.post_with("paypal", &without, &body).await.problem(401, "bad-signature");
        assert_eq!(refused["detail"], format!("the header `{name}` is missing"));
    }
    let mut elsewhere = headers;
    for header in &mut elsewhere {
        header.1 = header.1.replace("paypal.com", "paypal.example.com");
    }
    app.post_with("paypal", &elsewhere, &body).await.problem(401, "bad-signature");
}

#[tokio::test]
async fn a_stranger_has_few_certificates_fetched_in_a_minute() {
    let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let app = paypal_app(vec![missing.to_vec(); 10]);
    let (headers, body, _) = vector();
    for number in 0..15 {
        let mut other = headers.clone();
        for header in &mut other {
            header.1 = header.1.replace("CERT-1", &format!("CERT-{number}"));
        }
        app.post_with("paypal", &other, &body).await.problem(503, "no-certificate");
    }
}
