//! Sends requests to one desk account, whoever its vendor is.
//!
//! - Every request passes the account's [`Pacer`].
//! - No request begins that could outlast the deadline of its step.
//! - A failure is told by what was written: without a connection nothing was sent; once a request
//!   may have been sent, nothing but a whole answer ends the doubt.
//! - No redirect is followed, no proxy is taken from the environment, no answer past 1 MiB is read.
//! - Neither bodies nor keys nor anything of an event reaches a log line, a metric or an error.

use std::{error::Error as _, io, time::Duration};

use reqwest::{
    Client,
    header::{CONTENT_TYPE, HeaderValue},
};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::{
    BuildError, DeskError, DeskSettings, Pacer, Pass, Preview,
    call::{Call, Credential},
    deadline,
    reply::Reply,
};
use crate::{delivery::Step, traces};

/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a connection is kept for the next request. Shorter than servers keep theirs (Node's
/// default is 5 s): a request on a connection that the desk is just closing would be in doubt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest answer that is read, after decompression. A ticket is a few KiB.
const LONGEST_BODY: usize = 1024 * 1024;

const USER_AGENT: &str = concat!("deskbell/", env!("CARGO_PKG_VERSION"));

/// The HTTP client of one desk account.
#[derive(Debug)]
pub(super) struct Caller {
    settings: DeskSettings,
    credential: Credential,
    key: HeaderValue,
    /// The machine, for traces.
    server: String,
    http: Client,
    pacer: Pacer,
}

impl Caller {
    /// Sets the client up; nothing is sent.
    pub(super) fn new(settings: &DeskSettings, credential: Credential) -> Result<Self, BuildError> {
        let key = credential.value().map_err(|_| BuildError::Key)?;
        let http = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(settings.timeout)
            // Within a short timeout, half of it: the other half is for the answer.
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout / 2))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            // A copy that the client sends by itself would be past the pacer.
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(BuildError::Client)?;
        let pacer = Pacer::new(&settings.pacing);
        let url = reqwest::Url::parse(&settings.base_url).ok();
        let server = url.as_ref().and_then(reqwest::Url::host_str).unwrap_or_default().to_owned();
        Ok(Self { settings: settings.clone(), credential, key, server, http, pacer })
    }

    /// `call` as an operator is shown it.
    pub(super) fn preview(&self, step: &Step, only: Option<&str>, call: Call) -> Preview {
        call.preview(step, only, &self.settings.base_url, &self.credential)
    }

    /// What keeps the account's windows.
    pub(super) fn pacer(&self) -> &Pacer {
        &self.pacer
    }

    /// Sends `call` when the windows allow it, and reads the whole answer. `step` is for the log.
    pub(super) async fn send(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        let pass = self.pass().await?;
        self.send_with(pass, step, call).await
    }

    /// Waits until the windows allow a call, before the deadline of the step.
    pub(super) async fn pass(&self) -> Result<Pass<'_>, DeskError> {
        self.pacer.pass_before(self.latest_begin()).await.ok_or(DeskError::NotBegun)
    }

    /// Sends `call` at once, and reads the whole answer.
    pub(super) async fn send_with(
        &self,
        pass: Pass<'_>,
        step: &str,
        call: &Call,
    ) -> Result<Reply, DeskError> {
        let began = Instant::now();
        let (desk, method) = (&self.settings.name, call.method.as_str());
        let span = traces::call(desk, method, call.template, &self.server);
        let result = self.exchange(call).instrument(span.clone()).await;
        drop(pass);
        self.record(step, call, began.elapsed(), &result, &span);
        result
    }

    /// The account says that it takes so many more requests in a window of length `per`.
    pub(super) fn correct(&self, per: Duration, remaining: usize) {
        self.pacer.correct(per, remaining);
    }

    /// When a call must begin, where its step has a deadline.
    pub(super) fn latest_begin(&self) -> Option<Instant> {
        deadline::latest_begin(self.settings.timeout)
    }

    async fn exchange(&self, call: &Call) -> Result<Reply, DeskError> {
        let url = format!("{}{}", self.settings.base_url, call.path);
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .header(&self.credential.header, self.key.clone());
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        if let Some((content_type, content)) = &call.bytes {
            request = request.header(CONTENT_TYPE, *content_type).body(content.clone());
        }
        let mut response = request.send().await.map_err(unsent_or_unanswered)?;
        let status = response.status().as_u16();
        let unreadable = |what: &str| DeskError::Unreadable { status, what: what.to_owned() };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unread(error, status))? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(unreadable("the body is longer than 1 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        let body = String::from_utf8(body).map_err(|_| unreadable("the body is not UTF-8"))?;
        Ok(Reply::new(status, response.headers(), &self.credential.scrub(body)))
    }

    fn record(
        &self,
        step: &str,
        call: &Call,
        took: Duration,
        result: &Result<Reply, DeskError>,
        span: &Span,
    ) {
        let (outcome, status) = match result {
            Ok(reply) => (outcome(reply), Some(reply.status)),
            Err(DeskError::Unreadable { status, .. }) => ("unreadable", Some(*status)),
            Err(DeskError::Unreachable(_)) => ("unreachable", None),
            Err(_) => ("no-answer", None),
        };
        match status {
            Some(status) => traces::answered(span, status, outcome != "success"),
            None => traces::failed(span, outcome),
        }
        let desk = &self.settings.name;
        tracing::debug!(
            desk.name = %desk,
            step,
            method = %call.method,
            path = call.template,
            status,
            outcome,
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "Called desk `{desk}`"
        );
        let desk = desk.to_string();
        metrics::counter!("deskbell_desk_calls_total", "desk" => desk.clone(), "outcome" => outcome)
            .increment(1);
        metrics::histogram!("deskbell_desk_call_seconds", "desk" => desk).record(took);
    }
}

/// The kind of an answer, for metrics.
fn outcome(reply: &Reply) -> &'static str {
    match reply.status {
        200..300 => "success",
        429 => "throttled",
        400..500 => "refused",
        500.. => "fault",
        _ => "unreadable",
    }
}

/// reqwest calls an error one of connecting only while there is no connection: name, address, TLS.
fn unsent_or_unanswered(error: reqwest::Error) -> DeskError {
    let is_unsent = error.is_connect() || error.is_builder();
    // The URL may hold a customer's address.
    let error = Box::new(error.without_url());
    if is_unsent { DeskError::Unreachable(error) } else { DeskError::NoAnswer(error) }
}

/// An answer of which not all came, or whose bytes are not in the form that it says. reqwest calls
/// both an error of decoding; what is wrong with the form has a kind of its own.
fn unread(error: reqwest::Error, status: u16) -> DeskError {
    let mut cause = error.source();
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)) {
            let what = "the body's compression or chunks are broken".to_owned();
            return DeskError::Unreadable { status, what };
        }
        cause = error.source();
    }
    DeskError::NoAnswer(Box::new(error.without_url()))
}
