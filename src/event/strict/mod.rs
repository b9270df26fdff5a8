//! JSON that means one thing to every reader.
//!
//! A reader of its own, because serde's interface does not show what has to be refused: a key that
//! is there twice, and the key under which `serde_json` hides its numbers. Promises, beside RFC 8259:
//! - numbers keep their digits (the exponent is written as `e+5` or `e-5`);
//! - what is refused is refused with its place, and nothing of the text but keys is quoted;
//! - neither depth nor size of a document costs more than its [`Limits`] say.

mod number;
mod reader;
mod text;

use serde_json::Value;

/// How much a document may ask of its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Arrays and objects within one another.
    pub depth: usize,
    /// Values altogether, each array and object one of them.
    pub nodes: usize,
}

impl Limits {
    /// For what senders post.
    pub const POSTED: Self = Self { depth: 64, nodes: 100_000 };

    /// For what Deskbell itself wrote: an accepted event with its attributes around it always fits.
    pub const CARRIED: Self = Self { depth: 80, nodes: 110_000 };
}

/// The longest number that is read, in bytes: none that means something comes near.
pub const LONGEST_NUMBER: usize = 1_000;

/// A place in a text, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The byte in the line.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

impl Place {
    fn of(text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.split(|byte| *byte == b'\n').count();
        Self { line, column: 1 + before.len() - line_start }
    }
}

/// Why a text is not taken as JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJson {
    /// The bytes are not UTF-8.
    #[error("is not UTF-8 at {0}")]
    NotUtf8(Place),
    /// The text breaks JSON's grammar.
    #[error("is not JSON at {0}")]
    Syntax(Place),
    /// The text ends within a value.
    #[error("ends within a value at {0}")]
    Ends(Place),
    /// Something follows the value.
    #[error("has more text behind its value at {0}")]
    Trailing(Place),
    /// An object has a key twice, and readers differ in which they take.
    #[error("has the key `{pointer}` twice")]
    DuplicateKey {
        /// The member, as a JSON pointer (RFC 6901).
        pointer: String,
    },
    /// An object has a key that `serde_json` keeps for itself, and would misread.
    #[error("has a reserved key at {0}")]
    ReservedKey(Place),
    /// Arrays and objects are nested too deep.
    #[error("is nested more than {most} deep at {place}")]
    TooDeep {
        /// The most that is read.
        most: usize,
        /// Where it goes past that.
        place: Place,
    },
    /// There are too many values.
    #[error("has more than {most} values")]
    TooMany {
        /// The most that is read.
        most: usize,
    },
    /// A number is too long.
    #[error("has a number of more than {LONGEST_NUMBER} characters at {0}")]
    LongNumber(Place),
}

/// Reads one JSON text.
pub fn read(json: &[u8], limits: Limits) -> Result<Value, InvalidJson> {
    let text = std::str::from_utf8(json)
        .map_err(|error| InvalidJson::NotUtf8(Place::of(json, error.valid_up_to())))?;
    reader::Reader::new(text, limits).document()
}

/// One step of a JSON pointer, with `~` and `/` escaped (RFC 6901, 3).
pub(super) fn pointer_step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
