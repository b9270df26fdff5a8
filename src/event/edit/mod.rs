//! What an operator changes about a payload, and what of it may be shown.
//!
//! Promises: what is not named stays as it is, seen or not; the mark of what is redacted is never
//! taken for a value; and whether a guess meets what is redacted is not told.

mod changes;
mod path;
#[cfg(test)]
mod tests;

pub use changes::{Change, changes, differences};
pub use path::{DataPath, InvalidDataPath};

use serde_json::{Map, Value};

use super::{REDACTED, Violation};

/// Changes to a payload, in the order in which they are made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit(Vec<Stroke>);

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Stroke {
    /// A JSON merge patch (RFC 7396).
    Merge(Map<String, Value>),
    /// Writes a value, with the objects around it where there are none. `-` is the end of a list.
    Set(DataPath, Value),
    /// Takes a member or an item away.
    Unset(DataPath),
}

impl FromIterator<Stroke> for Edit {
    fn from_iter<I: IntoIterator<Item = Stroke>>(strokes: I) -> Self {
        Self(strokes.into_iter().collect())
    }
}

impl Edit {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The payload as it is then; or where it cannot be changed so, and why.
    pub fn apply(&self, data: &Value) -> Result<Value, Violation> {
        let mut data = data.clone();
        for stroke in &self.0 {
            match stroke {
                Stroke::Merge(patch) => {
                    refuse_mark(&DataPath::root(), patch.values())?;
                    merge(&mut data, patch);
                }
                Stroke::Set(path, value) => {
                    refuse_mark(path, [value])?;
                    *place(&mut data, path)? = value.clone();
                }
                Stroke::Unset(path) => take_away(&mut data, path)?,
            }
        }
        Ok(data)
    }

    /// The places that are written, down to single values: by whom they were read is not told.
    pub fn touched(&self) -> Vec<DataPath> {
        let mut touched = Vec::new();
        for stroke in &self.0 {
            match stroke {
                Stroke::Merge(patch) => {
                    for (name, value) in patch {
                        leaves(&DataPath::root().member(name), value, &mut touched);
                    }
                }
                Stroke::Set(path, value) => leaves(path, value, &mut touched),
                Stroke::Unset(path) => touched.push(path.clone()),
            }
        }
        touched
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.shift_remove(name)),
            Value::Object(inner) => {
                merge(members.entry(name.clone()).or_insert(Value::Null), inner);
            }
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
}

/// Where a value is to be written.
fn place<'d>(data: &'d mut Value, path: &DataPath) -> Result<&'d mut Value, Violation> {
    let mut at = DataPath::root();
    let mut value = data;
    for step in path.steps() {
        let holder = at;
        at = holder.member(step);
        // Nothing, and no member of it, is told from each other by few senders.
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        value = match value {
            Value::Object(members) => members.entry(step.clone()).or_insert(Value::Null),
            Value::Array(items) => if step == "-" {
                items.push(Value::Null);
                items.last_mut()
            } else {
                step.parse::<usize>().ok().and_then(|number| items.get_mut(number))
            }
            .ok_or_else(|| at.violation("the list has no such item"))?,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null => {
                return Err(holder.violation("has no members: set it as a whole"));
            }
        };
    }
    Ok(value)
}

fn take_away(data: &mut Value, path: &DataPath) -> Result<(), Violation> {
    let absent = || path.violation("is not there");
    let Some((last, parents)) = path.steps().split_last() else { return Err(absent()) };
    let mut value = data;
    for step in parents {
        value = match value {
            Value::Object(members) => members.get_mut(step),
            Value::Array(items) => {
                step.parse::<usize>().ok().and_then(|number| items.get_mut(number))
            }
            _ => None,
        }
        .ok_or_else(absent)?;
    }
    match value {
        Value::Object(members) => members.shift_remove(last).map(drop).ok_or_else(absent),
        Value::Array(items) => match last.parse::<usize>() {
            Ok(number) if number < items.len() => {
                items.remove(number);
                Ok(())
            }
            _ => Err(absent()),
        },
        _ => Err(absent()),
    }
}

/// A view is not an event: who gives a piece of one back would write the mark.
fn refuse_mark<'v>(
    at: &DataPath,
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<(), Violation> {
    fn has_mark(value: &Value) -> bool {
        match value {
            Value::String(text) => text == REDACTED,
            Value::Array(items) => items.iter().any(has_mark),
            Value::Object(members) => members.values().any(has_mark),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    if values.into_iter().any(has_mark) {
        let words =
            "would become the mark of what is redacted: leave it out, and it stays as it is";
        return Err(at.violation(words));
    }
    Ok(())
}

fn leaves(path: &DataPath, value: &Value, found: &mut Vec<DataPath>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, member)| leaves(&path.member(name), member, found));
        }
        Value::Array(items) if !items.is_empty() => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(at, item)| leaves(&path.member(&at.to_string()), item, found));
        }
        _ => found.push(path.clone()),
    }
}
