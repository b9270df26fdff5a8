//! An upstream application that signs what it posts.

use std::{ops::Deref, time::Duration};

use serde_json::Value;

use crate::trial::{eventually, upstream::Upstream};

/// How long a sender waits for an answer: longer than any test keeps it waiting.
const PATIENCE: Duration = Duration::from_mins(4);

/// An upstream application.
#[derive(Clone)]
pub(crate) struct Sender(Upstream);

impl Deref for Sender {
    type Target = Upstream;

    fn deref(&self) -> &Upstream {
        &self.0
    }
}

impl Sender {
    /// One that posts to the source `shop` of the receiver at this address.
    pub(crate) fn to(receiver: String) -> Self {
        Self(Upstream::of(receiver, PATIENCE))
    }

    /// Posts a signed event; `None` where no answer came.
    pub(crate) async fn post_raw(
        &self,
        id: &str,
        event_type: &str,
        data: &Value,
    ) -> Option<reqwest::Response> {
        self.0.post(id, id, event_type, data).await.ok()
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
