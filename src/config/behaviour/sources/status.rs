//! `status_tokens`: what a sender shows to ask what became of its events.

use secrecy::SecretString;

use crate::config::document::{Document, Table};

/// The shortest token that nobody guesses: 96 bits in hexadecimal digits.
const LEAST_LENGTH: usize = 24;

/// Reads the tokens of one source; none where nobody asks. An empty one, as of a variable that is set
/// to nothing, is none.
pub(super) fn read<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Vec<SecretString> {
    let texts = document.texts(table, "status_tokens").unwrap_or_default();
    let mut tokens = Vec::new();
    for text in texts.into_iter().filter(|text| !text.value.is_empty()) {
        let cure = "take 24 letters and digits or more, as `openssl rand -hex 24` gives them";
        if text.value.len() < LEAST_LENGTH {
            document.fault(text.at.start, "a token of `status_tokens` is too short", cure);
        } else if !text.value.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = "a token of `status_tokens` does not fit into a header";
            document.fault(text.at.start, what, cure);
        } else {
            tokens.push(SecretString::from(text.value));
        }
    }
    tokens
}
