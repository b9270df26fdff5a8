//! A desk's answer before its vendor's meaning is read into it.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde_json::Value;

use super::{Answer, DeskError};

/// The longest wait that a desk can ask for. HubSpot documents up to a day; more is a mistake.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What of a desk's message is kept: enough to act upon, and a log line can bear it.
const WORDS_LENGTH: usize = 500;

/// The longest code or id of a desk's: HubSpot's correlation ids have 36 characters.
const LABEL_LENGTH: usize = 64;

/// What is said of an answer without a body.
const EMPTY: &str = "the body is empty";

/// What a body is that begins with a tag.
const PAGE: &str = "the body is HTML or XML, not JSON";

/// A whole answer of a desk.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// What the desk asked to wait.
    pub(super) retry_after: Option<Duration>,
    /// When it answered, by its own clock.
    pub(super) date: Option<Timestamp>,
    headers: HeaderMap,
    content: Content,
}

/// What the body is.
#[derive(Debug)]
enum Content {
    Json(Value),
    /// Something else, in words that quote nothing of it.
    Other(&'static str),
}

impl Reply {
    /// Reads a body that is in whole.
    pub(super) fn new(status: u16, headers: &HeaderMap, body: &str) -> Self {
        let content = match serde_json::from_str(body) {
            Ok(value) => Content::Json(value),
            Err(_) => Content::Other(describe(status, body)),
        };
        let (retry_after, date) = (retry_after(headers), date(headers));
        Self { status, retry_after, date, headers: headers.clone(), content }
    }

    /// A header that is a number.
    pub(super) fn number(&self, header: &str) -> Option<u64> {
        self.header(header)?.parse().ok()
    }

    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// Whether the body is a page for people, as a proxy or a firewall writes it.
    pub(super) fn is_page(&self) -> bool {
        matches!(self.content, Content::Other(PAGE))
    }

    /// Whether the status is 2xx.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body, where it is JSON.
    pub(super) fn json(&self) -> Option<&Value> {
        match &self.content {
            Content::Json(value) => Some(value),
            Content::Other(_) => None,
        }
    }

    /// Whether there is no body.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.content, Content::Other(EMPTY))
    }

    /// The text of a member at the top; `None` also where there is no JSON object.
    pub(super) fn text(&self, member: &str) -> Option<String> {
        text(self.json()?.get(member)?)
    }

    /// The error for an answer that is not in this desk's language: `what` is missing, unless the
    /// body is no JSON at all.
    pub(super) fn unreadable(&self, what: &str) -> DeskError {
        let what = match &self.content {
            Content::Json(_) => what,
            Content::Other(what) => what,
        };
        DeskError::Unreadable { status: self.status, what: what.to_owned() }
    }

    /// The answer in the desk's own words.
    pub(super) fn answer(
        &self,
        code: Option<&str>,
        words: Option<&str>,
        correlation_id: Option<&str>,
    ) -> Answer {
        let words = words.map(tidy).filter(|words| !words.is_empty());
        Answer {
            status: self.status,
            code: code.and_then(label),
            words: words.unwrap_or_else(|| "no message".to_owned()),
            correlation_id: correlation_id.and_then(label),
        }
    }
}

/// A text that is not empty; a number by its digits, since vendors' ids come as either.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn describe(status: u16, body: &str) -> &'static str {
    let body = body.trim_start();
    if (300..400).contains(&status) {
        "a redirect, which is not followed"
    } else if body.is_empty() {
        EMPTY
    } else if body.starts_with('<') {
        PAGE
    } else {
        "the body is not JSON"
    }
}

/// One line without control characters, of a bearable length.
fn tidy(text: &str) -> String {
    let mut line: String = text
        .trim()
        .chars()
        .take(WORDS_LENGTH)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.trim().chars().nth(WORDS_LENGTH).is_some() {
        line.push('…');
    }
    line
}

/// A code or an id, where the text is one: log lines bear it, and a sentence could quote what the
/// desk was sent.
fn label(text: &str) -> Option<String> {
    let of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    let is_label = (1..=LABEL_LENGTH).contains(&text.len()) && text.bytes().all(of_label);
    is_label.then(|| text.to_owned())
}

/// `Retry-After` in either form (RFC 9110, 10.2.3). A date is measured against the answer's own
/// `Date`, so that the two clocks need not agree; without one it says nothing.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = header(RETRY_AFTER)?;
    let wait = if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(asked.parse().unwrap_or(u64::MAX))
    } else {
        let wait = http_date(asked)?.duration_since(date(headers)?);
        Duration::try_from(wait).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(DATE)?.to_str().ok()?.trim())
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked(&[("retry-after", "120")]), Some(120));
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(asked(&[("retry-after", "Wed, 21 Oct 2026 07:29:30 GMT"), date]), Some(90));
        assert_eq!(asked(&[("retry-after", "Wed, 21 Oct 2026 07:00:00 GMT"), date]), Some(0));
    }

    #[test]
    fn retry_after_is_at_most_a_day() {
        for long in ["86401", "99999999999999999999999999"] {
            assert_eq!(asked(&[("retry-after", long)]), Some(86_400));
        }
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(asked(&[("retry-after", "Fri, 21 Oct 2033 07:28:00 GMT"), date]), Some(86_400));
    }

    #[test]
    fn a_retry_after_that_cannot_be_read_says_nothing() {
        for odd in ["", "-5", "soon", "1.5", "Wed, 21 Oct 2026 07:29:30 GMT"] {
            assert_eq!(asked(&[("retry-after", odd)]), None, "{odd}");
        }
    }

    #[test]
    fn what_is_not_json_is_described_and_not_quoted() {
        for (status, body, words) in [
            (200, "", "empty"),
            (200, "<html>secret</html>", "HTML"),
            (200, "secret", "not JSON"),
            (302, "<html>secret</html>", "redirect"),
        ] {
            let reply = Reply::new(status, &HeaderMap::new(), body);
            let error = reply.unreadable("has no id").to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_code_or_id_that_is_a_sentence_is_left_out() {
        let reply = Reply::new(400, &HeaderMap::new(), "{}");
        let answer = reply.answer(Some("CONTACT_EXISTS"), None, Some("c033cdaa-2c40"));
        assert_eq!(answer.code.as_deref(), Some("CONTACT_EXISTS"));
        assert_eq!(answer.correlation_id.as_deref(), Some("c033cdaa-2c40"));
        for sentence in ["", "jean@acme.com exists", "jean@acme.com", &"x".repeat(65)] {
            let answer = reply.answer(Some(sentence), None, Some(sentence));
            assert_eq!((answer.code, answer.correlation_id), (None, None), "{sentence}");
        }
    }

    #[test]
    fn a_desks_words_are_one_line_of_bearable_length() {
        let reply = Reply::new(400, &HeaderMap::new(), "{}");
        let answer = reply.answer(None, Some(&format!("a\nb{}", "x".repeat(900))), None);
        assert!(answer.words.starts_with("a b"));
        assert_eq!(answer.words.chars().count(), 501);
        assert_eq!(reply.answer(None, Some(" \n"), None).words, "no message");
    }
}
