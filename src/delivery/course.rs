//! What a delivery does about its incident, or in a flood, written down before the desk is called.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Banner, DeliveryKey, Mark, Step, Tally};
use crate::ticket::{Action, Priority, TicketRef};

/// What a desk can do with a ticket that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Abilities {
    /// A comment can be added, and found again by its mark. Where not, the customer's time line
    /// takes what there is to say.
    pub comment: bool,
    /// The priority can be raised.
    pub raise: bool,
    /// The ticket can be moved to the stage or status of what is resolved, and back.
    pub resolve: bool,
    /// Records can be tied to the ticket.
    pub tie: bool,
}

/// The part that a delivery plays in its incident, or in a flood of its rule's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The incident's key, where it has one.
    pub incident: Option<String>,
    /// The rule whose brake has counted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brake: Option<String>,
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
    /// Opens the ticket that stands for a flood.
    Lead {
        /// Which flood of the rule.
        flood: u32,
        /// What its ticket says.
        banner: Banner,
        /// What there is to say when the flood is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_word: Option<Tally>,
    },
    /// Is one of a flood, and gets no ticket of its own.
    Join {
        /// Which flood of the rule.
        flood: u32,
        /// The delivery that opened the flood's ticket.
        parent: DeliveryKey,
        /// The flood's ticket.
        ticket: TicketRef,
        /// Whether the priority is raised.
        raise: bool,
        /// How many there are, where that is to be said now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tally: Option<Tally>,
    },
    /// Resolves an incident that has no ticket but a flood's, which stays open and counts it.
    Recover {
        /// Which flood of the rule.
        flood: u32,
        /// The flood's ticket, once there is one.
        ticket: Option<TicketRef>,
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
            | Self::Resolve { ticket }
            | Self::Join { ticket, .. } => Some(ticket),
            Self::Recover { ticket, .. } => ticket.as_ref(),
            Self::Open { .. } | Self::Remember { .. } | Self::Lead { .. } => None,
        }
    }

    /// Whether it makes a ticket.
    pub fn opens(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::Lead { .. })
    }

    /// Whether nobody else may act on the incident meanwhile: what the ticket stands for changes.
    pub fn is_exclusive(&self) -> bool {
        match self {
            Self::Open { .. } | Self::Reopen { .. } | Self::Resolve { .. } => true,
            Self::Comment { raise, .. } => *raise,
            Self::Remember { .. }
            | Self::Lead { .. }
            | Self::Join { .. }
            | Self::Recover { .. } => false,
        }
    }

    /// The steps of the delivery `key` from its ticket on, in order, as far as the desk can. Before
    /// them come those that a desk needs for a ticket, or to tie records to one.
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
                [Step::Ticket].into_iter().chain(notes).chain(resolved(*resolve)).collect()
            }
            Self::Comment { raise, .. } => [say(key)].into_iter().chain(raised(*raise)).collect(),
            Self::Reopen { raise, .. } => {
                let reopened = can.resolve.then_some(Step::Reopen);
                [say(key)].into_iter().chain(reopened).chain(raised(*raise)).collect()
            }
            Self::Resolve { .. } => [say(key)].into_iter().chain(resolved(true)).collect(),
            Self::Lead { last_word, .. } => {
                let word = last_word.as_ref().filter(|_| can.comment);
                let word = word.map(|tally| Step::Comment(tally.mark(key)));
                [Step::Ticket].into_iter().chain(word).collect()
            }
            Self::Join { raise, tally, .. } => {
                let affected = if can.tie { Some(Step::Tie) } else { None };
                let on_time_line = (!can.comment).then(|| say(key));
                let count = tally.as_ref().filter(|_| can.comment).map(|_| say(key));
                let steps = [affected, on_time_line, count, raised(*raise)];
                steps.into_iter().flatten().collect()
            }
            Self::Remember { .. } | Self::Recover { .. } => Vec::new(),
        }
    }
}
