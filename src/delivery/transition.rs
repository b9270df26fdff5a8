//! What may happen to a delivery.

use jiff::Timestamp;

use super::{Failure, Limit, Outcome, Part, SilenceId, Step, Suppressor, Tally};
use crate::{
    event::RuleName,
    ticket::{Priority, TicketRef},
};

/// Something that happens to a delivery. `claim` is the number of the claim under which a worker
/// acts; `at` is when it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// A worker takes it up and will be through by `until`.
    Claim {
        /// Now.
        at: Timestamp,
        /// The worker's own deadline.
        until: Timestamp,
    },
    /// The desk is about to be asked for `step`.
    Intend {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// The worker's new deadline.
        until: Timestamp,
        /// For what.
        step: Step,
    },
    /// The desk has done `step`.
    Done {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// What was asked.
        step: Step,
        /// What came of it.
        outcome: Outcome,
    },
    /// It is certain that the desk has not done `step`.
    NotDone {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// What was asked.
        step: Step,
    },
    /// It is decided what it does about its incident.
    Engage {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// What.
        part: Part,
    },
    /// All steps are done.
    Complete {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
    },
    /// Somebody has said beforehand that it gets no ticket, and nothing of it is begun.
    Suppress {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// Who.
        by: Suppressor,
    },
    /// The flood is over that its ticket stands for: there is a last word to say.
    Conclude {
        /// Now.
        at: Timestamp,
        /// What the flood came to.
        tally: Tally,
    },
    /// Another attempt is to follow.
    Postpone {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// Not before this.
        not_before: Timestamp,
        /// Why.
        failure: Failure,
        /// Whether this attempt counts.
        counts: bool,
    },
    /// It is not known whether the ticket, or the comment, exists.
    Doubt {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// When the desk is asked again; `None`: an operator decides.
        look_again: Option<Timestamp>,
        /// Why.
        failure: Failure,
        /// Whether this attempt counts.
        counts: bool,
    },
    /// It will not be tried again.
    Bury {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
        /// Why.
        failure: Failure,
        /// The bound that ended it, where the failure alone would not have.
        limit: Option<Limit>,
        /// Whether this attempt counts.
        counts: bool,
    },
    /// The broker gave its message up. Nothing more would happen by itself: it dies, or, where the
    /// ticket may exist, waits for an operator.
    Poison {
        /// Now.
        at: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// An operator puts a dead letter back to work. What is done stays done.
    Replay {
        /// Now.
        at: Timestamp,
    },
    /// An operator has edited what a dead letter's event says. What is done stays done.
    Edit {
        /// Now.
        at: Timestamp,
        /// The edit that the operator has seen last; 0: the event as it was posted.
        seen: u32,
    },
    /// An operator puts a dead letter back to work, as today's rules route it.
    Reroute {
        /// Now.
        at: Timestamp,
        /// The edit that the rules were asked about; 0: the event as it was posted.
        seen: u32,
        /// The rule that sends it to its desk today.
        rule: RuleName,
        /// Its lane.
        priority: Priority,
    },
    /// An operator lets what a silence suppressed have its ticket after all.
    Release {
        /// Now.
        at: Timestamp,
        /// The last silence that there is: neither it nor one before suppresses the delivery again.
        known: SilenceId,
    },
    /// An operator gives a dead letter up.
    Discard {
        /// Now.
        at: Timestamp,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// An operator erases what the event says before it has come to an end.
    Erase {
        /// Now.
        at: Timestamp,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// An operator has seen the ticket at the desk, or the comment on it.
    Exists {
        /// Now.
        at: Timestamp,
        /// Which ticket.
        ticket: TicketRef,
    },
    /// An operator has seen that the desk has no such ticket: it goes back to work.
    Absent {
        /// Now.
        at: Timestamp,
    },
}

impl Transition {
    /// The verb, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "claimed",
            Self::Intend { .. } => "asked for",
            Self::Done { .. } => "answered",
            Self::NotDone { .. } => "answered with no",
            Self::Engage { .. } => "engaged in an incident",
            Self::Complete { .. } => "completed",
            Self::Suppress { .. } => "suppressed",
            Self::Conclude { .. } => "taken up for a last word",
            Self::Postpone { .. } => "postponed",
            Self::Doubt { .. } => "doubted",
            Self::Bury { .. } => "buried",
            Self::Poison { .. } => "given up",
            Self::Replay { .. } | Self::Reroute { .. } => "replayed",
            Self::Edit { .. } => "edited",
            Self::Release { .. } => "released",
            Self::Discard { .. } => "discarded",
            Self::Erase { .. } => "erased",
            Self::Exists { .. } => "confirmed",
            Self::Absent { .. } => "denied",
        }
    }

    /// The claim under which it happens; `None` for a claim itself, and for what the broker, the
    /// ledger and operators do.
    pub(super) fn claim(&self) -> Option<u32> {
        match self {
            Self::Intend { claim, .. }
            | Self::Done { claim, .. }
            | Self::NotDone { claim, .. }
            | Self::Engage { claim, .. }
            | Self::Complete { claim, .. }
            | Self::Suppress { claim, .. }
            | Self::Postpone { claim, .. }
            | Self::Doubt { claim, .. }
            | Self::Bury { claim, .. } => Some(*claim),
            Self::Claim { .. }
            | Self::Conclude { .. }
            | Self::Poison { .. }
            | Self::Replay { .. }
            | Self::Edit { .. }
            | Self::Reroute { .. }
            | Self::Release { .. }
            | Self::Discard { .. }
            | Self::Erase { .. }
            | Self::Exists { .. }
            | Self::Absent { .. } => None,
        }
    }

    /// When it happens.
    pub(super) fn at(&self) -> Timestamp {
        match self {
            Self::Claim { at, .. }
            | Self::Intend { at, .. }
            | Self::Done { at, .. }
            | Self::NotDone { at, .. }
            | Self::Engage { at, .. }
            | Self::Complete { at, .. }
            | Self::Suppress { at, .. }
            | Self::Conclude { at, .. }
            | Self::Postpone { at, .. }
            | Self::Doubt { at, .. }
            | Self::Bury { at, .. }
            | Self::Poison { at, .. }
            | Self::Replay { at }
            | Self::Edit { at, .. }
            | Self::Reroute { at, .. }
            | Self::Release { at, .. }
            | Self::Discard { at, .. }
            | Self::Erase { at, .. }
            | Self::Exists { at, .. }
            | Self::Absent { at } => *at,
        }
    }
}
