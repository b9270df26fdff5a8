//! Posts one event, signed as Standard Webhooks says.
//!
//! ```sh
//! SHOP_SECRET=whsec_… cargo run --example send -- evt_1 payment.failed '{"orderId": "SO-1", …}'
//! ```

#![expect(clippy::disallowed_methods, reason = "a program of its own, with its own surroundings")]

use std::{
    env,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Response, StatusCode, header};
use sha2::Sha256;

/// Tries of one event, the first one among them.
const TRIES: u32 = 6;

/// Where to post, and with which key.
struct Sender {
    client: Client,
    url: String,
    key: Vec<u8>,
}

impl Sender {
    /// Posts until there is an answer that stands. The same id is the same event, however often.
    async fn post(&self, id: &str, body: &str) -> anyhow::Result<String> {
        let mut tries = 1;
        loop {
            let (wait, failure) = match self.try_post(id, body).await {
                Ok(answer) if answer.status().is_success() => return Ok(answer.text().await?),
                Ok(answer) => {
                    let (status, wait) = (answer.status(), retry_after(&answer));
                    let problem = answer.text().await.unwrap_or_default();
                    let again = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
                    if status.is_client_error() && !again.contains(&status) {
                        bail!("{status}: {problem}");
                    }
                    (wait, anyhow::anyhow!("{status}: {problem}"))
                }
                Err(error) => (Duration::from_secs(1), error.context("no answer")),
            };
            if tries == TRIES {
                return Err(failure);
            }
            tries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// What is signed are the very bytes that are sent.
    async fn try_post(&self, id: &str, body: &str) -> anyhow::Result<Response> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)?;
        mac.update(format!("{id}.{now}.{body}").as_bytes());
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        let request = self
            .client
            .post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", format!("v1,{signature}"))
            .body(body.to_owned());
        Ok(request.send().await?)
    }
}

fn retry_after(answer: &Response) -> Duration {
    let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(1))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let secret = env::var("SHOP_SECRET").context("SHOP_SECRET is not set")?;
    let [_, id, event_type, data] = &env::args().collect::<Vec<_>>()[..] else {
        bail!("usage: send ID TYPE DATA");
    };
    let sender = Sender {
        client: Client::builder().timeout(Duration::from_secs(10)).build()?,
        url: env::var("DESKBELL_URL")
            .unwrap_or_else(|_| "http://127.0.0.1:8080/hooks/shop".to_owned()),
        key: BASE64_STANDARD.decode(secret.trim_start_matches("whsec_"))?,
    };
    let body = format!(r#"{{"type": "{event_type}", "data": {data}}}"#);
    println!("{}", sender.post(id, &body).await?);
    Ok(())
}
