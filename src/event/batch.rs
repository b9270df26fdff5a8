//! CloudEvents 1.0 in batched mode: a JSON array of events.
//!
//! Source: CloudEvents specification 1.0, "JSON Batch Format", and the HTTP binding, 3.3.

use serde_json::Value;

use super::{Event, EventError, Limits, SourceName, form::structured, read_json};
use crate::signature::Verified;

/// The media type of a batch in the JSON format.
pub const BATCH_CONTENT_TYPE: &str = "application/cloudevents-batch+json";

/// What is wrong with a request that holds several items, and with which of them.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct InItem<E: std::error::Error> {
    /// Which item, from 0; `None` where it is the whole request.
    pub item: Option<usize>,
    /// What is wrong.
    pub cause: E,
}

impl Event {
    /// Reads all events of a batch that `source` posted, or none of them. An empty batch is one.
    pub fn parse_batch(
        source: &SourceName,
        verified: &Verified<'_>,
    ) -> Result<Vec<Self>, InItem<EventError>> {
        let whole = |cause| InItem { item: None, cause };
        let document = read_json(verified.body(), Limits::POSTED)
            .map_err(|cause| whole(EventError::NotJson(cause)))?;
        let Value::Array(items) = document else { return Err(whole(EventError::NotABatch)) };
        let event = |(item, document)| {
            structured(source, document).map_err(|cause| InItem { item: Some(item), cause })
        };
        items.into_iter().enumerate().map(event).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;

    use super::*;
    use crate::signature::{Headers, Scheme, SchemeSettings};

    fn parse(body: &str) -> Result<Vec<Event>, InItem<EventError>> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let scheme = Scheme::new(SchemeSettings::None).unwrap();
        let verified = scheme.verify(&Headers::default(), &body, Timestamp::UNIX_EPOCH).unwrap();
        Event::parse_batch(&"shop".parse().unwrap(), &verified)
    }

    const ONE: &str = r#"{"specversion":"1.0","id":"1","source":"/s","type":"a.b","data":1.50}"#;

    #[test]
    fn a_batch_is_all_its_events_in_their_order() {
        let events = parse(&format!("[{ONE},{}]", ONE.replace(r#""id":"1""#, r#""id":"2""#)));
        let ids: Vec<String> = events.unwrap().into_iter().map(|event| event.id.into()).collect();
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(parse("[]"), Ok(Vec::new()));
    }

    #[test]
    fn one_bad_event_is_named_and_refuses_the_batch() {
        let error = parse(&format!("[{ONE},{{}}]")).unwrap_err();
        assert_eq!(error.item, Some(1));
        assert!(error.to_string().contains("`specversion` is missing"), "{error}");
        assert_eq!(parse("[7]").unwrap_err().item, Some(0));
        assert_eq!(parse(ONE), Err(InItem { item: None, cause: EventError::NotABatch }));
    }
}
