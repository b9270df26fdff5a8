//! Why something cannot happen to a delivery.

use jiff::Timestamp;

use super::{Step, Suppressor};
use crate::event::Erased;

/// A transition that the delivery's state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransition {
    /// The state does not allow it.
    #[error("a delivery that is {state} cannot be {verb}")]
    WrongState {
        /// The state's name.
        state: &'static str,
        /// What was to happen.
        verb: &'static str,
    },
    /// Another worker has taken the delivery up since.
    #[error("the claim {held} is over: claim {current} holds the delivery")]
    ClaimOver {
        /// The claim under which somebody wanted to act.
        held: u32,
        /// The claim that counts.
        current: u32,
    },
    /// A worker is at it, and has time left.
    #[error("a worker has it until {until}")]
    Held {
        /// The worker's deadline.
        until: Timestamp,
    },
    /// It is not due.
    #[error("it is not due before {not_before}")]
    NotDue {
        /// When it is.
        not_before: Timestamp,
    },
    /// A step that may have been done forbids it.
    #[error("the step `{step}` is in doubt")]
    InDoubt {
        /// Which step.
        step: Step,
    },
    /// A step that may be done once is done.
    #[error("the step `{step}` is already done")]
    AlreadyDone {
        /// Which step.
        step: Step,
    },
    /// Somebody has edited the event in between.
    #[error("its event was edited meanwhile: look at edit {current} first")]
    EditedMeanwhile {
        /// The edit that counts.
        current: u32,
    },
    /// What its event said is gone.
    #[error("its event was {0}")]
    Erased(Erased),
    /// The ticket's step is not done.
    #[error("there is no ticket yet")]
    NoTicket,
    /// What there is to say is not said.
    #[error("the ticket has not been added to yet")]
    NotSaid,
    /// Something of it is done, or decided.
    #[error("it has begun")]
    Begun,
    /// An operator has released it when that silence was known.
    #[error("an operator has released it from `{by}`")]
    Released {
        /// What would suppress it.
        by: Suppressor,
    },
}
