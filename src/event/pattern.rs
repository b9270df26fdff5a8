//! Patterns over event types: `payment.failed`, `payment.*`, `*`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{EventType, InvalidName};

/// One event type, or all that begin alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TypePattern {
    /// This type.
    One(EventType),
    /// Every type that begins so: `payment.` for `payment.*`, nothing for `*`.
    All(String),
}

impl TypePattern {
    /// Whether the type is one of them.
    pub fn matches(&self, event_type: &EventType) -> bool {
        match self {
            Self::One(one) => one == event_type,
            Self::All(beginning) => event_type.as_str().starts_with(beginning),
        }
    }
}

impl FromStr for TypePattern {
    type Err = InvalidName;

    /// A `*` stands for whatever follows, and only at the end: alone, or behind a dot.
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text.strip_suffix('*') {
            Some("") => Ok(Self::All(String::new())),
            Some(beginning) if beginning.ends_with('.') => {
                beginning.trim_end_matches('.').parse::<EventType>()?;
                Ok(Self::All(beginning.to_owned()))
            }
            Some(_) | None => text.parse().map(Self::One),
        }
    }
}

impl TryFrom<String> for TypePattern {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<TypePattern> for String {
    fn from(pattern: TypePattern) -> Self {
        pattern.to_string()
    }
}

impl fmt::Display for TypePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(one) => one.fmt(formatter),
            Self::All(beginning) => write!(formatter, "{beginning}*"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_whatever_follows() {
        let failed: EventType = "payment.failed".parse().unwrap();
        for (pattern, expected) in [
            ("payment.failed", true),
            ("payment.*", true),
            ("*", true),
            ("payment.recovered", false),
            ("order.*", false),
            ("payment.failed.*", false),
        ] {
            let parsed: TypePattern = pattern.parse().unwrap();
            assert_eq!(parsed.matches(&failed), expected, "{pattern}");
            assert_eq!(parsed.to_string(), pattern);
        }
        for bad in ["", "pay*", "*.failed", "payment.**", ".*", "a b.*"] {
            assert!(bad.parse::<TypePattern>().is_err(), "{bad}");
        }
    }
}
