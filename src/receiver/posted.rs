//! What one verified request holds: an event, several, or none.

use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

use super::{content::Content, refusal::Refusal, source::Source};
use crate::{
    event::{Event, Form, SourceName},
    formats::{Format, Translated, Translator},
    signature::Verified,
};

/// All that a request holds, read and not yet checked against schemas.
#[derive(Debug)]
pub(super) struct Posted {
    /// Whether the answer is about one event or lists them.
    pub(super) shape: Shape,
    /// The events, each with its place in the request where that holds several items.
    pub(super) events: Vec<(Option<usize>, Event)>,
    /// What is of no interest.
    pub(super) passed_over: Vec<PassedOver>,
}

/// An item of a native webhook that is of no interest.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PassedOver {
    /// Which item, from 0.
    pub(super) item: usize,
    /// What the vendor calls it.
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// By the receipt of its one event.
    One,
    /// By a list of receipts.
    Many,
    /// By what the vendor wants to hear, or else by a list of receipts and of what is passed over.
    Native(Option<Format>),
}

impl Posted {
    /// Reads a body whose signature holds.
    pub(super) fn read(
        source: &Source,
        content: Content,
        request: &HttpRequest,
        verified: &Verified<'_>,
    ) -> Result<Self, Refusal> {
        let name = &source.name;
        let event = match (content, &source.translator) {
            (Content::Native, Some(translator)) => {
                return Self::translate(name, translator, request, verified);
            }
            (Content::One(form), _) => Event::parse(name, form, verified)?,
            (Content::Native, None) => Event::parse(name, Form::Plain, verified)?,
            (Content::Binary, _) => Event::parse_binary(name, &headers(request), verified)?,
            (Content::Batch, _) => {
                let events = Event::parse_batch(name, verified)?;
                let events = events.into_iter().enumerate();
                let events = events.map(|(item, event)| (Some(item), event)).collect();
                return Ok(Self { shape: Shape::Many, events, passed_over: Vec::new() });
            }
        };
        Ok(Self { shape: Shape::One, events: vec![(None, event)], passed_over: Vec::new() })
    }

    fn translate(
        source: &SourceName,
        translator: &Translator,
        request: &HttpRequest,
        verified: &Verified<'_>,
    ) -> Result<Self, Refusal> {
        let shape = Shape::Native(translator.format());
        let mut posted = Self { shape, events: Vec::new(), passed_over: Vec::new() };
        let items = translator.translate(source, &headers(request), verified)?;
        let is_one = items.len() == 1;
        for (item, translated) in items.into_iter().enumerate() {
            match translated {
                Translated::Event(event) => {
                    posted.events.push(((!is_one).then_some(item), *event));
                }
                Translated::PassedOver(kind) => posted.passed_over.push(PassedOver { item, kind }),
            }
        }
        Ok(posted)
    }
}

/// The request's headers in no web framework's own type.
fn headers(request: &HttpRequest) -> Vec<(&str, &[u8])> {
    request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}
