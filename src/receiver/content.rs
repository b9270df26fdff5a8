//! Which form a body has, by the headers before it.

use actix_web::{HttpRequest, http::header};

use super::refusal::Refusal;
use crate::event::{CONTENT_TYPE as CLOUDEVENTS, Form};

/// The media type of the plain form.
const JSON: &str = "application/json";

/// What is read, for the header `Accept` of a refusal.
pub(super) const ACCEPTED: &str = "application/cloudevents+json, application/json";

/// The form of the request's body.
pub(super) fn form(request: &HttpRequest) -> Result<Form, Refusal> {
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
    if media_type.starts_with("application/cloudevents-batch") {
        return Err(Refusal::MediaType("CloudEvents batches are not read: post each event"));
    }
    if media_type == CLOUDEVENTS {
        return Ok(Form::CloudEvents);
    }
    if request.headers().contains_key("ce-specversion") {
        let words = "CloudEvents in binary mode are not read: post them structured";
        return Err(Refusal::MediaType(words));
    }
    if media_type == JSON {
        return Ok(Form::Plain);
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

    fn form_of(headers: &[(&'static str, &'static str)]) -> Option<Form> {
        let request = headers
            .iter()
            .fold(TestRequest::post(), |request, header| request.append_header(*header));
        form(&request.to_http_request()).ok()
    }

    #[test]
    fn two_forms_are_read_by_their_content_type() {
        for (content_type, expected) in [
            ("application/json", Some(Form::Plain)),
            ("Application/JSON; charset=\"UTF-8\"", Some(Form::Plain)),
            ("application/cloudevents+json; charset=utf-8; x=y", Some(Form::CloudEvents)),
            ("application/json; charset=latin1", None),
            ("application/cloudevents-batch+json", None),
            ("application/cloudevents+xml", None),
            ("application/jsonl", None),
            ("text/plain", None),
            ("", None),
        ] {
            assert_eq!(form_of(&[("content-type", content_type)]), expected, "{content_type}");
        }
        assert_eq!(form_of(&[]), None);
    }

    #[test]
    fn binary_mode_and_compression_are_not_read() {
        let json = ("content-type", "application/json");
        assert_eq!(form_of(&[json, ("ce-specversion", "1.0")]), None);
        assert_eq!(form_of(&[json, ("content-encoding", "gzip")]), None);
        assert_eq!(form_of(&[json, ("content-encoding", "identity")]), Some(Form::Plain));
    }
}
