//! Bodies of acts: small, JSON, and strict.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::CONTENT_TYPE,
    web::{self, BytesMut},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::{looking::nothing_asked, refusal::Refusal};
use crate::event::{Limits, read_json};

/// More is not read.
pub(super) const MOST_BYTES: usize = 16 * 1024;

/// The most letters of a reason.
pub(super) const MOST_LETTERS: usize = 500;

/// What an act is asked for with: a body, where none at all counts as `{}`, and nothing behind the
/// question mark. It stands behind [`May`](super::admission::May) in a handler's arguments, which
/// are refused in their order.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            nothing_asked(&request)?;
            parse(&bytes(&request, payload, MOST_BYTES).await?).map(Self)
        })
    }
}

/// Reads a body that holds something of an event, as strictly as the receiver reads events.
pub(super) async fn read_payload<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    most: usize,
) -> Result<T, Refusal> {
    let body = bytes(request, payload.into_inner(), most).await?;
    let document = read_json(&body, Limits::POSTED).map_err(Refusal::NotStrict)?;
    serde_json::from_value(document).map_err(unusable)
}

async fn bytes(
    request: &HttpRequest,
    mut payload: Payload,
    most: usize,
) -> Result<BytesMut, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_cut| Refusal::BrokenBody)?;
        if body.len() + chunk.len() > most {
            return Err(Refusal::TooLarge { limit: most });
        }
        body.extend_from_slice(&chunk);
    }
    if body.is_empty() {
        return Ok(BytesMut::from(b"{}".as_slice()));
    }
    let said = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = said.and_then(|said| said.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::MediaType);
    }
    Ok(body)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| if error.is_data() { unusable(error) } else { Refusal::NotJson(error) })
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
fn unusable(error: serde_json::Error) -> Refusal {
    Refusal::parameter("body", error.to_string(), "the OpenAPI document tells what is allowed")
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
