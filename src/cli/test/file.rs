//! A file of rule tests: events, and what the rules are to make of each.

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toml::Spanned;

use crate::cli::{WrongCall, read_file};

/// A file of tests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TestFile {
    test: Vec<RuleTest>,
}

/// One event, and what is to become of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTest {
    /// What it shows, in words.
    pub(super) name: Spanned<String>,
    /// Who posts the event; the first source by name where nothing is said.
    pub(super) source: Option<String>,
    /// The event, or the path of a JSON file with it, seen from the test's own file.
    pub(super) event: toml::Value,
    /// Every ticket, comment or resolution that is to come of it; none at all where the list is empty.
    pub(super) expect: Vec<Expectation>,
}

/// What is expected of one desk's delivery. What is not mentioned is not looked at.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    pub(super) desk: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Texts that stand somewhere in the description.
    #[serde(skip_serializing)]
    pub(super) says: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<toml::Table>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<toml::Table>,
    #[serde(skip_serializing_if = "Option::is_none")]
    associations: Option<Vec<toml::Table>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// A part of the words with which a rule fails, so that the delivery becomes a dead letter.
    #[serde(skip_serializing)]
    pub(super) error: Option<String>,
}

impl Expectation {
    /// What is to be the same, by its name.
    pub(super) fn members(&self) -> Value {
        toml::Value::try_from(self).map_or(Value::Null, json)
    }
}

/// The tests of the file at `path`, each with its line.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<(usize, RuleTest)>> {
    let text = read_file(path)?;
    let file: TestFile = toml::from_str(&text)
        .with_context(|| WrongCall(format!("`{}` is no file of rule tests", path.display())))?;
    let line = |test: &RuleTest| text[..test.name.span().start].matches('\n').count() + 1;
    Ok(file.test.into_iter().map(|test| (line(&test), test)).collect())
}

/// The same in JSON; a date is a text.
pub(super) fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(is_true) => is_true.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(members) => {
            members.into_iter().map(|(name, value)| (name, json(value))).collect()
        }
    }
}
