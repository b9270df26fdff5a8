//! The plain history of a run: JSON lines, of which each tells one thing that was seen from outside.

use serde::{Deserialize, Serialize};

/// One line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// A desk of the run, and what it was set to.
    Desk(DeskLine),
    /// What a sender made of one event, after all its tries.
    Sent(SentLine),
    /// Something was broken on purpose.
    Fault(FaultLine),
    /// A ticket that a desk has.
    Ticket(TicketLine),
    /// An event that the ledger has.
    Recorded(RecordedLine),
    /// A delivery that the ledger has.
    Row(RowLine),
    /// An account as the product's own books give it.
    Book(BookLine),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeskLine {
    pub(crate) desk: String,
    /// Whether a ticket can be found by its key, so that nothing need stay in doubt.
    pub(crate) looks_up: bool,
    /// Whether it was set to try again where an answer was lost: `on_uncertain = "retry"`.
    pub(crate) may_repeat: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentLine {
    pub(crate) source: String,
    pub(crate) id: String,
    /// Where the sender knows it to go.
    pub(crate) desks: Vec<String>,
    pub(crate) answer: Answer,
}

/// The best answer that a sender had for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// A refusal for good: nothing may come of it.
    Refused,
    /// No answer, or that it could not be made durable in time: anything may have come of it.
    Unknown,
    /// 202.
    Accepted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FaultLine {
    pub(crate) kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TicketLine {
    pub(crate) desk: String,
    pub(crate) key: Option<String>,
    pub(crate) id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedLine {
    pub(crate) source: String,
    pub(crate) id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RowLine {
    pub(crate) source: String,
    pub(crate) id: String,
    pub(crate) desk: String,
    /// None where no worker has taken it up yet.
    pub(crate) key: Option<String>,
    pub(crate) state: String,
    /// The ticket that it names.
    pub(crate) ticket: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BookLine {
    pub(crate) source: String,
    pub(crate) desk: String,
    pub(crate) accepted: u64,
    /// How many deliveries are in which state; states without any are left out.
    pub(crate) states: std::collections::BTreeMap<String, u64>,
}

/// Writes a history as text.
pub(crate) fn write(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line).unwrap());
        text.push('\n');
    }
    text
}

/// Reads a history.
pub(crate) fn read(text: &str) -> Vec<Line> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
