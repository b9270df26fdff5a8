//! How much code a template may have: the engine reads it with a call for each word, and a stack has
//! an end.

use super::{source::tokens, templates::BadTemplate};

/// Words, signs and texts in the code of one expression or template.
const MOST_TOKENS: usize = 1_000;

/// Refuses code that is too long to be read.
pub(super) fn check(code: &[&str]) -> Result<(), BadTemplate> {
    if code.iter().flat_map(|code| tokens(code)).nth(MOST_TOKENS).is_none() {
        return Ok(());
    }
    Err(BadTemplate {
        what: format!("its code has more than {MOST_TOKENS} words and signs"),
        cure: "write it shorter, or let two rules share the work".to_owned(),
        line: 1,
    })
}
