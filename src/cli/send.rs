//! `deskbell send`: signs and posts an event as an upstream application would.

use std::{io::Read, path::PathBuf, time::Duration};

use anyhow::Context as _;
use bytes::Bytes;
use clap::Args;
use serde_json::{Value, json};

use super::{Context, Exit, WrongCall, argument, clock, output, read_file, source};
use crate::{
    event::EventType,
    signature::{Scheme, SchemeSettings},
};

/// Sign and post an event as an upstream application would. Exit code 1 when it is refused.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The event's type: `payment.failed`.
    #[arg(value_name = "TYPE")]
    event_type: String,
    /// The source that posts it; the first by name where none is given.
    #[arg(long)]
    source: Option<String>,
    /// The event's id; a fresh one where none is given.
    #[arg(long)]
    id: Option<String>,
    /// A file with the JSON of `data`, or `-` for standard input; the schema's first example where
    /// none is given.
    #[arg(long, value_name = "FILE|-")]
    data: Option<PathBuf>,
    /// The receiver's address; the one of this environment where none is given.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = context.load()?;
        let event_type: EventType = argument("type", &self.event_type)?;
        let data = match &self.data {
            Some(path) => read(path)?,
            None => schemas
                .document(&event_type)
                .and_then(|schema| schema.pointer("/examples/0"))
                .cloned()
                .context(WrongCall(
                    "the type has no schema with examples: give --data".to_owned(),
                ))?,
        };
        let (source, settings) = source(&config, self.source.as_deref())?;
        let id = self.id.unwrap_or_else(|| format!("evt_{}", uuid::Uuid::now_v7().simple()));
        let to = self.to.unwrap_or_else(|| format!("http://{}", config.settings.listen));
        if !(to.starts_with("http://") || to.starts_with("https://")) {
            return Err(WrongCall(format!("--to `{to}`: begin it with http:// or https://")).into());
        }
        let url = format!("{}/hooks/{source}", to.trim_end_matches('/'));
        if Scheme::new(settings.clone())?.signs_elsewhere() {
            let words = format!(
                "only the sender itself can sign for `{source}`: this end has no more than what it \
                 verifies with"
            );
            return Err(WrongCall(words).into());
        }
        let post = Post::signed(settings, &id, &event_type, &data)?;
        let answer = post.send(&url).await?;
        if self.json {
            output::json(&json!({ "status": answer.status, "id": id, "answer": answer.body }))?;
        } else {
            output::line(format_args!("{} {id}: {}", answer.status, answer.words()))?;
        }
        Ok(if answer.status == 202 { Exit::Done } else { Exit::No })
    }
}

fn read(path: &std::path::Path) -> anyhow::Result<Value> {
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    } else {
        text = read_file(path)?;
    }
    serde_json::from_str(&text).context(WrongCall("the data is not JSON".to_owned()))
}

/// A signed request, ready to go.
#[derive(Debug, Clone)]
pub(super) struct Post {
    /// The plain form.
    pub(super) body: Bytes,
    /// The signature and what belongs to it.
    pub(super) headers: Vec<(String, String)>,
}

/// What the receiver said.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// HTTP status.
    pub(super) status: u16,
    /// The receipt or the problem document.
    pub(super) body: Value,
}

impl Post {
    /// An event in the plain form, signed with the source's first secret.
    pub(super) fn signed(
        settings: &SchemeSettings,
        id: &str,
        event_type: &EventType,
        data: &Value,
    ) -> anyhow::Result<Self> {
        let scheme = Scheme::new(settings.clone())?;
        let now = clock().now();
        let timestamp = now.to_string();
        let document =
            json!({ "id": id, "type": event_type, "timestamp": timestamp, "data": data });
        let body = Bytes::from(document.to_string());
        let headers = scheme.sign(id, &body, now);
        Ok(Self { body, headers })
    }

    /// Posts it to `url`.
    pub(super) async fn send(&self, url: &str) -> anyhow::Result<Answer> {
        let client =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(15)).build()?;
        let mut request =
            client.post(url).header("content-type", "application/json").body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.with_context(|| format!("{url} cannot be reached"))?;
        let status = answer.status().as_u16();
        let body = serde_json::from_slice(&answer.bytes().await?).unwrap_or(Value::Null);
        Ok(Answer { status, body })
    }
}

impl Answer {
    /// The answer for a person.
    pub(super) fn words(&self) -> String {
        if self.status != 202 {
            let text = |member: &str| self.body[member].as_str().unwrap_or_default().to_owned();
            let errors: Vec<String> = self.body["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|error| {
                    let member = |name: &str| error[name].as_str().unwrap_or_default();
                    format!("{} {}", member("pointer"), member("detail"))
                })
                .collect();
            let listed = errors.join("; ");
            return [text("title"), text("detail"), listed]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(": ");
        }
        let deliveries: Vec<String> = self.body["deliveries"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|delivery| {
                let member = |name: &str| delivery[name].as_str().unwrap_or_default();
                format!("{} ({})", member("desk"), member("priority"))
            })
            .collect();
        if deliveries.is_empty() {
            "accepted; no rule matches".to_owned()
        } else {
            format!("accepted for {}", deliveries.join(", "))
        }
    }
}
