//! Bodies of acts: small, JSON, and strict.

use actix_web::{
    HttpRequest,
    http::header::CONTENT_TYPE,
    web::{BytesMut, Payload},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;

/// More is not read.
pub(super) const MOST_BYTES: usize = 16 * 1024;

/// The most letters of a reason.
pub(super) const MOST_LETTERS: usize = 500;

/// Reads a body; none at all counts as `{}`.
pub(super) async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    mut payload: Payload,
) -> Result<T, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_cut| Refusal::BrokenBody)?;
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(Refusal::TooLarge { limit: MOST_BYTES });
        }
        body.extend_from_slice(&chunk);
    }
    if body.is_empty() {
        return parse(b"{}");
    }
    let said = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = said.and_then(|said| said.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::MediaType);
    }
    parse(&body)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            Refusal::parameter(
                "body",
                error.to_string(),
                "the OpenAPI document tells what is allowed",
            )
        } else {
            Refusal::NotJson(error)
        }
    })
}

/// Why somebody acts, where it has to be said.
pub(in super::super) fn reason(given: Option<String>) -> Result<String, Refusal> {
    optional_reason(given)?.ok_or_else(|| {
        Refusal::parameter("reason", "is missing", "allowed is why, for those who look later")
    })
}

/// Why somebody acts, where it may be said.
pub(in super::super) fn optional_reason(given: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(text) = given else { return Ok(None) };
    let is_said = !text.trim().is_empty() && text.chars().count() <= MOST_LETTERS;
    if is_said {
        Ok(Some(text))
    } else {
        let allowed = format!("allowed are 1 to {MOST_LETTERS} letters, not all of them blank");
        Err(Refusal::parameter("reason", "cannot be kept", allowed))
    }
}
