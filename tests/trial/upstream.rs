//! The HTTP of an upstream application: events that are signed and posted.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use deskbell::{
    clock::{Clock, SystemClock},
    signature::{Scheme, SchemeSettings},
};
use serde_json::{Value, json};

/// The secret of the source `shop`: 32 bytes.
pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// Posts to the source `shop` of one receiver.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    /// Host and port.
    pub(crate) receiver: String,
    pub(crate) scheme: Arc<Scheme>,
    pub(crate) client: reqwest::Client,
}

impl Upstream {
    /// One that waits `patience` for each answer.
    pub(crate) fn of(receiver: String, patience: Duration) -> Self {
        let settings = SchemeSettings::StandardWebhooks {
            secrets: vec![SECRET.into()],
            tolerance: Duration::from_mins(5),
        };
        let client = reqwest::Client::builder().no_proxy().timeout(patience).build().unwrap();
        Self { receiver, scheme: Arc::new(Scheme::new(settings).unwrap()), client }
    }

    /// Posts the event `id` under the signature of `signed`, which is another's where it is forged.
    pub(crate) async fn post(
        &self,
        id: &str,
        signed: &str,
        event_type: &str,
        data: &Value,
    ) -> reqwest::Result<reqwest::Response> {
        self.post_body(id, signed, &json!({ "type": event_type, "data": data })).await
    }

    /// Posts `body` as the event `id`.
    pub(crate) async fn post_body(
        &self,
        id: &str,
        signed: &str,
        body: &Value,
    ) -> reqwest::Result<reqwest::Response> {
        let body = Bytes::from(body.to_string());
        let mut request = self
            .client
            .post(format!("http://{}/hooks/shop", self.receiver))
            .header("content-type", "application/json")
            .body(body.clone());
        for (name, value) in self.scheme.sign(signed, &body, SystemClock.now()) {
            let value = if name == "webhook-id" { id.to_owned() } else { value };
            request = request.header(name, value);
        }
        request.send().await
    }

    /// Whether the receiver says that it is `ready`, or `live`.
    pub(crate) async fn is(&self, how: &str) -> bool {
        let answer = self.client.get(format!("http://{}/health/{how}", self.receiver)).send();
        answer.await.is_ok_and(|answer| answer.status().is_success())
    }
}
