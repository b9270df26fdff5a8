//! The rules that hold now, while the process runs.

use std::sync::{Arc, PoisonError, RwLock};

use super::RuleBook;

/// The rules that hold now. Who decides about an event takes the book once, so that the whole event
/// is judged by the same one.
#[derive(Debug, Default)]
pub struct LiveRules(RwLock<Arc<RuleBook>>);

impl From<RuleBook> for LiveRules {
    fn from(book: RuleBook) -> Self {
        Self(RwLock::new(Arc::new(book)))
    }
}

impl LiveRules {
    /// The book that holds now.
    pub fn now(&self) -> Arc<RuleBook> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on `book` holds.
    pub fn replace(&self, book: RuleBook) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
    }
}
