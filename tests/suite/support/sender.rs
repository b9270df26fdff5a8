//! An upstream application that signs what it posts.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use deskbell::{
    clock::{Clock, SystemClock},
    signature::{Scheme, SchemeSettings},
};
use serde_json::{Value, json};

use super::world::{SECRET, eventually};

/// An upstream application.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) receiver: String,
    pub(crate) scheme: Arc<Scheme>,
    pub(crate) client: reqwest::Client,
}

impl Sender {
    /// One that posts to the source `shop` of the receiver at this address.
    pub(crate) fn to(receiver: String) -> Self {
        let settings = SchemeSettings::StandardWebhooks {
            secrets: vec![SECRET.into()],
            tolerance: Duration::from_mins(5),
        };
        let scheme = Arc::new(Scheme::new(settings).unwrap());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { receiver, scheme, client }
    }

    /// Posts a signed event; `None` where no answer came.
    pub(crate) async fn post_raw(
        &self,
        id: &str,
        event_type: &str,
        data: &Value,
    ) -> Option<reqwest::Response> {
        let body = Bytes::from(json!({ "type": event_type, "data": data }).to_string());
        let mut request = self
            .client
            .post(format!("http://{}/hooks/shop", self.receiver))
            .header("content-type", "application/json")
            .body(body.clone());
        for (name, value) in self.scheme.sign(id, &body, SystemClock.now()) {
            request = request.header(name, value);
        }
        request.send().await.ok()
    }

    pub(crate) async fn try_post(
        &self,
        id: &str,
        event_type: &str,
        data: &Value,
    ) -> Option<(u16, Value)> {
        let answer = self.post_raw(id, event_type, data).await?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    /// Posts until a 202 comes, as a sender with retries does.
    pub(crate) async fn post_until_accepted(&self, id: &str, event_type: &str, data: &Value) {
        eventually("the event is accepted", || async {
            let answer = self.try_post(id, event_type, data).await;
            answer.is_some_and(|(status, _)| status == 202)
        })
        .await;
    }
}
