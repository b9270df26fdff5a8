//! Kinds of values that several tables have.

use serde_json::{Map, Value, json};

/// A text that has a part from the environment is not known here.
const VARIABLE: &str = r"\$\{";

/// As `config` reads durations: never nothing.
const DURATION: &str = r"^(?=.*[1-9])\s*([0-9]+\s*(ms|s|m|h|d)\s*)+$|\$\{";

/// Any text.
pub(super) fn text(words: &str) -> Value {
    json!({ "type": "string", "description": words })
}

/// A text that says something.
pub(super) fn said(words: &str) -> Value {
    json!({ "type": "string", "pattern": r"\S", "description": words })
}

/// A text of this form, unless the environment has a part in it.
pub(super) fn formed(words: &str, pattern: &str) -> Value {
    json!({ "type": "string", "pattern": format!("{pattern}|{VARIABLE}"), "description": words })
}

/// One of these words, unless the environment has a part in it.
pub(super) fn choice(words: &str, choices: &[&str]) -> Value {
    json!({
        "type": "string",
        "description": words,
        "anyOf": [{ "enum": choices }, { "pattern": VARIABLE }],
    })
}

/// A list of texts, or one text.
pub(super) fn texts(words: &str, mut each: Value) -> Value {
    if let Some(each) = each.as_object_mut() {
        each.remove("description");
    }
    json!({
        "description": words,
        "type": ["string", "array"],
        "anyOf": [each, { "type": "array", "items": each }],
    })
}

/// `10s`, `1h30m`.
pub(super) fn duration(words: &str) -> Value {
    json!({ "type": "string", "pattern": DURATION, "description": words })
}

/// A duration, or one of these words.
pub(super) fn duration_or(words: &str, choices: &[&str]) -> Value {
    json!({
        "type": "string",
        "description": words,
        "anyOf": [{ "enum": choices }, { "pattern": DURATION }],
    })
}

/// `500B`, `256KiB`, `1MiB`.
pub(super) fn size(words: &str) -> Value {
    formed(words, r"^\s*[0-9]*[1-9][0-9]*\s*(B|KiB|MiB)\s*$")
}

/// A whole number from 1.
pub(super) fn count(words: &str) -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX, "description": words })
}

/// `true` or `false`.
pub(super) fn flag(words: &str) -> Value {
    json!({ "type": "boolean", "description": words })
}

/// A template whose lone expression keeps its type, or a constant.
pub(super) fn typed(words: &str) -> Value {
    json!({ "type": ["string", "number", "boolean"], "description": words })
}

/// The same, with what is taken where nothing is said.
pub(super) fn or(mut schema: Value, default: impl Into<Value>) -> Value {
    let default = default.into();
    let words = schema["description"].as_str().unwrap_or_default();
    let told = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
    schema["description"] = format!("{words} Default: `{told}`.").into();
    schema["default"] = default;
    schema
}

/// A list.
pub(super) fn list(words: &str, each: &Value) -> Value {
    json!({ "type": "array", "description": words, "items": each })
}

/// A table of such values under any names.
pub(super) fn map(words: &str, each: Value) -> Value {
    let mut map = json!({ "type": "object", "description": words });
    map["additionalProperties"] = each;
    map
}

/// A table that knows these keys and no others.
pub(super) fn table(
    words: &str,
    keys: impl IntoIterator<Item = (&'static str, Value)>,
    required: &[&str],
) -> Value {
    let keys: Map<String, Value> =
        keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    json!({
        "type": "object",
        "description": words,
        "required": required,
        "properties": keys,
        "additionalProperties": false,
    })
}

/// What a table may hold where one of its keys is a certain word.
pub(super) struct Variety {
    /// The word.
    pub(super) word: &'static str,
    /// Which of the table's keys, beside those of all varieties.
    pub(super) keys: Vec<&'static str>,
    /// Which of them must be there.
    pub(super) required: &'static [&'static str],
    /// What else holds then.
    pub(super) besides: Value,
}

/// Adds to `table` what its keys may be, by the word of `key`; `common` are those of all varieties.
pub(super) fn varied(mut table: Value, key: &str, common: &[&str], varieties: &[Variety]) -> Value {
    let mut otherwise = Value::Bool(true);
    for Variety { word, keys, required, besides } in varieties.iter().rev() {
        let known: Vec<&str> = common.iter().chain(keys).copied().collect();
        let mut then = json!({ "propertyNames": { "enum": known }, "required": required });
        if let (Value::Object(then), Value::Object(besides)) = (&mut then, besides.clone()) {
            then.extend(besides);
        }
        otherwise = json!({
            "if": { "required": [key], "properties": { key: { "const": word } } },
            "then": then,
            "else": otherwise,
        });
    }
    if let (Value::Object(table), Value::Object(chain)) = (&mut table, otherwise) {
        table.extend(chain);
    }
    table
}
