//! The log of calls: what was asked of a desk, when, and what it answered.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use super::Operation;

/// How many calls the log keeps; older ones are forgotten.
const KEPT_CALLS: usize = 250_000;

/// One call to a simulated desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// The call's place in the order of arrival, from 1.
    pub number: u64,
    /// When it came, by the sandbox's clock.
    pub at: Timestamp,
    /// What it asked for.
    pub operation: Operation,
    /// The HTTP method.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// The status that was sent; none where the connection was left silent or closed.
    pub status: Option<u16>,
    /// The fault that struck it.
    pub fault: Option<&'static str>,
    /// The key of the ticket that it opened.
    pub key: Option<String>,
    /// The id of the ticket that it opened, also where the answer was then lost.
    pub ticket: Option<String>,
}

/// What a handler knows of a call and the gate writes down: the ticket that it opened.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) ticket: String,
    pub(super) key: Option<String>,
}

/// The calls of one desk, the oldest first.
#[derive(Debug, Default)]
pub(super) struct CallLog {
    calls: VecDeque<Call>,
    written: u64,
}

impl CallLog {
    /// Writes `call` down and numbers it.
    pub(super) fn write(&mut self, mut call: Call) {
        self.written += 1;
        call.number = self.written;
        if self.calls.len() == KEPT_CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    /// The kept calls with a number past `after`.
    pub(super) fn after(&self, after: u64) -> Vec<Call> {
        let first = self.calls.partition_point(|call| call.number <= after);
        self.calls.iter().skip(first).cloned().collect()
    }
}
