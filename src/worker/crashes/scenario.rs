//! What a history is made of.

use std::time::Duration;

use super::{
    answers::{Answer, Look},
    points::Strike,
    truth::Kind,
};
use crate::{delivery::State, desks::OnUncertain, ticket::Action};

/// What happens to a delivery from outside.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// A process begins, and works until it is struck or nothing is left to do.
    Work(Option<Strike>),
    /// The process that stands still goes on.
    Thaw,
    /// An operator looks for the ticket and says what there is.
    Settle,
    Replay,
    /// An operator edits the event and replays it; whether by today's rules.
    Edit(bool),
    Discard,
    /// An operator erases what the event says, though it has not come to its end.
    Erase,
    /// An operator makes a silence about it.
    Hush,
    /// An operator lets it have its ticket though a silence suppressed it.
    Release,
    /// The broker gives the message up.
    GiveUp,
    /// The state is to be this one now.
    Expect(fn(&State) -> bool),
}

/// One history.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) kind: Kind,
    pub(super) on_uncertain: OnUncertain,
    pub(super) knows_customer: bool,
    pub(super) max_age: Duration,
    /// What the rule does about an incident that has a ticket; `None` for a ticket of its own.
    pub(super) joins: Option<Action>,
    /// Whether an operator has made a silence about it beforehand.
    pub(super) is_hushed: bool,
    /// Records that the ticket is tied to.
    pub(super) records: usize,
    pub(super) answers: Vec<Answer>,
    pub(super) looks: Vec<Look>,
    pub(super) acts: Vec<Act>,
}
