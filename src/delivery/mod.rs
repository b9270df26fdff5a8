//! One event for one desk, from the queue to the ticket.
//!
//! A [`Delivery`] is a state machine in pure code: [`Delivery::advance`] takes a [`Transition`] and
//! gives the next state or refuses. The ledger stores what comes out; the worker decides which
//! transition is next. Whoever wants to know what can happen to a delivery reads this folder.

mod advanced;
mod attempt;
mod brake;
#[cfg(test)]
mod brake_tests;
mod course;
mod decision;
mod ending;
mod erasing;
mod failure;
mod flood;
mod giving_up;
mod incident;
#[cfg(test)]
mod incident_tests;
mod key;
mod machine;
#[cfg(test)]
mod machine_tests;
mod mark;
mod notice;
mod queued;
mod refusal;
mod report;
mod retry;
mod silence;
mod state;
mod step;
mod suppression;
mod time;
mod transition;

pub use advanced::Advanced;
pub use attempt::{Attempt, AttemptOutcome};
pub use brake::Brake;
pub use course::{Abilities, Course, Earlier, Note, Part};
pub use decision::{Approach, Decision, decide};
pub use failure::{Failure, Reason, Verdict};
pub use flood::{Banner, Flood, LetGo, Tally};
pub use incident::Incident;
pub use key::DeliveryKey;
pub use mark::{InvalidMark, Mark};
pub use notice::Notice;
pub use refusal::InvalidTransition;
pub use report::Report;
pub use retry::RetrySchedule;
pub use silence::{
    InvalidSilence, InvalidSilenceId, LONGEST_SILENCE, NewSilence, Release, SilenceChoice,
    SilenceId, Suppressor,
};
pub use state::{Delivery, EventRef, Limit, State};
pub use step::{InvalidStep, Outcome, Progress, RecordKey, Step, StepRecord};
pub use time::time_between;
pub use transition::Transition;
