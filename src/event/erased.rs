//! What is left of an event whose payload was erased.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Attributes, Event};

/// When a payload was erased, and by whom. It reads `erased on … by …`, and stands where the payload
/// stood, so that whoever meets it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Erased {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The token's name, or the account's on the command line.
    pub by: String,
}

impl fmt::Display for Erased {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "erased on {} by {}", self.at, self.by)
    }
}

impl Event {
    /// The tombstone of the event: its source, id, type and time, and [`Erased`] for a payload.
    pub fn erased(&self, erased: &Erased) -> Self {
        let attributes = Attributes {
            source: self.source.to_string(),
            time: self.attributes.time.clone(),
            ..Attributes::default()
        };
        let data = Value::from(erased.to_string());
        let Self { source, id, event_type, .. } = self.clone();
        Self { source, id, event_type, attributes, data }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tombstone_names_the_event_and_says_nothing_else_of_it() {
        let source = "shop".parse().unwrap();
        let sent = json!({
            "specversion": "1.0", "id": "1", "source": "/customers/canary", "type": "a.b",
            "time": "2026-01-01T00:00:00Z", "subject": "canary", "ext": "canary",
            "data": {"name": "canary"},
        });
        let event = Event::from_cloudevents(&source, sent.to_string().as_bytes()).unwrap();
        let erased = Erased { at: Timestamp::UNIX_EPOCH, by: "ann".to_owned() };
        let written = event.erased(&erased).to_cloudevents();
        let text = String::from_utf8(written.clone()).unwrap();
        assert!(!text.contains("canary"), "{text}");
        let read = Event::from_cloudevents(&source, &written).unwrap();
        assert_eq!((&read.id, &read.event_type), (&event.id, &event.event_type));
        assert_eq!(read.attributes.time, event.attributes.time);
        assert_eq!(read.data, json!("erased on 1970-01-01T00:00:00Z by ann"));
        // What is erased twice is erased once.
        assert_eq!(read.erased(&erased), read);
    }
}
