//! Events that somebody wrote down for a command, in either of the forms that a sender may use.

use serde_json::{Value, json};

use crate::event::{Event, NotACloudEvent, SourceName};

/// The event of `document`: `CloudEvents` JSON, or the plain form `{"type", "data"}`. One without an id
/// gets `id`.
pub(super) fn event(
    mut document: Value,
    source: &SourceName,
    id: &str,
) -> Result<Event, NotACloudEvent> {
    if document.get("specversion").is_none() {
        document = json!({
            "specversion": "1.0",
            "id": document.get("id").and_then(Value::as_str).unwrap_or(id),
            "source": source,
            "type": document["type"],
            "time": document["timestamp"],
            "data": document["data"],
        });
    }
    Event::from_cloudevents(source, document.to_string().as_bytes())
}
