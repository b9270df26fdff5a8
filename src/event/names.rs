//! The names that travel: each is parsed once, at the edge, and cannot be wrong afterwards.

use std::{borrow::Borrow, fmt};

use serde::{Deserialize, Serialize};

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no {what}: {rule}")]
pub struct InvalidName {
    /// What the text was meant to be.
    what: &'static str,
    /// What such a name looks like.
    rule: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) {
                    Ok(Self(text))
                } else {
                    Err(InvalidName { what: $what, rule: $rule })
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::try_from(text.to_owned())
            }
        }

        // The same hash and order as the text's: a map of names is asked by text.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

name!(
    /// An upstream application, as `[sources.<name>]` calls it.
    SourceName,
    "source name",
    "1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter or a digit",
    is_plain
);
name!(
    /// A configured desk account, as `[desks.<name>]` calls it. It becomes part of queue names.
    DeskName,
    "desk name",
    "1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter or a digit",
    is_plain
);
name!(
    /// A rule, as its `name` key calls it.
    RuleName,
    "rule name",
    "1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter or a digit",
    is_plain
);
name!(
    /// Somebody who is told of the house's own troubles, as `[operators.notify.<name>]` calls it.
    ReceiverName,
    "receiver name",
    "1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter or a digit",
    is_plain
);
name!(
    /// What happened, as `payment.failed`. It is the AMQP routing key and the schema's file name;
    /// `desk.` begins the keys of Deskbell's own lanes.
    EventType,
    "event type",
    "1 to 128 of A-Z, a-z, 0-9, '.', '-' and '_', with a letter or a digit at both ends, without \
     '..', and not beginning with 'desk.'",
    is_event_type
);
name!(
    /// The sender's id of an event; with the source's name it identifies the event.
    ///
    /// At most 255 bytes, because AMQP's `message-id` is a short string (AMQP 0-9-1, 4.2.5.3).
    EventId,
    "event id",
    "1 to 255 bytes without control characters or spaces at the ends",
    is_id
);

fn is_plain(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

fn is_event_type(text: &str) -> bool {
    text.len() <= 128
        && !text.starts_with("desk.")
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.ends_with(|last: char| last.is_ascii_alphanumeric())
        && !text.contains("..")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_name_never_breaks_a_queue_name() {
        for bad in ["", "a.b", "A", "-a", "a b", "a#", "*", &"a".repeat(64)] {
            assert!(bad.parse::<DeskName>().is_err(), "{bad:?}");
        }
        assert_eq!("crm-2".parse::<DeskName>().map(String::from), Ok("crm-2".to_owned()));
    }

    #[test]
    fn an_event_type_never_leaves_the_schema_folder_and_never_addresses_a_lane() {
        for bad in ["", "..", "../x", "desk.crm.low", "a..b", ".a", "a.", "a/b", "a b", "#"] {
            assert!(bad.parse::<EventType>().is_err(), "{bad:?}");
        }
        assert!("payment.failed".parse::<EventType>().is_ok());
    }

    #[test]
    fn an_event_id_fits_an_amqp_short_string() {
        assert!("é".repeat(127).parse::<EventId>().is_ok());
        assert!("é".repeat(128).parse::<EventId>().is_err());
        for bad in ["", " a", "a\n", "a\u{0}b"] {
            assert!(bad.parse::<EventId>().is_err(), "{bad:?}");
        }
    }
}
