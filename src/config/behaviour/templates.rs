//! Expressions and templates of the file: where one does not compile, and values that may be one.

use std::fmt::Display;

use serde_json::Value;
use toml::{Spanned, de::DeValue};

use crate::{
    config::document::{Document, Said},
    rules::{BadTemplate, Templates, Typed},
};

/// What `text` was compiled to; a fault where it does not compile.
pub(super) fn compiled<T>(
    document: &mut Document<'_>,
    compiled: Result<T, BadTemplate>,
    text: &Said<String>,
    key: impl Display,
) -> Option<T> {
    match compiled {
        Ok(compiled) => Some(compiled),
        Err(bad) => {
            // The engine quotes the code, and thereby what it has from the environment.
            let why = match document.quotable(text) {
                Some(_) => bad.what.as_str(),
                None => "something is wrong with what the environment puts there",
            };
            let what = format!("`{key}` does not compile: {why}");
            document.fault_in_text(&text.at, bad.line, what, bad.cure);
            None
        }
    }
}

/// A value that is the same for every event, or a template for one.
pub(super) fn typed(
    document: &mut Document<'_>,
    templates: &mut Templates,
    value: &Spanned<DeValue<'_>>,
    name: &str,
) -> Option<Typed> {
    let number = |text: &str| serde_json::from_str(text).ok().map(Value::Number);
    let constant = match value.get_ref() {
        DeValue::Boolean(bool) => Some(Value::from(*bool)),
        DeValue::Integer(digits) if digits.radix() == 10 => number(digits.as_str()),
        DeValue::Float(digits) => number(digits.as_str()),
        _ => None,
    };
    if let Some(constant) = constant {
        return Some(Typed::constant(constant));
    }
    let text = document.text_of(value, name)?;
    let typed = templates.typed(&text.value);
    compiled(document, typed, &text, name)
}
