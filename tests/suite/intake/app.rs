//! A receiver on a port of its own, and one method for each thing that a sender does.

use std::{
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use deskbell::{
    clock::{Clock, ManualClock},
    event::SchemaBook,
    receiver::{self, Certificates, Intake, ReceiverSettings, Source, SourceLimits, Tokens},
    rules::LiveRules,
    signature::{Encoding, Hash, HmacSettings, Scheme, SchemeSettings, Timestamped},
};
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    broker::{Double, Mood},
    documented, senders,
};

pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(super) const OLD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub(super) const JSON: &str = "application/json";
pub(super) const GOOD: &str =
    r#"{"type":"integration.recovered","data":{"integration":"erp","runId":"12"}}"#;

/// The sources of every test's receiver have names of their own, because metrics are global.
static NEXT: AtomicUsize = AtomicUsize::new(0);

pub(super) struct App {
    pub(super) address: SocketAddr,
    pub(super) broker: Arc<Double>,
    pub(super) clock: ManualClock,
    pub(super) shop: String,
    pub(super) plain: String,
    pub(super) open: String,
    /// The number that the names of this receiver's sources end with.
    pub(super) number: usize,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Holds that this is a problem document of the type, and gives it back.
    #[track_caller]
    pub(super) fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let document = self.json();
        assert_eq!(document["type"], format!("/problems/{slug}"));
        assert_eq!(document["status"], status);
        assert_eq!(document["request_id"], self.header("x-request-id"));
        assert!(document["title"].is_string() && document["detail"].is_string());
        document
    }
}

pub(super) fn scheme(secrets: &[&str]) -> Scheme {
    let secrets = secrets.iter().map(|secret| (*secret).into()).collect();
    let tolerance = Duration::from_mins(5);
    Scheme::new(SchemeSettings::StandardWebhooks { secrets, tolerance }).unwrap()
}

pub(super) fn plain_scheme() -> Scheme {
    let settings = HmacSettings {
        header: "X-Signature".into(),
        prefix: "sha256=".into(),
        hash: Hash::Sha256,
        encoding: Encoding::Hex,
        timestamp: Some(Timestamped {
            header: "X-Timestamp".into(),
            separator: ".".into(),
            tolerance: Duration::from_mins(5),
        }),
    };
    Scheme::new(SchemeSettings::Hmac { secrets: vec!["hush".into()], settings }).unwrap()
}

impl App {
    /// A receiver with the default settings and a broker that takes everything.
    pub(super) fn start() -> Self {
        Self::with(Mood::Takes, |_| {})
    }

    pub(super) fn with(mood: Mood, set: impl FnOnce(&mut ReceiverSettings)) -> Self {
        let none = SourceLimits::default();
        Self::build(mood, set, Vec::new(), Certificates::default(), &none)
    }

    /// A receiver whose sources have these limits, each its own.
    pub(super) fn limited(limits: &SourceLimits) -> Self {
        Self::build(Mood::Takes, |_| {}, Vec::new(), Certificates::default(), limits)
    }

    /// A receiver that has further sources, and what fetches certificates.
    pub(super) fn knowing(
        mood: Mood,
        set: impl FnOnce(&mut ReceiverSettings),
        further: Vec<(String, Scheme)>,
        certificates: Certificates,
    ) -> Self {
        Self::build(mood, set, further, certificates, &SourceLimits::default())
    }

    /// The same with limits, each source its own.
    pub(super) fn build(
        mood: Mood,
        set: impl FnOnce(&mut ReceiverSettings),
        further: Vec<(String, Scheme)>,
        certificates: Certificates,
        limits: &SourceLimits,
    ) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = |kind: &str| format!("{kind}-{number}");
        let (shop, plain, open) = (name("shop"), name("plain"), name("open"));
        let source = |name: &str, scheme| Source::new(name.parse().unwrap(), scheme);
        let mut settings =
            ReceiverSettings { threads: NonZeroUsize::new(1), ..ReceiverSettings::default() };
        set(&mut settings);
        let broker = Arc::new(Double::new(mood));
        let clock = ManualClock::starting_at(Timestamp::from_second(1_767_225_600).unwrap());
        let tokens = || Some(Tokens::new(&["a token that nobody shows".into()]));
        let anybody = Scheme::new(SchemeSettings::None).unwrap();
        let own = [
            Source { tokens: tokens(), ..source(&shop, scheme(&[SECRET, OLD_SECRET])) },
            source(&plain, plain_scheme()),
            Source { tokens: tokens(), ..source(&open, anybody) },
        ];
        let vendors = senders::VENDORS.map(|vendor| {
            let translator = Some(senders::translator(vendor));
            Source { translator, ..source(&name(vendor), senders::scheme(vendor)) }
        });
        let further = further.into_iter().map(|(name, scheme)| source(&name, scheme));
        let sources = own.into_iter().chain(vendors).chain(further);
        let limited = |source| Source { limits: limits.clone().into(), ..source };
        let intake = Intake {
            sources: sources.map(limited).collect(),
            schemas: SchemaBook::builtin(),
            rules: Arc::new(LiveRules::default()),
            broker: broker.clone(),
            records: None,
            certificates,
            sightings: Arc::default(),
            clock: Arc::new(clock.clone()),
            settings,
        };
        let listener = receiver::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (halt, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(receiver::serve(listener, Arc::new(intake), halt.clone()).unwrap());
        Self { address, broker, clock, shop, plain, open, number, stop: halt, tasks }
    }

    /// Tells the receiver to take nothing new.
    pub(super) fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
    }

    /// Waits until the receiver has ended.
    pub(super) async fn stopped(&self) {
        self.tasks.wait().await;
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.request(method, format!("http://{}{path}", self.address))
    }

    /// Posts to the source that asks for no signature.
    pub(super) async fn post(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let path = format!("/hooks/{}", self.open);
        sent(self.request(Method::POST, &path).header("content-type", content_type).body(body))
            .await
    }

    /// Posts a plain event under `id`, signed with `scheme` at the receiver's time.
    pub(super) async fn post_signed(&self, scheme: &Scheme, id: &str, body: &str) -> Answer {
        let headers = scheme.sign(id, body.as_bytes(), self.clock.now());
        self.post_with(&self.shop, &headers, body).await
    }

    pub(super) async fn post_with(
        &self,
        source: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Answer {
        self.post_typed(source, JSON, headers, body).await
    }

    pub(super) async fn post_typed(
        &self,
        source: &str,
        content_type: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Answer {
        let request = self.request(Method::POST, &format!("/hooks/{source}"));
        let request = request.header("content-type", content_type).body(body.to_owned());
        sent(headers.iter().fold(request, |request, (name, value)| request.header(name, value)))
            .await
    }

    /// A connection of its own, with `head` and `body` written to it.
    pub(super) async fn connect(&self, head: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream
    }

    /// The head of a post to the source that asks for no signature.
    pub(super) fn head(&self, more: &str) -> String {
        let source = &self.open;
        format!(
            "POST /hooks/{source} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n{more}\r\n\r\n"
        )
    }
}

/// Sends a request and reads the whole answer, which has to be a documented one.
pub(super) async fn sent(request: RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let response = client.execute(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let answer = Answer { status, headers, text: response.text().await.unwrap() };
    documented::hold(&method, &path, &answer);
    answer
}

/// Reads an answer up to the end of its connection, which has to come.
pub(super) async fn last_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    Answer { status: status.parse().unwrap(), headers, text: body.to_owned() }
}
