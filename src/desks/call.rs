//! A request to a desk, built but not sent: what is sent and what a preview shows is the same.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::{
    Method,
    header::{AUTHORIZATION, HeaderName, HeaderValue, InvalidHeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Preview;
use crate::delivery::Step;

/// Stands where a secret would.
const MASK: &str = "***";

/// Before a user's name and password.
const BASIC: &str = "Basic ";

/// One request to one of a desk's resources.
#[derive(Clone, PartialEq)]
pub(super) struct Call {
    pub(super) method: Method,
    /// The path without anything of an event, for log lines: `/crm/v3/objects/contacts/{email}`.
    pub(super) template: &'static str,
    /// Below the base URL, percent-encoded, with the query.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// A body that is no JSON, with its content type.
    pub(super) bytes: Option<(&'static str, Bytes)>,
}

impl Call {
    /// A request without a body.
    pub(super) fn bare(method: Method, template: &'static str, path: String) -> Self {
        Self { method, template, path, body: None, bytes: None }
    }

    /// A question.
    pub(super) fn get(template: &'static str, path: String) -> Self {
        Self::bare(Method::GET, template, path)
    }

    /// A request with a JSON body.
    pub(super) fn with_body(
        method: Method,
        template: &'static str,
        path: String,
        body: Value,
    ) -> Self {
        Self { body: Some(body), ..Self::bare(method, template, path) }
    }

    /// A request with a file.
    pub(super) fn with_bytes(
        method: Method,
        template: &'static str,
        path: String,
        content_type: &'static str,
        content: Vec<u8>,
    ) -> Self {
        let bytes = Some((content_type, content.into()));
        Self { bytes, ..Self::bare(method, template, path) }
    }

    /// The request as an operator is shown it.
    pub(super) fn preview(
        self,
        step: &Step,
        only: Option<&str>,
        base_url: &str,
        credential: &Credential,
    ) -> Preview {
        let mut headers = vec![(credential.header.to_string(), credential.masked())];
        let file = self.bytes.map(|(content_type, _)| content_type);
        let content_type = self.body.as_ref().map(|_| "application/json").or(file);
        headers.extend(content_type.map(|kind| ("content-type".to_owned(), kind.to_owned())));
        Preview {
            step: step.to_string(),
            only: only.map(str::to_owned),
            method: self.method.to_string(),
            url: format!("{base_url}{}", self.path),
            headers,
            body: self.body,
        }
    }
}

/// How a desk is told who asks: one header.
#[derive(Debug)]
pub(super) struct Credential {
    /// `x-api-key`
    pub(super) header: HeaderName,
    /// What stands before the secret: `Bearer `.
    pub(super) scheme: &'static str,
    /// The key or token.
    pub(super) secret: SecretString,
}

impl Credential {
    /// A user's name and password (RFC 7617).
    pub(super) fn basic(user: &str, password: &SecretString) -> Self {
        let pair = format!("{user}:{}", password.expose_secret());
        Self {
            header: AUTHORIZATION,
            scheme: BASIC,
            secret: SecretString::from(STANDARD.encode(pair)),
        }
    }

    /// The header's value, marked as one that must not be printed.
    pub(super) fn value(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value =
            HeaderValue::from_str(&format!("{}{}", self.scheme, self.secret.expose_secret()))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// `text` without the secret, should a desk have sent it back: neither as it was sent, nor the
    /// password that it was made of.
    pub(super) fn scrub(&self, text: String) -> String {
        let secret = self.secret.expose_secret();
        let without = |text: String, secret: &str| {
            let is_there = !secret.is_empty() && text.contains(secret);
            if is_there { text.replace(secret, MASK) } else { text }
        };
        let text = without(text, secret);
        let pair = STANDARD.decode(secret).ok().filter(|_| self.scheme == BASIC);
        match pair.as_deref().map(str::from_utf8) {
            Some(Ok(pair)) => without(text, pair.split_once(':').map_or("", |(_, it)| it)),
            _ => text,
        }
    }

    fn masked(&self) -> String {
        format!("{}{MASK}", self.scheme)
    }
}

/// `text` as one segment of a path or one value of a query. `None` where no encoding keeps it from
/// being read as another path: empty, `.` and `..` (WHATWG URL, 4.1, "dot URL path segment").
pub(super) fn segment(text: &str) -> Option<String> {
    (!matches!(text, "" | "." | "..")).then(|| encoded(text))
}

/// `text` as one value of a query, where nothing can be read as another path.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn credential() -> Credential {
        Credential {
            header: HeaderName::from_static("authorization"),
            scheme: "Bearer ",
            secret: "pat-secret".into(),
        }
    }

    #[test]
    fn a_segment_never_leaves_its_place_in_the_path() {
        assert_eq!(segment("a+b/c@d.é?x=1").unwrap(), "a%2Bb%2Fc%40d.%C3%A9%3Fx%3D1");
        for elsewhere in ["", ".", ".."] {
            assert_eq!(segment(elsewhere), None);
        }
    }

    #[test]
    fn a_preview_masks_the_key() {
        let call = Call::get("/x/{id}", "/x/1".to_owned());
        let preview = call.preview(&Step::Ticket, None, "https://desk.example", &credential());
        assert_eq!(preview.url, "https://desk.example/x/1");
        assert_eq!(preview.headers, [("authorization".to_owned(), "Bearer ***".to_owned())]);
    }

    #[test]
    fn a_key_is_printed_by_nothing() {
        let credential = credential();
        let printed = format!("{credential:?} {:?}", credential.value().unwrap());
        assert!(!printed.contains("pat-secret"), "{printed}");
        assert_eq!(credential.scrub("no pat-secret here".to_owned()), "no *** here");
    }

    #[test]
    fn a_password_is_printed_by_nothing() {
        let credential = Credential::basic("api_user", &"api_pass".into());
        assert_eq!(credential.value().unwrap(), "Basic YXBpX3VzZXI6YXBpX3Bhc3M=");
        let echo = "api_user: api_pass is wrong (YXBpX3VzZXI6YXBpX3Bhc3M=)".to_owned();
        assert_eq!(credential.scrub(echo), "api_user: *** is wrong (***)");
    }
}
