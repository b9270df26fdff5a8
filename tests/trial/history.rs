//! What a trial writes down while it runs.

use std::sync::{Arc, Mutex, PoisonError};

use super::checker::history::{FaultLine, Line};

/// Lines from everybody who takes part.
#[derive(Debug, Clone, Default)]
pub(crate) struct History(Arc<Mutex<Vec<Line>>>);

impl History {
    pub(crate) fn note(&self, line: Line) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Notes that something is broken on purpose now.
    pub(crate) fn fault(&self, kind: &str) {
        self.note(Line::Fault(FaultLine { kind: kind.to_owned() }));
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
