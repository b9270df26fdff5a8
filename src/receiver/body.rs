//! Reading a body within its length, its time and the memory of all.

use actix_web::{
    HttpRequest,
    http::header::CONTENT_LENGTH,
    web::{Bytes, BytesMut, Payload},
};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::{
    budget::{Budget, Held},
    limits::Limits,
    refusal::Refusal,
    settings::ReceiverSettings,
};

/// As much as is set aside for a body before its first byte.
const FIRST_BUFFER: usize = 16 * 1024;

/// A whole body; its bytes count until it is dropped.
pub(super) struct Body {
    pub(super) bytes: Bytes,
    _held: Held,
}

/// Reads the whole body. What its length gives away is refused before anything is read.
pub(super) async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    budget: &Budget,
    limits: &Limits,
    settings: &ReceiverSettings,
) -> Result<Body, Refusal> {
    let started = Instant::now();
    let longest = limits.longest_body(settings);
    let limit = usize::try_from(longest).unwrap_or(usize::MAX);
    let announced = announced(request).unwrap_or(0);
    let too_large = || Refusal::TooLarge { limit: longest };
    if announced > limit {
        return Err(too_large());
    }
    if !budget.has(announced) {
        return Err(Refusal::Busy);
    }
    let mut held = budget.begin();
    let mut bytes = BytesMut::with_capacity(announced.min(FIRST_BUFFER));
    loop {
        let deadline = deadline(started, bytes.len(), settings);
        let next = timeout_at(deadline, payload.next()).await;
        let Some(chunk) = next.map_err(|_elapsed| Refusal::TooSlow)? else { break };
        let chunk = chunk.map_err(|_broken| Refusal::BrokenBody)?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        if !held.grow(chunk.len()) {
            return Err(Refusal::Busy);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body { bytes: bytes.freeze(), _held: held })
}

/// The length that the head tells; a chunked body has none.
fn announced(request: &HttpRequest) -> Option<usize> {
    let length = request.headers().get(CONTENT_LENGTH)?.to_str().ok()?;
    Some(length.parse().unwrap_or(usize::MAX))
}

/// When the next byte has to be there: by the deadline of the whole, and by the rate so far.
fn deadline(started: Instant, received: usize, settings: &ReceiverSettings) -> Instant {
    let received = u32::try_from(received).unwrap_or(u32::MAX);
    let earned = std::time::Duration::from_secs(1) * received / settings.body_rate.get();
    let by_rate = settings.body_grace.saturating_add(earned);
    started + by_rate.min(settings.body_deadline)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_body_earns_time_by_its_bytes_up_to_the_deadline() {
        let started = Instant::now();
        let settings = ReceiverSettings::default();
        for (received, seconds) in [(0, 2), (1024, 3), (8 * 1024, 10), (1024 * 1024, 10)] {
            let expected = started + Duration::from_secs(seconds);
            assert_eq!(deadline(started, received, &settings), expected);
        }
    }
}
