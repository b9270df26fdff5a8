//! A path into a payload: `data.card.*`, `data.items.*.note`.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use super::REDACTED;

/// What every path begins with.
const ROOT: &str = "data";

/// Where in an event's payload something is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedPath(Vec<Step>);

/// A text that is no path into a payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no path into the payload")]
pub struct InvalidPath;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// `*`: every member, every item.
    Any,
    /// The member of this name, the item of this number.
    Named(String),
}

/// What stands in the place of what was hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// A mark for those who read.
    Mark,
    /// Nothing, as if it had not been said.
    Nothing,
}

impl FromStr for RedactedPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let mut names = text.split('.');
        if names.next() != Some(ROOT) {
            return Err(InvalidPath);
        }
        let step = |name: &str| match name {
            "*" => Ok(Step::Any),
            name if name.is_empty() || name.contains('*') || name.trim() != name => {
                Err(InvalidPath)
            }
            name => Ok(Step::Named(name.to_owned())),
        };
        names.map(step).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for RedactedPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(ROOT)?;
        self.0.iter().try_for_each(|step| match step {
            Step::Any => formatter.write_str(".*"),
            Step::Named(name) => write!(formatter, ".{name}"),
        })
    }
}

impl RedactedPath {
    /// The whole payload.
    pub(super) fn everything() -> Self {
        Self(Vec::new())
    }

    /// Hides what is at this path of `data`, with all that is below it.
    pub(super) fn strike(&self, data: &mut Value, left: Left) {
        strike(data, &self.0, left);
    }

    /// After how many of these names it hides what they lead to; `None`: it does not.
    pub(super) fn reaches(&self, names: &[String]) -> Option<usize> {
        let is_on_the_way = |(step, name): (&Step, &String)| match name.parse::<usize>() {
            Ok(number) => step.is(name) || step.is_item(number),
            Err(_) => step.is(name),
        };
        let is_hit = names.len() >= self.0.len() && self.0.iter().zip(names).all(is_on_the_way);
        is_hit.then_some(self.0.len())
    }

    /// Whether data that satisfies `schema` may have something at this path. A keyword that says
    /// more than can be told here counts as a yes.
    pub fn may_match(&self, schema: &Value) -> bool {
        may_have(schema, schema, &self.0)
    }
}

impl Step {
    fn is(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Named(wanted) => wanted == name,
        }
    }

    fn is_item(&self, number: usize) -> bool {
        match self {
            Self::Any => true,
            Self::Named(wanted) => wanted.parse() == Ok(number),
        }
    }
}

fn strike(value: &mut Value, path: &[Step], left: Left) {
    let Some((step, rest)) = path.split_first() else {
        *value = match left {
            Left::Mark => Value::from(REDACTED),
            Left::Nothing => Value::Null,
        };
        return;
    };
    match value {
        Value::Object(members) if rest.is_empty() && left == Left::Nothing => {
            members.retain(|name, _| !step.is(name));
        }
        Value::Object(members) => {
            let hit = members.iter_mut().filter(|(name, _)| step.is(name));
            hit.for_each(|(_, member)| strike(member, rest, left));
        }
        Value::Array(items) => {
            let hit = items.iter_mut().enumerate().filter(|(number, _)| step.is_item(*number));
            hit.for_each(|(_, item)| strike(item, rest, left));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn may_have(root: &Value, schema: &Value, path: &[Step]) -> bool {
    let Some((step, rest)) = path.split_first() else { return *schema != Value::Bool(false) };
    let Value::Object(keywords) = schema else { return *schema != Value::Bool(false) };
    if let Some(target) = keywords.get("$ref").and_then(Value::as_str) {
        // Each reference is followed once for a step, so that one to itself comes to an end.
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return match target {
            Some(target) if target.get("$ref").is_none() => may_have(root, target, path),
            _ => true,
        };
    }
    let is_of = |kind: &str| match keywords.get("type") {
        Some(Value::String(only)) => only == kind,
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        _ => true,
    };
    (is_of("object") && may_be_member(root, keywords, step, rest))
        || (is_of("array") && may_be_item(root, keywords, step, rest))
}

fn may_be_member(root: &Value, keywords: &Map<String, Value>, step: &Step, rest: &[Step]) -> bool {
    let told = keywords.get("properties").and_then(Value::as_object);
    if let (Some(told), Step::Named(name)) = (told, step)
        && let Some(member) = told.get(name)
    {
        return may_have(root, member, rest);
    }
    let is_any_told = || told.into_iter().flatten().any(|(_, member)| may_have(root, member, rest));
    (*step == Step::Any && is_any_told())
        || keywords.contains_key("patternProperties")
        || keywords.get("additionalProperties").is_none_or(|other| may_have(root, other, rest))
}

fn may_be_item(root: &Value, keywords: &Map<String, Value>, step: &Step, rest: &[Step]) -> bool {
    let is_item = match step {
        Step::Any => true,
        Step::Named(name) => name.parse::<usize>().is_ok(),
    };
    is_item && keywords.get("items").is_none_or(|items| may_have(root, items, rest))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_begins_at_the_payload() {
        for good in ["data", "data.*", "data.card.*", "data.items.*.note", "data.0", "data.a b"] {
            assert_eq!(good.parse::<RedactedPath>().unwrap().to_string(), good);
        }
        for bad in ["", "card", "event.subject", "data.", "data..x", "data.c*", "data. x", "datax"]
        {
            assert_eq!(bad.parse::<RedactedPath>(), Err(InvalidPath), "{bad}");
        }
    }

    #[test]
    fn a_path_that_no_data_of_the_schema_can_have_is_known() {
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "orderId": { "type": "string" },
                "customer": { "$ref": "#/$defs/customer" },
                "items": { "type": "array", "items": { "type": "object" } },
                "free": {},
                "loop": { "$ref": "#/$defs/loop" },
            },
            "$defs": {
                "customer": { "type": ["object", "null"], "additionalProperties": { "type": "string" } },
                "loop": { "$ref": "#/$defs/loop" },
            },
        });
        let may = |path: &str| path.parse::<RedactedPath>().unwrap().may_match(&schema);
        for path in [
            "data",
            "data.*",
            "data.orderId",
            "data.customer.x",
            "data.customer.*",
            "data.items.*.note",
            "data.items.0",
            "data.free.x.y",
            "data.loop.x",
        ] {
            assert!(may(path), "{path}");
        }
        for path in
            ["data.card", "data.card.*", "data.orderId.x", "data.customer.x.y", "data.items.note"]
        {
            assert!(!may(path), "{path}");
        }
    }
}
