//! A member of the payload that is searched for: `data.orderId=12345`.

use serde_json::Value;

/// A member of the payload with its value. Through a list, it holds where it holds of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMatch {
    path: Vec<String>,
    value: String,
}

/// A text that names no member of a payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no member of the payload: `data.` and names with dots between them")]
pub struct InvalidField;

impl FieldMatch {
    /// What is at `name`, as in `data.customer.email`, reads `value`: a text as it is, a number with
    /// its digits as they were sent, `true`, `false` or `null`.
    pub fn new(name: &str, value: &str) -> Result<Self, InvalidField> {
        let path = name.strip_prefix("data.").ok_or(InvalidField)?;
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) {
            return Err(InvalidField);
        }
        Ok(Self { path, value: value.to_owned() })
    }

    /// The member's name, as [`FieldMatch::new`] was given it.
    pub fn name(&self) -> String {
        format!("data.{}", self.path.join("."))
    }

    /// What it reads.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it holds of a payload.
    pub fn holds(&self, data: &Value) -> bool {
        self.holds_at(data, &self.path)
    }

    /// Whether an event whose text lacks this cannot have it, so that it need not be read.
    pub fn hint(&self) -> Option<&str> {
        // What stands in JSON as it is: RFC 8259, section 7.
        let is_plain = !self.value.contains(|it: char| it < ' ' || matches!(it, '"' | '\\'));
        (is_plain && !self.value.is_empty()).then_some(&self.value)
    }

    fn holds_at(&self, value: &Value, path: &[String]) -> bool {
        let Some((name, rest)) = path.split_first() else {
            return match value {
                Value::Null => self.value == "null",
                Value::Bool(is) => self.value == if *is { "true" } else { "false" },
                Value::Number(number) => self.value == number.to_string(),
                Value::String(text) => self.value == *text,
                Value::Array(items) => items.iter().any(|item| self.holds_at(item, path)),
                Value::Object(_) => false,
            };
        };
        match value {
            Value::Object(members) => {
                members.get(name).is_some_and(|member| self.holds_at(member, rest))
            }
            Value::Array(items) => match name.parse::<usize>() {
                Ok(place) => items.get(place).is_some_and(|item| self.holds_at(item, rest)),
                Err(_) => items.iter().any(|item| self.holds_at(item, path)),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_with_its_digits_as_they_were_sent() {
        let data: Value = serde_json::from_str(
            r#"{"orderId": 9007199254740993, "amount": 12.50, "text": "12.50", "is": true,
                "none": null, "customer": {"email": "a@b.c"},
                "items": [{"sku": "X"}, {"sku": "Y"}], "tags": ["a", "b"]}"#,
        )
        .unwrap();
        for (name, value, holds) in [
            ("data.orderId", "9007199254740993", true),
            ("data.orderId", "9007199254740992", false),
            ("data.amount", "12.50", true),
            ("data.amount", "12.5", false),
            ("data.text", "12.50", true),
            ("data.is", "true", true),
            ("data.none", "null", true),
            ("data.customer.email", "a@b.c", true),
            ("data.customer", "a@b.c", false),
            ("data.items.sku", "Y", true),
            ("data.items.0.sku", "Y", false),
            ("data.tags", "b", true),
            ("data.tags.1", "b", true),
            ("data.absent", "", false),
        ] {
            let wanted = FieldMatch::new(name, value).unwrap();
            assert_eq!(wanted.holds(&data), holds, "{name}={value}");
        }
    }

    #[test]
    fn a_member_is_named_from_the_payload_on() {
        for wrong in ["", "data", "data.", "orderId", "data..x", "event.id"] {
            assert_eq!(FieldMatch::new(wrong, "1"), Err(InvalidField), "{wrong}");
        }
    }
}
