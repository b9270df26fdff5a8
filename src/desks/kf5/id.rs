//! KF5's ids: numbers in its page, texts where it likes; kept as text.

use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::Value;

use crate::desks::reply;

/// How many tickets one call may name (the vendor's page: 100).
const MOST: usize = 100;

/// The id of a ticket, a user, a group or a comment. It never leaves its place in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Id(String);

/// A text that is no id of KF5's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no id: letters, digits, - and _")]
pub struct InvalidId;

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of an answer, which is a number or a text.
    pub(super) fn read(value: &Value) -> Option<Self> {
        reply::text(value)?.parse().ok()
    }

    /// The id as the page writes it: digits as a number, anything else as a text.
    pub(super) fn to_value(&self) -> Value {
        digits(&self.0).unwrap_or_else(|| self.0.as_str().into())
    }
}

impl FromStr for Id {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(of_id);
        if is_id { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The tickets that one call names: one at least, a hundred at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids(Vec<Id>);

/// So many tickets as no call can name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a call names from 1 to {MOST} tickets, not {0}")]
pub struct InvalidIds(usize);

impl TryFrom<Vec<Id>> for Ids {
    type Error = InvalidIds;

    fn try_from(ids: Vec<Id>) -> Result<Self, InvalidIds> {
        if (1..=MOST).contains(&ids.len()) { Ok(Self(ids)) } else { Err(InvalidIds(ids.len())) }
    }
}

impl fmt::Display for Ids {
    /// As the query takes them: `1,2`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, id) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(formatter, "{comma}{id}")?;
        }
        Ok(())
    }
}

/// A text of digits as a number, however many they are.
pub(super) fn digits(text: &str) -> Option<Value> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = || serde_json::from_str(text).ok();
    if is_number { number().filter(Value::is_number) } else { None }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_is_read_as_number_or_text_and_written_as_the_page_does() {
        for (value, text, written) in [
            (json!(8), "8", json!(8)),
            (json!("8"), "8", json!(8)),
            (
                serde_json::from_str("82098291194615450812345").unwrap(),
                "82098291194615450812345",
                { serde_json::from_str("82098291194615450812345").unwrap() },
            ),
            (json!("a-8"), "a-8", json!("a-8")),
            (json!("08"), "08", json!("08")),
        ] {
            let id = Id::read(&value).unwrap();
            assert_eq!((id.as_str(), id.to_value()), (text, written));
        }
    }

    #[test]
    fn what_could_leave_its_place_in_a_path_is_no_id() {
        for text in ["", ".", "..", "1/2", "1?x", "1,2", "é", &"1".repeat(65)] {
            assert_eq!(text.parse::<Id>(), Err(InvalidId), "{text}");
        }
        assert_eq!(Id::read(&json!(1.5)), None);
        assert_eq!(Id::read(&json!(null)), None);
    }

    #[test]
    fn a_call_names_from_one_to_a_hundred_tickets() {
        let ids = |count: usize| vec!["7".parse::<Id>().unwrap(); count];
        assert_eq!(Ids::try_from(ids(2)).unwrap().to_string(), "7,7");
        assert!(Ids::try_from(ids(100)).is_ok());
        assert_eq!(Ids::try_from(ids(0)), Err(InvalidIds(0)));
        assert_eq!(Ids::try_from(ids(101)), Err(InvalidIds(101)));
    }
}
