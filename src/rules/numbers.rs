//! Numbers that keep the digits the sender wrote.
//!
//! Whole numbers up to 128 bits are the engine's own. Decimals are doubles to the engine, and what
//! was written is remembered when they are looked up. What fits neither is a [`Huge`].

use std::{
    cmp::Ordering,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use minijinja::{
    Value,
    value::{DynObject, Object, ObjectRepr},
};
use serde_json::Number;

/// A number from an event.
#[derive(Clone)]
pub(super) enum Digits {
    /// Prints as it was written by itself.
    Whole(Value),
    /// A double, and how it was written.
    Decimal(f64, Arc<str>),
}

impl Digits {
    /// Reads what `number` is to the engine.
    pub(super) fn of(number: &Number) -> Self {
        let text = number.as_str();
        if let Some(whole) = whole(text) {
            return Self::Whole(whole);
        }
        let is_whole = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
        match text.parse::<f64>() {
            Ok(double)
                if double.is_finite() && !vanished(double, text) && !(is_whole && text != "-0") =>
            {
                Self::Decimal(double, text.into())
            }
            _ => Self::Whole(Value::from_object(Huge(text.into()))),
        }
    }

    /// The number for the engine; a decimal's digits are noted down for when it is written.
    pub(super) fn value(&self, written: &Written) -> Value {
        match self {
            Self::Whole(value) => value.clone(),
            Self::Decimal(double, text) => {
                written.note(*double, text);
                Value::from(*double)
            }
        }
    }
}

fn whole(text: &str) -> Option<Value> {
    let value = text
        .parse::<i64>()
        .map(Value::from)
        .or_else(|_| text.parse::<i128>().map(Value::from))
        .or_else(|_| text.parse::<u128>().map(Value::from))
        .ok()?;
    (text != "-0").then_some(value)
}

/// Whether a number that is not nought became nought.
fn vanished(double: f64, text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    double == 0.0 && mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

/// How decimals were written, by their doubles: the one looked up last, where two are one double.
#[derive(Default)]
pub(super) struct Written(Mutex<HashMap<u64, Arc<str>>>);

impl Written {
    fn note(&self, double: f64, text: &Arc<str>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.insert(double.to_bits(), Arc::clone(text));
    }

    /// How `double` was written in the event, if it comes from there.
    pub(super) fn digits(&self, double: f64) -> Option<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&double.to_bits()).cloned()
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Written")
    }
}

impl Object for Written {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

/// A number that is no double and has more than 128 bits. It prints and compares; it does not add.
pub(super) struct Huge(Arc<str>);

impl Huge {
    /// The digits as written.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }

    /// The nearest double, which may be infinite.
    pub(super) fn approximate(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl fmt::Debug for Huge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Huge")
    }
}

impl Object for Huge {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        Some(self.approximate().total_cmp(&other.approximate()).then_with(|| self.0.cmp(&other.0)))
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
