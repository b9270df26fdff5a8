//! The maps of a source: expressions that make events of whatever it posts.

use std::fmt;

use serde_json::{Map, Value};

use super::{FormatError, draft::About, event, message::Message};
use crate::{
    event::{Event, Limits, SourceName, is_rfc3339, read_json},
    rules::{Condition, Scope, Templates, Text, Typed, Unrenderable},
};

/// Headers that are secrets: no expression sees them.
const HIDDEN: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// All maps of a source, in the order in which they are asked.
#[derive(Default)]
pub struct Maps {
    templates: Templates,
    maps: Vec<EventMap>,
}

/// One map, its templates compiled by the [`Templates`] of the same source.
pub struct EventMap {
    /// What must be true of the message.
    pub when: Option<Condition>,
    /// The event's type.
    pub event_type: Text,
    /// The event's id; the vendor's where there is none.
    pub id: Option<Text>,
    /// The event's subject.
    pub subject: Option<Text>,
    /// When it happened, RFC 3339; as the vendor says where there is none.
    pub time: Option<Text>,
    /// The event's data.
    pub data: DataMap,
}

/// How data, or a part of it, is made.
pub enum DataMap {
    /// Of one expression or text. What a message does not say is left out.
    Value(Typed),
    /// Of members.
    Members(Vec<(String, DataMap)>),
    /// Of items.
    Items(Vec<DataMap>),
}

impl Maps {
    /// The maps that `templates` has compiled.
    pub fn new(templates: Templates, maps: Vec<EventMap>) -> Self {
        Self { templates, maps }
    }

    /// The event that the first map whose `when` is true makes of the message; `None` where none is.
    pub(super) fn event(
        &self,
        source: &SourceName,
        message: &Message<'_>,
        about: &About,
    ) -> Result<Option<Event>, FormatError> {
        if self.maps.is_empty() {
            return Ok(None);
        }
        let headers = message.headers.iter().filter_map(|(name, value)| {
            let is_hidden = HIDDEN.iter().any(|hidden| name.eq_ignore_ascii_case(hidden));
            std::str::from_utf8(value).ok().filter(|_| !is_hidden).map(|value| (*name, value))
        });
        let scope = Scope::of_body(message.body, headers, source);
        for (index, map) in self.maps.iter().enumerate() {
            let rendering = Rendering { templates: &self.templates, scope: &scope, index };
            if rendering.holds(map)? {
                return rendering.event(map, source, about).map(Some);
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for Maps {
    /// Their number alone: a template may hold what the environment said.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Maps({})", self.maps.len())
    }
}

/// One map at work on one message.
struct Rendering<'r> {
    templates: &'r Templates,
    scope: &'r Scope,
    index: usize,
}

impl Rendering<'_> {
    fn holds(&self, map: &EventMap) -> Result<bool, FormatError> {
        match &map.when {
            None => Ok(true),
            Some(when) => {
                let held = self.templates.holds(when, self.scope);
                held.map_err(|cause| self.error("when", &cause))
            }
        }
    }

    fn event(
        &self,
        map: &EventMap,
        source: &SourceName,
        about: &About,
    ) -> Result<Event, FormatError> {
        let mut about = about.clone();
        if map.id.is_some() {
            about.id = self.text("id", map.id.as_ref())?;
        }
        if let Some(time) = self.text("time", map.time.as_ref())? {
            if !is_rfc3339(&time) {
                let words = "gives no RFC 3339 time with an offset";
                return Err(self.error("time", &words));
            }
            about.time = Some(time);
        }
        let event_type = self.text("type", Some(&map.event_type))?.unwrap_or_default();
        let data = self.value("data", &map.data)?.unwrap_or(Value::Null);
        // What is put together of several parts of a message may be larger than any message is.
        if read_json(data.to_string().as_bytes(), Limits::POSTED).is_err() {
            return Err(self.error("data", &"gives more than an event may hold"));
        }
        let mut event = event(source, event_type, about, data)?;
        event.attributes.subject = self.text("subject", map.subject.as_ref())?;
        Ok(event)
    }

    fn text(&self, field: &str, text: Option<&Text>) -> Result<Option<String>, FormatError> {
        let Some(text) = text else { return Ok(None) };
        let rendered = self.templates.render(text, self.scope);
        let rendered = rendered.map_err(|cause| self.error(field, &cause))?;
        let trimmed = rendered.trim();
        Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
    }

    fn value(&self, field: &str, data: &DataMap) -> Result<Option<Value>, FormatError> {
        match data {
            DataMap::Value(typed) => {
                let value: Result<_, Unrenderable> = self.templates.evaluate(typed, self.scope);
                value.map_err(|cause| self.error(field, &cause))
            }
            DataMap::Members(members) => {
                let mut object = Map::new();
                for (name, member) in members {
                    if let Some(value) = self.value(&format!("{field}.{name}"), member)? {
                        object.insert(name.clone(), value);
                    }
                }
                Ok(Some(Value::Object(object)))
            }
            DataMap::Items(items) => {
                let items = items.iter().map(|item| self.value(field, item));
                let items: Result<Vec<_>, _> = items.filter_map(Result::transpose).collect();
                items.map(|items| Some(Value::Array(items)))
            }
        }
    }

    fn error(&self, field: &str, cause: &dyn std::fmt::Display) -> FormatError {
        let (field, words) = (field.to_owned(), cause.to_string());
        FormatError::Map { number: self.index + 1, field, words }
    }
}
