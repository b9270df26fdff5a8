//! Arguments that several vendors' calls take: `name=value`, and JSON from a file.

use std::{io::Read as _, path::Path};

use anyhow::Context as _;
use serde::de::DeserializeOwned;

use crate::cli::{WrongCall, read_file};

/// Reads `name=value`; the value may hold more of `=`, and may be empty.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as name=value".to_owned()),
    }
}

/// The JSON of a file; `-` is standard input.
pub(super) fn json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let shown = path.display();
    let text = if path == Path::new("-") {
        let mut text = String::new();
        let unread = || WrongCall("standard input cannot be read".to_owned());
        std::io::stdin().read_to_string(&mut text).with_context(unread)?;
        text
    } else {
        read_file(path)?
    };
    serde_json::from_str(&text)
        .map_err(|error| WrongCall(format!("`{shown}` is not what the call takes: {error}")).into())
}
