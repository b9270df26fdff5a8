//! What a delivery does about its incident, written down before the desk is called.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DeliveryKey, Mark, Step};
use crate::ticket::{Action, Priority, TicketRef};

/// What a desk can do with a ticket that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abilities {
    /// A comment can be added, and found again by its mark. Where not, the customer's time line
    /// takes what there is to say.
    pub comment: bool,
    /// The priority can be raised.
    pub raise: bool,
    /// The ticket can be moved to the stage or status of what is resolved, and back.
    pub resolve: bool,
}

/// The part that a delivery plays in its incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The incident's key.
    pub incident: String,
    /// What the rule says to do.
    pub action: Action,
    /// When the event happened, as it says, or as it was received.
    pub at: Timestamp,
    /// The priority that the rule gives.
    pub priority: Priority,
    /// What that comes to.
    pub course: Course,
}

/// What a delivery does. A crash does not change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// Opens a ticket.
    Open {
        /// What came before it and is to be said on it.
        notes: Vec<Note>,
        /// Whether the incident is over already.
        resolve: bool,
        /// The ticket before, where it does not say all that happened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earlier: Option<Earlier>,
    },
    /// Adds to a ticket.
    Comment {
        /// Which.
        ticket: TicketRef,
        /// Whether the priority is raised.
        raise: bool,
    },
    /// Adds to a resolved ticket and opens it again.
    Reopen {
        /// Which.
        ticket: TicketRef,
        /// Whether the priority is raised.
        raise: bool,
    },
    /// Adds to a ticket and resolves it.
    Resolve {
        /// Which.
        ticket: TicketRef,
    },
    /// There is no ticket: what there is to say waits for one.
    Remember {
        /// What it is.
        note: Note,
    },
}

/// What an event says about an incident that has no ticket yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The delivery of the event.
    pub by: DeliveryKey,
    /// When the event happened.
    pub at: Timestamp,
    /// Whether it resolves the incident.
    pub resolves: bool,
    /// One line, or nothing.
    pub subject: String,
    /// Markdown.
    pub text: String,
}

/// A ticket of the same incident that is over, at a desk that takes no comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Which.
    pub ticket: TicketRef,
    /// Events that it does not tell of.
    pub untold: u32,
}

impl Course {
    /// The ticket that exists already.
    pub fn ticket(&self) -> Option<&TicketRef> {
        match self {
            Self::Comment { ticket, .. }
            | Self::Reopen { ticket, .. }
            | Self::Resolve { ticket } => Some(ticket),
            Self::Open { .. } | Self::Remember { .. } => None,
        }
    }

    /// Whether nobody else may act on the incident meanwhile: what the ticket stands for changes.
    pub fn is_exclusive(&self) -> bool {
        match self {
            Self::Open { .. } | Self::Reopen { .. } | Self::Resolve { .. } => true,
            Self::Comment { raise, .. } => *raise,
            Self::Remember { .. } => false,
        }
    }

    /// The steps of the delivery `key` once there is a ticket, in order, as far as the desk can.
    pub fn steps(&self, key: &DeliveryKey, can: Abilities) -> Vec<Step> {
        let say = |key: &DeliveryKey| match Mark::of(key) {
            mark if can.comment => Step::Comment(mark),
            mark => Step::TimeLine(mark),
        };
        let raised = |raise: bool| (raise && can.raise).then_some(Step::Raise);
        let resolved = |resolve: bool| (resolve && can.resolve).then_some(Step::Resolve);
        match self {
            Self::Open { notes, resolve, .. } => {
                let notes = notes.iter().map(|note| say(&note.by));
                notes.chain(resolved(*resolve)).collect()
            }
            Self::Comment { raise, .. } => [say(key)].into_iter().chain(raised(*raise)).collect(),
            Self::Reopen { raise, .. } => {
                let reopened = can.resolve.then_some(Step::Reopen);
                [say(key)].into_iter().chain(reopened).chain(raised(*raise)).collect()
            }
            Self::Resolve { .. } => [say(key)].into_iter().chain(resolved(true)).collect(),
            Self::Remember { .. } => Vec::new(),
        }
    }
}
