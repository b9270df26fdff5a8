//! CloudEvents 1.0 in its JSON format, as the queues carry it and as senders post it.
//!
//! Source: CloudEvents specification 1.0, "JSON Event Format for CloudEvents".

use serde_json::{Map, Value};

use super::{
    Attributes, Event, EventId, EventType, InvalidJson, InvalidName, Limits, SourceName, read_json,
    time::is_rfc3339,
};

/// The media type of one event in the JSON format.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// Why a JSON document is not a CloudEvents 1.0 event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACloudEvent {
    /// The text is not JSON, or not JSON that every reader takes the same way.
    #[error("the text cannot be read as JSON")]
    NotJson(#[from] InvalidJson),
    /// The document is not a JSON object.
    #[error("the document is not a JSON object")]
    NotAnObject,
    /// A required attribute is absent.
    #[error("the attribute `{0}` is missing")]
    Missing(&'static str),
    /// An attribute that must be a text is something else.
    #[error("the attribute `{0}` is not a text")]
    NotText(String),
    /// `specversion` is not `1.0`.
    #[error("`specversion` is not \"1.0\"")]
    OtherVersion,
    /// `id` or `type` cannot be used.
    #[error("the attribute `{attribute}` {cause}", cause = .source)]
    Unusable {
        /// Which attribute.
        attribute: &'static str,
        /// What it should look like.
        source: InvalidName,
    },
    /// `time` is not an instant of RFC 3339.
    #[error("the attribute `time` is not an RFC 3339 time with an offset")]
    NotATime,
    /// The payload is given twice, or what `data_base64` holds is no JSON.
    #[error("`data_base64` stands beside `data`, or does not hold JSON in base64")]
    Binary,
}

impl Event {
    /// Writes the event as structured CloudEvents JSON, every number with its digits as sent.
    pub fn to_cloudevents(&self) -> Vec<u8> {
        let mut document = Map::new();
        let mut put = |name: &str, value: &str| {
            document.insert(name.to_owned(), Value::from(value));
        };
        put("specversion", "1.0");
        put("id", self.id.as_str());
        put("source", &self.attributes.source);
        put("type", self.event_type.as_str());
        for (name, value) in [
            ("subject", &self.attributes.subject),
            ("time", &self.attributes.time),
            ("dataschema", &self.attributes.dataschema),
        ] {
            if let Some(value) = value {
                put(name, value);
            }
        }
        put("datacontenttype", "application/json");
        for (name, value) in &self.attributes.extensions {
            document.insert(name.clone(), value.clone());
        }
        document.insert("data".to_owned(), self.data.clone());
        Value::Object(document).to_string().into_bytes()
    }

    /// Reads structured CloudEvents JSON that Deskbell wrote for the configured source `source`.
    ///
    /// What a sender posts is read by [`Event::parse`], which wants its signature proven.
    pub fn from_cloudevents(source: &SourceName, json: &[u8]) -> Result<Self, NotACloudEvent> {
        match read_json(json, Limits::CARRIED)? {
            Value::Object(document) => Self::from_document(source, document),
            _ => Err(NotACloudEvent::NotAnObject),
        }
    }

    /// Reads the members of a structured CloudEvents document.
    pub fn from_document(
        source: &SourceName,
        mut document: Map<String, Value>,
    ) -> Result<Self, NotACloudEvent> {
        let mut text = |name: &'static str| match document.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(NotACloudEvent::NotText(name.to_owned())),
        };
        let version = text("specversion")?.ok_or(NotACloudEvent::Missing("specversion"))?;
        if version != "1.0" {
            return Err(NotACloudEvent::OtherVersion);
        }
        let id = text("id")?.ok_or(NotACloudEvent::Missing("id"))?;
        let event_type = text("type")?.ok_or(NotACloudEvent::Missing("type"))?;
        let sent_source = text("source")?.ok_or(NotACloudEvent::Missing("source"))?;
        let subject = text("subject")?;
        let time = text("time")?;
        if time.as_deref().is_some_and(|time| !is_rfc3339(time)) {
            return Err(NotACloudEvent::NotATime);
        }
        let dataschema = text("dataschema")?;
        text("datacontenttype")?;
        if document.contains_key("data_base64") {
            return Err(NotACloudEvent::Binary);
        }
        let data = document.shift_remove("data").unwrap_or(Value::Null);
        if let Some((name, _)) =
            document.iter().find(|(_, value)| value.is_object() || value.is_array())
        {
            return Err(NotACloudEvent::NotText(name.clone()));
        }
        let unusable = |attribute| move |source| NotACloudEvent::Unusable { attribute, source };
        Ok(Self {
            source: source.clone(),
            id: EventId::try_from(id).map_err(unusable("id"))?,
            event_type: EventType::try_from(event_type).map_err(unusable("type"))?,
            attributes: Attributes {
                source: sent_source,
                subject,
                time,
                dataschema,
                extensions: document,
            },
            data,
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn shop() -> SourceName {
        "shop".parse().unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        let sent = br#"{"specversion":"1.0","id":"1","source":"/s","type":"order.stuck",
            "data":{"id":82098291194615450812345,"money":12.50,"small":1e-9,"zero":0.00}}"#;
        let event = Event::from_cloudevents(&shop(), sent).unwrap();
        let written = String::from_utf8(event.to_cloudevents()).unwrap();
        for digits in ["82098291194615450812345", "12.50", "1e-9", "0.00"] {
            assert!(written.contains(digits), "{digits} in {written}");
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let sent = br#"{"specversion":"1.0","id":"a","source":"/s","type":"x.y","subject":"s",
            "time":"2026-01-01T00:00:00Z","tenant":"t","data":{"b":1,"a":[null,true]}}"#;
        let event = Event::from_cloudevents(&shop(), sent).unwrap();
        assert_eq!(Event::from_cloudevents(&shop(), &event.to_cloudevents()).unwrap(), event);
        assert_eq!(event.attributes.extensions["tenant"], "t");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for (sent, words) in [
            ("[]", "not a JSON object"),
            (r#"{"id":"1"}"#, "`specversion` is missing"),
            (r#"{"specversion":"0.3","id":"1"}"#, "not \"1.0\""),
            (r#"{"specversion":"1.0","id":7,"source":"s","type":"t"}"#, "`id` is not a text"),
            (
                r#"{"specversion":"1.0","id":"1","source":"s","type":"a/b"}"#,
                "`type` is no event type",
            ),
            (
                r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":""}"#,
                "data_base64",
            ),
        ] {
            let error = Event::from_cloudevents(&shop(), sent.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
