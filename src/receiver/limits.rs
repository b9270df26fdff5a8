//! What one source may post: how often, how much, which types, by which schema.

use std::collections::BTreeMap;

use super::{
    rate::{Bucket, Rate},
    refusal::Refusal,
    settings::ReceiverSettings,
};
use crate::event::{Event, EventType, SchemaBook, TypePattern};

/// What one source may post, as its configuration says. By default, whatever the receiver takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceLimits {
    /// How often.
    pub rate: Option<Rate>,
    /// The longest body, in bytes; what [`ReceiverSettings`] say where it is longer than that.
    pub max_body: Option<u32>,
    /// The event types; all that are known where there is none.
    pub types: Vec<TypePattern>,
    /// By event type, the one `dataschema` that an event may name.
    pub dataschema: BTreeMap<EventType, String>,
}

/// The limits of one source at work, with what it has used of its rate in this process.
#[derive(Debug, Default)]
pub struct Limits {
    limits: SourceLimits,
    bucket: Option<Bucket>,
}

impl From<SourceLimits> for Limits {
    fn from(limits: SourceLimits) -> Self {
        let bucket = limits.rate.map(Bucket::of);
        Self { limits, bucket }
    }
}

impl Limits {
    /// The longest body that is read, in bytes.
    pub(super) fn longest_body(&self, settings: &ReceiverSettings) -> u32 {
        self.limits.max_body.map_or(settings.body_limit, |most| most.min(settings.body_limit))
    }

    /// Refuses before anything is read, where the rate is used up. Nothing is counted, for nobody
    /// knows yet who asks: strangers use up nothing of the source's rate.
    pub(super) fn has_room(&self) -> Result<(), Refusal> {
        self.bucket.as_ref().map_or(Ok(()), Bucket::look).map_err(|wait| Refusal::TooFast { wait })
    }

    /// Counts a request that the source has signed.
    pub(super) fn count(&self) -> Result<(), Refusal> {
        self.bucket.as_ref().map_or(Ok(()), Bucket::take).map_err(|wait| Refusal::TooFast { wait })
    }

    /// Refuses an event that the source may not post.
    pub(super) fn allow(&self, event: &Event, schemas: &SchemaBook) -> Result<(), Refusal> {
        let SourceLimits { types, dataschema, .. } = &self.limits;
        let is_allowed = |event_type: &EventType| types.iter().any(|it| it.matches(event_type));
        if !types.is_empty() && !is_allowed(&event.event_type) {
            let allowed = schemas.types().filter(|known| is_allowed(known)).cloned().collect();
            return Err(Refusal::TypeNotAllowed { allowed });
        }
        match (dataschema.get(&event.event_type), &event.attributes.dataschema) {
            (Some(pinned), Some(sent)) if pinned != sent => {
                Err(Refusal::OtherDataschema { pinned: pinned.clone(), sent: sent.clone() })
            }
            _ => Ok(()),
        }
    }

    /// What the handshake of CloudEvents' web hooks tells: requests in a minute, or `*`.
    pub(super) fn allowed_rate(&self) -> String {
        self.limits.rate.map_or_else(|| "*".to_owned(), |rate| rate.per_minute().to_string())
    }
}
