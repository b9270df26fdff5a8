//! HubSpot's error envelope ("Error handling"): every member is optional when it is read.

use serde_json::Value;

use crate::desks::{
    Answer,
    reply::{Reply, text},
};

/// Before the list of what is wrong with which property, which is JSON within the message.
const INVALID_PROPERTIES: &str = "Property values were not valid: ";

/// The parts of an error that tell what is wrong.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    message: String,
    /// What is wrong with single properties, from within the message.
    properties: Vec<Value>,
    /// What else is listed.
    errors: Vec<Value>,
    category: Option<String>,
    sub_category: Option<String>,
    /// The limit that was hit: `DAILY`.
    pub(super) policy: Option<String>,
    correlation_id: Option<String>,
}

impl Envelope {
    pub(super) fn of(reply: &Reply) -> Self {
        let message = reply.text("message").unwrap_or_default();
        let properties = message
            .find(INVALID_PROPERTIES)
            .and_then(|at| serde_json::from_str(&message[at + INVALID_PROPERTIES.len()..]).ok())
            .unwrap_or_default();
        let errors = reply.json().and_then(|json| json.get("errors")).and_then(Value::as_array);
        Self {
            message,
            properties,
            errors: errors.cloned().unwrap_or_default(),
            category: reply.text("category"),
            sub_category: reply.text("subCategory"),
            policy: reply.text("policyName"),
            correlation_id: reply.text("correlationId"),
        }
    }

    /// The answer in HubSpot's words, without the wrapping that says nothing to a person.
    pub(super) fn answer(&self, reply: &Reply) -> Answer {
        let code = self.codes().next();
        reply.answer(code.as_deref(), Some(&self.words()), self.correlation_id.as_deref())
    }

    /// All texts that may say what is wrong, the outermost first.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        let inner = self.members(&["message"]);
        std::iter::once(self.message.clone()).chain(inner)
    }

    /// All codes, the most particular first.
    pub(super) fn codes(&self) -> impl Iterator<Item = String> {
        self.members(&["error", "code", "subCategory"]).into_iter().chain(
            [&self.sub_category, &self.policy, &self.category].into_iter().flatten().cloned(),
        )
    }

    fn words(&self) -> String {
        let mut words = if self.properties.is_empty() {
            vec![self.message.clone()]
        } else {
            self.properties.iter().filter_map(|error| text(error.get("message")?)).collect()
        };
        for message in self.errors.iter().filter_map(|error| text(error.get("message")?)) {
            if !words.iter().any(|said| said.contains(&message)) {
                words.push(message);
            }
        }
        let scopes: Vec<_> = self.errors.iter().flat_map(required_scopes).collect();
        if !scopes.is_empty() {
            words.push(format!("required scopes: {}", scopes.join(", ")));
        }
        words.join("; ")
    }

    fn members(&self, names: &[&str]) -> Vec<String> {
        let errors = || self.properties.iter().chain(&self.errors);
        names
            .iter()
            .flat_map(|name| errors().filter_map(move |error| text(error.get(name)?)))
            .collect()
    }
}

/// What a key lacks (category `MISSING_SCOPES`): without it nobody can mend the key.
fn required_scopes(error: &Value) -> Vec<String> {
    let scopes = error.pointer("/context/requiredGranularScopes").and_then(Value::as_array);
    scopes.into_iter().flatten().filter_map(text).collect()
}
