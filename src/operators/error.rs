//! Why an operator's question has no answer, or an act was not done.

use crate::{event::Violation, ledger::LedgerError};

/// Why an operator's question has no answer, or an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// No worker has run yet, or the ledger is on another machine.
    #[error("this process has no ledger to read")]
    NoLedger,
    /// The ledger does not answer.
    #[error("the ledger cannot be read or written now")]
    Ledger(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is nothing of that name.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Under which name.
        name: String,
    },
    /// What it is about stands in a way that does not allow it.
    #[error("{0}")]
    NotAllowed(String),
    /// An edit makes no event that would be accepted: where, and why not.
    #[error("the event cannot be edited so: {}", told(.0))]
    Unfit(Vec<Violation>),
}

/// The first of what is wrong, and how much more there is.
fn told(wrong: &[Violation]) -> String {
    let first = wrong.first().map(|first| format!("`{}` {}", first.pointer, first.detail));
    match wrong.len() {
        0 | 1 => first.unwrap_or_default(),
        all => format!("{}, and {} more", first.unwrap_or_default(), all - 1),
    }
}

impl OfficeError {
    /// There is no such thing.
    pub fn unknown(what: &'static str, name: impl Into<String>) -> Self {
        Self::Unknown { what, name: name.into() }
    }
}

impl From<LedgerError> for OfficeError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::UnknownDelivery(key) => Self::unknown("delivery", String::from(key)),
            LedgerError::NotAllowed(why) => Self::NotAllowed(why.to_string()),
            LedgerError::Store(_)
            | LedgerError::Unreadable { .. }
            | LedgerError::LeaseOver { .. } => Self::Ledger(Box::new(error)),
        }
    }
}
