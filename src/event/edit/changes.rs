//! What is different between two payloads, as everybody may read them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::{DataPath, Edit, Stroke};
use crate::event::Redaction;

/// One value that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// Where, as a JSON pointer into the event: `/data/orderId`.
    #[schema(example = "/data/customer/email")]
    pub pointer: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// What was there; not for what was added.
    #[schema(value_type = Value, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there now; not for what was removed.
    #[schema(value_type = Value, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It is another.
    Changed,
}

/// What is different in `after`, with the marks of `hidden` on both sides. What was `touched` and is
/// hidden counts as changed, whether it is another value or not: otherwise, guesses would find it.
pub fn changes(
    (before, after): (&Value, &Value),
    hidden: &Redaction,
    touched: &[DataPath],
) -> Vec<Change> {
    let (before, after) = (hidden.marked(before), hidden.marked(after));
    let mut changes = Vec::new();
    compare(&DataPath::root(), Some(&before), Some(&after), &mut changes);
    let told: BTreeSet<String> = changes.iter().map(|change| change.pointer.clone()).collect();
    let unseen: BTreeSet<DataPath> =
        touched.iter().filter_map(|path| Some(path.cut(hidden.reaches(path)?))).collect();
    for path in unseen.into_iter().filter(|path| !told.contains(&path.to_string())) {
        let [before, after] = [&before, &after].map(|data| seek(data, &path).cloned());
        if before.is_some() || after.is_some() {
            changes.push(Change::of(&path, before, after));
        }
    }
    changes
}

/// The edit that makes `wanted` of what somebody was shown.
pub fn differences(shown: &Value, wanted: &Value) -> Edit {
    let mut strokes = Vec::new();
    differ(&DataPath::root(), shown, wanted, &mut strokes);
    strokes.into_iter().collect()
}

impl Change {
    fn of(path: &DataPath, before: Option<Value>, after: Option<Value>) -> Self {
        let kind = match (&before, &after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Self { pointer: path.to_string(), kind, before, after }
    }
}

fn seek<'v>(data: &'v Value, path: &DataPath) -> Option<&'v Value> {
    path.steps().iter().try_fold(data, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

fn compare(
    path: &DataPath,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Change>,
) {
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for (name, value) in old {
                compare(&path.member(name), Some(value), new.get(name), found);
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                compare(&path.member(name), None, Some(value), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for at in 0..old.len().max(new.len()) {
                compare(&path.member(&at.to_string()), old.get(at), new.get(at), found);
            }
        }
        (before, after) if before == after => {}
        (before, after) => found.push(Change::of(path, before.cloned(), after.cloned())),
    }
}

fn differ(path: &DataPath, shown: &Value, wanted: &Value, strokes: &mut Vec<Stroke>) {
    match (shown, wanted) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let path = path.member(name);
                match new.get(name) {
                    Some(wanted) => differ(&path, value, wanted, strokes),
                    None => strokes.push(Stroke::Unset(path)),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                strokes.push(Stroke::Set(path.member(name), value.clone()));
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (value, wanted)) in old.iter().zip(new).enumerate() {
                differ(&path.member(&at.to_string()), value, wanted, strokes);
            }
        }
        (shown, wanted) if shown == wanted => {}
        (_, wanted) => strokes.push(Stroke::Set(path.clone(), wanted.clone())),
    }
}
