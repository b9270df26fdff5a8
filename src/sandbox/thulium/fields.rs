//! Reads the members of a JSON body, and collects everything that is wrong with them.

use actix_web::web::Bytes;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A body being read.
#[derive(Debug)]
pub(super) struct Fields {
    body: Map<String, Value>,
    faults: Vec<String>,
}

impl Fields {
    /// The members of `body`, which has to be a JSON object.
    pub(super) fn of(body: &Bytes) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(body)) => Ok(Self { body, faults: Vec::new() }),
            _ => Err(Refusal::invalid("The body is not a JSON object.")),
        }
    }

    /// The members of a value that is read already.
    pub(super) fn of_value(body: &Value) -> Result<Self, Refusal> {
        let body = body.as_object().cloned();
        let body = body.ok_or_else(|| Refusal::invalid("The body is not a JSON object."))?;
        Ok(Self { body, faults: Vec::new() })
    }

    /// Notes that something is wrong.
    pub(super) fn fault(&mut self, message: String) {
        self.faults.push(message);
    }

    /// Whether a member is there and not `null`.
    fn value(&self, name: &str) -> Option<&Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    /// A text, or an id as text or number; `None` where it is missing or empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.value(name)?.clone() {
            Value::String(text) => (!text.is_empty()).then_some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.fault(format!("Parameter [{name}] is invalid."));
                None
            }
        }
    }

    /// A text that has to be there.
    pub(super) fn required(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.as_deref().is_none_or(|text| text.trim().is_empty()) {
            self.fault(format!("Parameter [{name}] is required."));
        }
        text.unwrap_or_default()
    }

    /// A text that is one of `choices`, or missing.
    pub(super) fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let text = self.text(name)?;
        if !choices.contains(&text.as_str()) {
            self.fault(format!("Parameter [{name}] is not one of {}.", choices.join("|")));
        }
        Some(text)
    }

    /// A text that is the id of something that is there, or missing.
    pub(super) fn known(&mut self, name: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
        let id = self.text(name)?;
        if !is_known(&id) {
            self.fault(format!("Parameter [{name}]: there is no [{id}]."));
        }
        Some(id)
    }

    /// A list of texts, or missing.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let value = self.value(name)?.clone();
        let texts = value.as_array().and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        if texts.is_none() {
            self.fault(format!("Parameter [{name}] is not a list."));
        }
        texts
    }

    /// An object, or missing.
    pub(super) fn object(&mut self, name: &str) -> Map<String, Value> {
        match self.value(name).cloned() {
            None => Map::new(),
            Some(Value::Object(members)) => members,
            Some(_) => {
                self.fault(format!("Parameter [{name}] is not an object."));
                Map::new()
            }
        }
    }

    /// Refuses the body if anything was wrong.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.faults)) }
    }
}
