//! What can be said of a template without an event.

use serde_json::Value as Json;

use super::{Compiled, Kind, Text, Typed};

impl Typed {
    /// The same value for every event.
    pub fn constant(value: Json) -> Self {
        Self(Kind::Constant(value))
    }

    /// The value, where it is the same for every event.
    pub fn known(&self) -> Option<Json> {
        match &self.0 {
            Kind::Constant(value) => Some(value.clone()),
            Kind::Text(Compiled::Literal(text)) => Some(Json::from(text.as_str())),
            Kind::Text(Compiled::Named(..)) | Kind::Lone(_) => None,
        }
    }
}

impl Text {
    /// The text, where it is the same for every event.
    pub fn literal(&self) -> Option<&str> {
        match &self.0 {
            Compiled::Literal(text) => Some(text),
            Compiled::Named(..) => None,
        }
    }

    /// The texts in quotes that the template's code holds: it may give one of them, or another.
    pub fn quoted(&self) -> &[String] {
        match &self.0 {
            Compiled::Literal(_) => &[],
            Compiled::Named(_, quoted) => quoted,
        }
    }
}
