//! What a desk's account needs before the first delivery, and what came of making it.

use serde::Serialize;

use super::Preview;

/// How the account stands after it was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// Everything is there, and was before.
    There,
    /// What was missing has been made.
    Made,
    /// A person has something to do.
    ByHand,
    /// The vendor documents no way to tell.
    Unknown,
}

/// What came of setting an account up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetUp {
    /// How the account stands.
    pub ready: Ready,
    /// What was found or made, and what there is to do: a line each.
    pub words: Vec<String>,
    /// The request that a person with more rights can send instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<Preview>,
}

impl SetUp {
    pub(super) fn new(ready: Ready, words: impl Into<String>) -> Self {
        Self { ready, words: vec![words.into()], by_hand: None }
    }

    pub(super) fn and(mut self, words: impl Into<String>) -> Self {
        self.words.push(words.into());
        self
    }
}
