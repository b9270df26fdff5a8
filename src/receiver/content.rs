//! Which form a body has, by the headers before it.

use actix_web::{HttpRequest, http::header};

use super::refusal::Refusal;
use crate::event::{BATCH_CONTENT_TYPE as BATCH, CONTENT_TYPE as CLOUDEVENTS, Form};

/// The media type of the plain form, and of what comes in binary mode.
const JSON: &str = "application/json";

/// What is read, for the header `Accept` of a refusal.
pub(super) const ACCEPTED: &str =
    "application/cloudevents+json, application/cloudevents-batch+json, application/json";

/// What a body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// One event.
    One(Form),
    /// A batch of CloudEvents.
    Batch,
    /// What the source posts in a form of its own.
    Native,
    /// The payload of one of `CloudEvents`, whose attributes are headers.
    Binary,
}

/// What the request's body holds. JSON that names no other form is native where the source has a
/// form of its own.
pub(super) fn content(request: &HttpRequest, has_own_form: bool) -> Result<Content, Refusal> {
    let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let encoding = text(header::CONTENT_ENCODING).unwrap_or("identity");
    if !encoding.eq_ignore_ascii_case("identity") {
        return Err(Refusal::Encoded);
    }
    let mut parts = text(header::CONTENT_TYPE).unwrap_or_default().split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !parts.all(is_utf8_or_no_charset) {
        return Err(Refusal::MediaType("only UTF-8 is read"));
    }
    // CloudEvents 1.0, HTTP binding 3: batched before structured before binary.
    if media_type == BATCH {
        return Ok(Content::Batch);
    }
    if media_type == CLOUDEVENTS {
        return Ok(Content::One(Form::CloudEvents));
    }
    if media_type.starts_with("application/cloudevents") {
        return Err(Refusal::MediaType("CloudEvents are read in their JSON formats only"));
    }
    let is_json = media_type == JSON || media_type.ends_with("+json");
    if request.headers().contains_key("ce-specversion") {
        let words = "in binary mode only JSON is read as an event's data";
        let is_readable = is_json || media_type.is_empty();
        return is_readable.then_some(Content::Binary).ok_or(Refusal::MediaType(words));
    }
    if media_type == JSON {
        return Ok(if has_own_form { Content::Native } else { Content::One(Form::Plain) });
    }
    Err(Refusal::MediaType("the content type is none of those that are read"))
}

fn is_utf8_or_no_charset(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const PLAIN: Option<Content> = Some(Content::One(Form::Plain));
    const STRUCTURED: Option<Content> = Some(Content::One(Form::CloudEvents));

    fn content_of(headers: &[(&'static str, &'static str)]) -> Option<Content> {
        let request = headers
            .iter()
            .fold(TestRequest::post(), |request, header| request.append_header(*header));
        content(&request.to_http_request(), false).ok()
    }

    #[test]
    fn the_content_type_tells_the_form() {
        for (content_type, expected) in [
            ("application/json", PLAIN),
            ("Application/JSON; charset=\"UTF-8\"", PLAIN),
            ("application/cloudevents+json; charset=utf-8; x=y", STRUCTURED),
            ("application/cloudevents-batch+json", Some(Content::Batch)),
            ("application/json; charset=latin1", None),
            ("application/cloudevents-batch+xml", None),
            ("application/cloudevents+xml", None),
            ("application/jsonl", None),
            ("application/vnd.x+json", None),
            ("text/plain", None),
            ("", None),
        ] {
            assert_eq!(content_of(&[("content-type", content_type)]), expected, "{content_type}");
        }
        assert_eq!(content_of(&[]), None);
    }

    #[test]
    fn attributes_in_headers_make_json_a_payload_unless_the_body_says_that_it_is_an_event() {
        let version = ("ce-specversion", "1.0");
        for (content_type, expected) in [
            ("application/json", Some(Content::Binary)),
            ("application/vnd.x+json", Some(Content::Binary)),
            ("application/cloudevents+json", STRUCTURED),
            ("application/xml", None),
            ("application/octet-stream", None),
        ] {
            let headers = [("content-type", content_type), version];
            assert_eq!(content_of(&headers), expected, "{content_type}");
        }
        assert_eq!(content_of(&[version]), Some(Content::Binary));
    }

    #[test]
    fn json_is_native_where_the_source_has_a_form_of_its_own() {
        let of = |content_type| {
            let request = TestRequest::post().append_header(("content-type", content_type));
            content(&request.to_http_request(), true).ok()
        };
        assert_eq!(of("application/json; charset=utf-8"), Some(Content::Native));
        assert_eq!(of("application/cloudevents+json"), STRUCTURED);
        assert_eq!(of("application/x-www-form-urlencoded"), None);
    }

    #[test]
    fn a_compressed_body_is_not_read() {
        let json = ("content-type", "application/json");
        assert_eq!(content_of(&[json, ("content-encoding", "gzip")]), None);
        assert_eq!(content_of(&[json, ("content-encoding", "identity")]), PLAIN);
    }
}
