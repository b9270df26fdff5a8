//! What one verified request holds: an event, several, or none.

use actix_web::HttpRequest;

use super::{content::Content, refusal::Refusal};
use crate::{
    event::{Event, SourceName},
    signature::Verified,
};

/// All that a request holds, read and not yet checked against schemas.
#[derive(Debug)]
pub(super) struct Posted {
    /// Whether the answer is about one event or lists them.
    pub(super) shape: Shape,
    /// The events, each with its place in the request where that holds several items.
    pub(super) events: Vec<(Option<usize>, Event)>,
}

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// By the receipt of its one event.
    One,
    /// By a list of receipts.
    Many,
}

impl Posted {
    /// Reads a body whose signature holds.
    pub(super) fn read(
        source: &SourceName,
        content: Content,
        request: &HttpRequest,
        verified: &Verified<'_>,
    ) -> Result<Self, Refusal> {
        let event = match content {
            Content::One(form) => Event::parse(source, form, verified)?,
            Content::Binary => Event::parse_binary(source, &headers(request), verified)?,
            Content::Batch => {
                let events = Event::parse_batch(source, verified)?;
                let events = events.into_iter().enumerate();
                let events = events.map(|(item, event)| (Some(item), event)).collect();
                return Ok(Self { shape: Shape::Many, events });
            }
        };
        Ok(Self { shape: Shape::One, events: vec![(None, event)] })
    }
}

/// The request's headers in no web framework's own type.
fn headers(request: &HttpRequest) -> Vec<(&str, &[u8])> {
    request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}
