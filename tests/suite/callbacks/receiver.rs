//! A receiver of call-backs, and a world that calls it.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use bytes::Bytes;
use deskbell::{
    clock::{Clock, SystemClock},
    signature::{Headers, Scheme, SchemeSettings},
};
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::support::world::{World, eventually};

/// What call-backs are signed with.
pub(crate) const SECRET: &str = "whsec_Y2FsbC1iYWNrcyBhcmUgc2lnbmVkIHdpdGggdGhpcw==";

/// Where call-backs are taken; it holds a key, as such paths do.
pub(crate) const PATH: &str = "/canary-4711";

/// A receiver that answers with one status after the other, and then with the last.
pub(crate) struct Receiver {
    server: MockServer,
    seen: AtomicUsize,
}

/// The statuses to come.
struct Statuses(Vec<u16>, AtomicUsize);

impl Respond for Statuses {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let number = self.1.fetch_add(1, Ordering::Relaxed).min(self.0.len() - 1);
        ResponseTemplate::new(self.0[number])
    }
}

impl Receiver {
    pub(crate) async fn start(statuses: &[u16]) -> Self {
        let server = MockServer::start().await;
        let statuses = Statuses(statuses.to_vec(), AtomicUsize::new(0));
        Mock::given(any()).respond_with(statuses).mount(&server).await;
        Self { server, seen: AtomicUsize::new(0) }
    }

    /// One that answers too late.
    pub(crate) async fn silent() -> Self {
        let server = MockServer::start().await;
        let late = ResponseTemplate::new(200).set_delay(Duration::from_mins(10));
        Mock::given(any()).respond_with(late).mount(&server).await;
        Self { server, seen: AtomicUsize::new(0) }
    }

    /// Takes everything from now on.
    pub(crate) async fn take_all(&self) {
        let takes = Mock::given(any()).respond_with(ResponseTemplate::new(200));
        takes.with_priority(1).mount(&self.server).await;
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Has `shop` called back here.
    pub(crate) fn configure(&self, world: &mut World) {
        let url = format!("http://127.0.0.1:{}{PATH}", self.port());
        Self::configure_url(world, &url, "allow_private = true");
    }

    pub(crate) fn configure_with(&self, world: &mut World, url: &str, more: &str) {
        assert!(url.contains(&self.port().to_string()));
        Self::configure_url(world, url, more);
    }

    /// Has `shop` called back at `url`, with more keys.
    pub(crate) fn configure_url(world: &mut World, url: &str, more: &str) {
        let path = world.path("deskbell.toml");
        let config = std::fs::read_to_string(&path).unwrap();
        let secrets = "secrets = [\"${SHOP_SECRET}\"]";
        assert!(config.contains(secrets));
        let callback = format!(
            "{secrets}\n[sources.shop.callback]\nurl = \"${{CALLBACK_URL}}\"\n\
             secret = \"${{CALLBACK_SECRET}}\"\n{more}\n"
        );
        std::fs::write(&path, config.replacen(secrets, &callback, 1)).unwrap();
        world.set("CALLBACK_URL", url);
        world.set("CALLBACK_SECRET", SECRET);
    }

    /// How many call-backs have come.
    pub(crate) async fn count(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    /// The next call-back that comes.
    pub(crate) async fn next(&self) -> Received {
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        eventually("a call-back comes", async || self.count().await > number).await;
        Received(self.server.received_requests().await.unwrap().remove(number))
    }
}

/// A running world that calls `receiver` back.
pub(crate) async fn calling(receiver: &Receiver) -> World {
    let mut world = World::embedded_on_hold();
    receiver.configure(&mut world);
    world.start().await;
    world
}

/// A call-back that has come.
pub(crate) struct Received(Request);

impl Received {
    pub(crate) fn header(&self, name: &str) -> String {
        self.0.headers[name].to_str().unwrap().to_owned()
    }

    /// The body, whose signature holds.
    pub(crate) fn verified(&self) -> Value {
        let settings = SchemeSettings::StandardWebhooks {
            secrets: vec![SECRET.into()],
            tolerance: Duration::from_mins(5),
        };
        let headers: Headers<'_> =
            self.0.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let body = Bytes::from(self.0.body.clone());
        let scheme = Scheme::new(settings).unwrap();
        let verified = scheme.verify(&headers, &body, SystemClock.now()).unwrap();
        assert_eq!(verified.id(), Some(&*self.header("webhook-id")));
        serde_json::from_slice(verified.body()).unwrap()
    }
}
