//! CloudEvents 1.0 in binary mode: the attributes stand in headers, the body is the payload.
//!
//! Source: CloudEvents specification 1.0, HTTP binding, 3.1. No signature covers the headers: where
//! an id was signed with the body, it has to be the event's.

use serde_json::{Map, Value};

use super::{Event, EventError, Limits, SourceName, read_json};
use crate::signature::Verified;

/// What the names of attributes' headers begin with.
const PREFIX: &str = "ce-";

impl Event {
    /// Reads the event whose attributes stand in the request's `headers`, names and values. The payload is JSON; an empty body is
    /// none.
    pub fn parse_binary(
        source: &SourceName,
        headers: &[(&str, &[u8])],
        verified: &Verified<'_>,
    ) -> Result<Self, EventError> {
        let mut document = attributes(headers)?;
        if let Some(signed) = verified.id()
            && document.get("id").and_then(Value::as_str).is_some_and(|id| id != signed)
        {
            return Err(EventError::OtherId);
        }
        if !verified.body().is_empty() {
            let data = read_json(verified.body(), Limits::POSTED).map_err(EventError::NotJson)?;
            document.insert("data".to_owned(), data);
        }
        Ok(Self::from_document(source, document)?)
    }
}

fn attributes(headers: &[(&str, &[u8])]) -> Result<Map<String, Value>, EventError> {
    let mut attributes = Map::new();
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        let Some(attribute) = lower.strip_prefix(PREFIX) else { continue };
        let is_name = !attribute.is_empty()
            && attribute.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            // The media type has a header of its own, and the payload is the body.
            && !matches!(attribute, "data" | "datacontenttype");
        let text = decoded(value).filter(|_| is_name);
        let text = text.ok_or_else(|| EventError::BadHeader(lower.clone()))?;
        if attributes.insert(attribute.to_owned(), Value::from(text)).is_some() {
            return Err(EventError::BadHeader(lower));
        }
    }
    Ok(attributes)
}

/// A header's value as the HTTP binding reads it (3.1.3.2): quotes are taken off, then one round of
/// percent-decoding, and what is no UTF-8 is refused.
fn decoded(value: &[u8]) -> Option<String> {
    let value = unquoted(value.trim_ascii())?;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.iter();
    while let Some(byte) = rest.next() {
        if *byte == b'%' {
            let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A quoted string's contents (RFC 7230, 3.2.6), or the value as it is.
fn unquoted(value: &[u8]) -> Option<Vec<u8>> {
    let Some(quoted) = value.strip_prefix(b"\"") else { return Some(value.to_owned()) };
    let mut text = Vec::with_capacity(quoted.len());
    let mut rest = quoted.iter();
    loop {
        match rest.next()? {
            b'"' => return rest.next().is_none().then_some(text),
            b'\\' => text.push(*rest.next()?),
            byte => text.push(*byte),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use jiff::Timestamp;

    use super::*;
    use crate::signature::{Headers, Scheme, SchemeSettings};

    const LEAST: [(&str, &str); 4] =
        [("ce-specversion", "1.0"), ("CE-Id", "e-1"), ("ce-source", "/s"), ("ce-type", "a.b")];

    fn parse(more: &[(&str, &str)], body: &str, signed: bool) -> Result<Event, EventError> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let now = Timestamp::UNIX_EPOCH;
        let scheme = Scheme::new(if signed {
            SchemeSettings::StandardWebhooks {
                secrets: vec!["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()],
                tolerance: Duration::from_mins(5),
            }
        } else {
            SchemeSettings::None
        });
        let scheme = scheme.unwrap();
        let signature = scheme.sign("msg_1", &body, now);
        let signature = signature.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs = LEAST.iter().chain(more).copied().chain(signature);
        let pairs: Vec<_> = pairs.map(|(name, text)| (name, text.as_bytes())).collect();
        let headers: Headers<'_> = pairs.iter().copied().collect();
        let verified = scheme.verify(&headers, &body, now).unwrap();
        Event::parse_binary(&"shop".parse().unwrap(), &pairs, &verified)
    }

    #[test]
    fn headers_are_the_attributes_and_the_body_is_the_payload() {
        let more = [("ce-subject", "Euro%20%E2%82%AC"), ("ce-tenant", "\"a \\\"b%25\"")];
        let event = parse(&more, r#"{"n":1.50}"#, false).unwrap();
        assert_eq!((event.id.as_str(), event.attributes.source.as_str()), ("e-1", "/s"));
        assert_eq!(event.attributes.subject.as_deref(), Some("Euro €"));
        assert_eq!(event.attributes.extensions["tenant"], "a \"b%");
        assert_eq!(event.data.to_string(), r#"{"n":1.50}"#);
        assert_eq!(parse(&[], "", false).unwrap().data, Value::Null);
        assert_eq!(Event::from_cloudevents(&event.source, &event.to_cloudevents()), Ok(event));
    }

    #[test]
    fn a_header_that_is_no_attribute_or_no_utf_8_is_refused_by_its_name() {
        for (name, value) in [
            ("ce-subject", "%C0%A0"),
            ("ce-subject", "100%"),
            ("ce-subject", "%+1%20"),
            ("ce-subject", "\"open"),
            ("ce-subject", "\"a\" b"),
            ("ce-id", "e-1"),
            ("ce-my_own", "x"),
            ("ce-data", "x"),
            ("ce-datacontenttype", "application/json"),
            ("ce-", "x"),
        ] {
            let refused = parse(&[(name, value)], "{}", false);
            assert_eq!(refused, Err(EventError::BadHeader(name.to_owned())), "{value}");
        }
        let time = parse(&[("ce-time", "now")], "{}", false).unwrap_err().to_string();
        assert!(time.contains("RFC 3339"), "{time}");
    }

    #[test]
    fn an_id_that_was_signed_is_the_events() {
        assert_eq!(parse(&[], "{}", true), Err(EventError::OtherId));
    }
}
