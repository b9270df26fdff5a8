//! A search as a document, so that it outlives the process and two of them can be compared.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FieldMatch, Search};

/// Which dead letters, in the words that the API's filters use. What is not there does not choose.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchDocument {
    /// Not before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Of this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Of this event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Of this event type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// At this desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
    /// That died for this reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub died_of: Option<String>,
    /// Of this priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Of this incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// With this text in the event or in the failure's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// With these members of the payload.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, String>,
}

/// A document that no search has written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` of the search cannot be read")]
pub struct InvalidSearch(&'static str);

impl SearchDocument {
    /// The document of a search of dead letters: its state is not told.
    pub fn of(search: &Search) -> Self {
        let Search {
            since,
            until,
            source,
            event,
            event_type,
            desk,
            state: _,
            // Dead letters are not chosen by it: see `Office::plan_replay`.
            silence: _,
            reason,
            priority,
            incident,
            text,
            fields,
        } = search;
        let member = |field: &FieldMatch| (field.name(), field.value().to_owned());
        Self {
            since: *since,
            until: *until,
            source: source.as_ref().map(ToString::to_string),
            event: event.as_ref().map(ToString::to_string),
            event_type: event_type.as_ref().map(ToString::to_string),
            desk: desk.as_ref().map(ToString::to_string),
            died_of: reason.map(|reason| reason.as_str().to_owned()),
            priority: priority.map(|priority| priority.as_str().to_owned()),
            incident: incident.clone(),
            text: text.clone(),
            data: fields.iter().map(member).collect(),
        }
    }

    /// The search that it is the document of.
    pub fn search(&self) -> Result<Search, InvalidSearch> {
        fn read<T: std::str::FromStr>(
            name: &'static str,
            text: Option<&String>,
        ) -> Result<Option<T>, InvalidSearch> {
            text.map(|text| text.parse()).transpose().map_err(|_| InvalidSearch(name))
        }
        let field = |(name, value): (&String, &String)| {
            FieldMatch::new(name, value).map_err(|_wrong| InvalidSearch("data"))
        };
        Ok(Search {
            since: self.since,
            until: self.until,
            source: read("source", self.source.as_ref())?,
            event: read("event", self.event.as_ref())?,
            event_type: read("type", self.event_type.as_ref())?,
            desk: read("desk", self.desk.as_ref())?,
            state: None,
            silence: None,
            reason: read("died_of", self.died_of.as_ref())?,
            priority: read("priority", self.priority.as_ref())?,
            incident: self.incident.clone(),
            text: self.text.clone(),
            fields: self.data.iter().map(field).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_search_comes_back_from_its_document() {
        let search = Search {
            silence: None,
            since: Some(Timestamp::UNIX_EPOCH),
            until: Some("2026-11-23T12:00:00.123456789Z".parse().unwrap()),
            source: "shop".parse().ok(),
            event: "evt 1".parse().ok(),
            event_type: "payment.failed".parse().ok(),
            desk: "crm".parse().ok(),
            state: None,
            reason: "unknown-customer".parse().ok(),
            priority: "HIGH".parse().ok(),
            incident: Some("payment:1".to_owned()),
            text: Some("50% \"off\"".to_owned()),
            fields: vec![FieldMatch::new("data.a.b", "1.50").unwrap()],
        };
        let text = serde_json::to_string(&SearchDocument::of(&search)).unwrap();
        let read: SearchDocument = serde_json::from_str(&text).unwrap();
        assert_eq!(read.search().unwrap(), search);
        assert_eq!(serde_json::to_string(&SearchDocument::of(&Search::default())).unwrap(), "{}");
        let wrong = SearchDocument { desk: Some("!".to_owned()), ..SearchDocument::default() };
        assert_eq!(wrong.search(), Err(InvalidSearch("desk")));
    }
}
