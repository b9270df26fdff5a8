//! What is wrong with a schema's file.

use std::path::{Path, PathBuf};

/// Why a schema cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{place}: {words}", file.display(), if place.is_empty() { "" } else { " at " })]
pub struct SchemaFault {
    /// The file or folder.
    pub file: PathBuf,
    /// Where in the file, as a JSON pointer; empty for the file as a whole.
    pub place: String,
    /// What is wrong.
    pub words: String,
}

impl SchemaFault {
    /// A fault of the file as a whole.
    pub(super) fn of(file: &Path, words: impl Into<String>) -> Self {
        Self::at(file, "", words)
    }

    /// A fault at the JSON pointer `place`.
    pub(super) fn at(file: &Path, place: &str, words: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: place.to_owned(), words: words.into() }
    }
}
