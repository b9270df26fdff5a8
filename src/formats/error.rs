//! Why a vendor's message cannot become an event.

use crate::event::{InvalidJson, InvalidName};

/// Why a message is refused. Nothing of it is quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The body is not JSON that every reader takes the same way.
    #[error("the body {0}")]
    NotJson(InvalidJson),
    /// The body is JSON but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// The body is JSON but not a list.
    #[error("the body is not a JSON array")]
    NotAnArray,
    /// What the vendor always says is not there.
    #[error("the member `{0}` is missing, or is of another kind than the vendor sends")]
    Missing(&'static str),
    /// A header that the vendor always sends is not there.
    #[error("the header `{0}` is missing, or is there twice")]
    MissingHeader(&'static str),
    /// There is nothing to know the event by.
    #[error("the message has no id: say `id` in the map")]
    NoId,
    /// A text cannot be used as what it is meant for.
    #[error("the event's {what} {rule}")]
    Unusable {
        /// What it is meant for.
        what: &'static str,
        /// What it should look like.
        rule: InvalidName,
    },
    /// A map of the configuration fails.
    #[error("map {number}: `{field}` {words}")]
    Map {
        /// Which map of the source, from 1.
        number: usize,
        /// The map's key.
        field: String,
        /// What is wrong.
        words: String,
    },
}
