//! Posts call-backs to one receiver.
//!
//! No redirect is followed, no proxy is taken from the environment, nothing of an answer's body is
//! read, and each call has a connection of its own to an address that was checked for it.

use std::{error::Error as _, sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, StatusCode, Url,
    header::{CONTENT_TYPE, RETRY_AFTER},
};

use super::{
    Webhook,
    address::{OutOfReach, Within},
};
use crate::signature::Scheme;

/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest that a call may take: what Standard Webhooks advises senders to wait.
pub(super) const TIMEOUT: Duration = Duration::from_secs(15);

const USER_AGENT: &str = concat!("deskbell/", env!("CARGO_PKG_VERSION"));

/// The HTTP client of call-backs cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client of its call-backs cannot be set up")]
pub struct NoClient(#[source] reqwest::Error);

/// The way to one receiver.
#[derive(Debug)]
pub(super) struct Caller {
    url: Url,
    scheme: Scheme,
    content_type: &'static str,
    http: Client,
}

/// What a receiver made of a call-back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has it.
    Received,
    /// It wants no more of them.
    Gone,
    /// It asks for a pause.
    Pause {
        /// How long, where it says.
        wait: Option<Duration>,
        /// Its status.
        status: u16,
    },
    /// Something else.
    Failed(String),
}

impl Caller {
    /// Sets the client up; nothing is sent. `content_type` is that of all bodies.
    pub(super) fn new(webhook: &Webhook, content_type: &'static str) -> Result<Self, NoClient> {
        let http = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            // The schedule tries again, and counts.
            .retry(reqwest::retry::never())
            .no_proxy()
            .dns_resolver(Arc::new(Within(webhook.reach)))
            .build()
            .map_err(NoClient)?;
        let Webhook { url, scheme, reach: _ } = webhook.clone();
        Ok(Self { url, scheme, content_type, http })
    }

    /// Posts `body` under `id`, signed at `now`.
    pub(super) async fn post(&self, id: &str, body: &str, now: Timestamp) -> Answer {
        let request = self.http.post(self.url.clone()).header(CONTENT_TYPE, self.content_type);
        let signed = self.scheme.sign(id, body.as_bytes(), now);
        let request =
            signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        match request.body(body.to_owned()).send().await {
            Ok(response) => {
                let asked = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
                answer(response.status(), asked.and_then(|text| retry_after(text, now)))
            }
            Err(error) => Answer::Failed(failure(&error).to_owned()),
        }
    }
}

fn answer(status: StatusCode, wait: Option<Duration>) -> Answer {
    match status.as_u16() {
        200..300 => Answer::Received,
        410 => Answer::Gone,
        status @ (429 | 503) => Answer::Pause { wait, status },
        300..400 => Answer::Failed(format!("{}: redirects are not followed", status.as_u16())),
        status => Answer::Failed(format!("the receiver answered {status}")),
    }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

/// What went wrong, in our words: a library's may quote the address.
fn failure(error: &reqwest::Error) -> &'static str {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<OutOfReach>() {
            return "the receiver's name leads to no address that may be called";
        }
        cause = error.source();
    }
    if error.is_timeout() {
        "no answer came in time"
    } else if error.is_connect() {
        "there is no connection to the receiver"
    } else {
        "no answer came"
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;
    use crate::callbacks::{Reach, callback_scheme, callback_url};

    fn caller(url: &str, reach: Reach) -> Caller {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let webhook = Webhook {
            url: url.parse().unwrap(),
            scheme: callback_scheme("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap(),
            reach,
        };
        Caller::new(&webhook, "application/json").unwrap()
    }

    async fn answer_to(template: ResponseTemplate) -> Answer {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(template).mount(&server).await;
        let url = callback_url(&server.uri(), Reach::Private).unwrap();
        caller(url.as_str(), Reach::Private).post("cb_1", "{}", Timestamp::UNIX_EPOCH).await
    }

    #[tokio::test]
    async fn an_answer_is_taken_by_its_status() {
        for (status, expected) in [
            (200, Answer::Received),
            (204, Answer::Received),
            (410, Answer::Gone),
            (400, Answer::Failed("the receiver answered 400".to_owned())),
            (500, Answer::Failed("the receiver answered 500".to_owned())),
            (429, Answer::Pause { wait: None, status: 429 }),
        ] {
            assert_eq!(answer_to(ResponseTemplate::new(status)).await, expected, "{status}");
        }
        for (text, seconds) in [("7", 7), ("Thu, 01 Jan 1970 00:01:00 GMT", 60)] {
            let template = ResponseTemplate::new(503).insert_header("retry-after", text);
            let wait = Some(Duration::from_secs(seconds));
            assert_eq!(answer_to(template).await, Answer::Pause { wait, status: 503 }, "{text}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let elsewhere = MockServer::start().await;
        let template = ResponseTemplate::new(307).insert_header("location", elsewhere.uri());
        let answer = answer_to(template).await;
        assert_eq!(answer, Answer::Failed("307: redirects are not followed".to_owned()));
        assert!(elsewhere.received_requests().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called() {
        let server = MockServer::start().await;
        let url = format!("http://localhost:{}/canary", server.address().port());
        let answer = caller(&url, Reach::Public).post("cb_1", "{}", Timestamp::UNIX_EPOCH).await;
        let Answer::Failed(words) = answer else { panic!("{answer:?}") };
        assert!(words.contains("may be called") && !words.contains("canary"), "{words}");
        assert!(server.received_requests().await.unwrap().is_empty());
    }
}
