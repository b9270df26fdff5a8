//! What may happen to a delivery, and what becomes of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Delivery, Failure, Limit, Outcome, Progress, State, Step, StepRecord};
use crate::ticket::TicketRef;

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
    /// All steps are done.
    Complete {
        /// The worker's claim.
        claim: u32,
        /// Now.
        at: Timestamp,
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
    /// It is not known whether the ticket exists.
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
    },
    /// An operator puts a dead letter back to work. What is done stays done.
    Replay {
        /// Now.
        at: Timestamp,
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
    /// An operator has seen the ticket at the desk.
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
            Self::Complete { .. } => "completed",
            Self::Postpone { .. } => "postponed",
            Self::Doubt { .. } => "doubted",
            Self::Bury { .. } => "buried",
            Self::Replay { .. } => "replayed",
            Self::Discard { .. } => "discarded",
            Self::Exists { .. } => "confirmed",
            Self::Absent { .. } => "denied",
        }
    }

    /// The claim under which it happens; `None` for a claim itself and for an operator's acts.
    fn claim(&self) -> Option<u32> {
        match self {
            Self::Intend { claim, .. }
            | Self::Done { claim, .. }
            | Self::NotDone { claim, .. }
            | Self::Complete { claim, .. }
            | Self::Postpone { claim, .. }
            | Self::Doubt { claim, .. }
            | Self::Bury { claim, .. } => Some(*claim),
            Self::Claim { .. }
            | Self::Replay { .. }
            | Self::Discard { .. }
            | Self::Exists { .. }
            | Self::Absent { .. } => None,
        }
    }

    /// When it happens.
    fn at(&self) -> Timestamp {
        match self {
            Self::Claim { at, .. }
            | Self::Intend { at, .. }
            | Self::Done { at, .. }
            | Self::NotDone { at, .. }
            | Self::Complete { at, .. }
            | Self::Postpone { at, .. }
            | Self::Doubt { at, .. }
            | Self::Bury { at, .. }
            | Self::Replay { at }
            | Self::Discard { at, .. }
            | Self::Exists { at, .. }
            | Self::Absent { at } => *at,
        }
    }
}

/// One try of a delivery at a desk, as the ledger keeps it for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The claim's number: attempts of one delivery count from 1.
    pub number: u32,
    /// When it began.
    pub began: Timestamp,
    /// When it ended, or was found to have ended.
    pub ended: Timestamp,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Whether it counts against the desk's `max_attempts`.
    pub counts: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// With the ticket.
    Ticketed,
    /// With another attempt to follow.
    Retrying,
    /// In doubt.
    Uncertain,
    /// For good.
    Dead,
    /// With the process.
    Crashed,
}

impl AttemptOutcome {
    /// The name that the ledger, metrics and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticketed => "ticketed",
            Self::Retrying => "retrying",
            Self::Uncertain => "uncertain",
            Self::Dead => "dead",
            Self::Crashed => "crashed",
        }
    }
}

/// A delivery after a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// As it is now.
    pub delivery: Delivery,
    /// The attempt that the transition ended.
    pub ended: Option<Attempt>,
}

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
    /// The ticket's step is not done.
    #[error("there is no ticket yet")]
    NoTicket,
}

impl Delivery {
    /// What becomes of the delivery when `transition` happens.
    pub fn advance(self, transition: Transition) -> Result<Advanced, InvalidTransition> {
        if let Some(held) = transition.claim()
            && held != self.claims
        {
            return Err(InvalidTransition::ClaimOver { held, current: self.claims });
        }
        let at = transition.at();
        let mut advanced = self.step_into(transition)?;
        advanced.delivery.updated_at = at;
        Ok(advanced)
    }

    fn step_into(self, transition: Transition) -> Result<Advanced, InvalidTransition> {
        use Transition::{
            Absent, Bury, Claim, Complete, Discard, Done, Doubt, Exists, Intend, NotDone, Postpone,
            Replay,
        };
        let verb = transition.name();
        match transition {
            Claim { at, until } => self.claim(at, until),
            Intend { at, until, step, .. } => self.working(verb)?.intend(at, until, step),
            Done { at, step, outcome, .. } => {
                Ok(self.working(verb)?.note(step, Some(Progress::Done { at, outcome })))
            }
            NotDone { step, .. } => Ok(self.working(verb)?.note(step, None)),
            Complete { at, .. } => self.working(verb)?.complete(at),
            Postpone { at, not_before, failure, counts, .. } => {
                let state = State::Retrying { not_before, last: failure.clone() };
                self.working(verb)?.end(at, AttemptOutcome::Retrying, Some(failure), counts, state)
            }
            Doubt { at, look_again, failure, counts, .. } => {
                let state = State::Uncertain { since: at, look_again, last: failure.clone() };
                self.working(verb)?.end(at, AttemptOutcome::Uncertain, Some(failure), counts, state)
            }
            Bury { at, failure, limit, .. } => self.working(verb)?.bury(at, failure, limit),
            Replay { at } => self.replay(at),
            Discard { at, by, why } => match self.state {
                State::Dead { .. } | State::Uncertain { look_again: None, .. } => {
                    Ok(self.with(State::Discarded { at, by, why }))
                }
                _ => Err(self.refuses(verb)),
            },
            Exists { at, ticket } => match self.state {
                State::Uncertain { .. } => {
                    let outcome = Outcome::Ticket(ticket.clone());
                    let mut advanced =
                        self.note(Step::Ticket, Some(Progress::Done { at, outcome }));
                    advanced.delivery.state = State::Ticketed { at, ticket };
                    Ok(advanced)
                }
                _ => Err(self.refuses(verb)),
            },
            Absent { at } => match self.state {
                State::Uncertain { .. } => {
                    let mut advanced = self.note(Step::Ticket, None);
                    advanced.delivery.requeue(at);
                    Ok(advanced)
                }
                _ => Err(self.refuses(verb)),
            },
        }
    }

    /// Takes the delivery up. A worker that let its deadline pass is taken for dead, and its
    /// attempt counts: an event that kills its worker must not do so for ever.
    fn claim(mut self, at: Timestamp, until: Timestamp) -> Result<Advanced, InvalidTransition> {
        let ended = match self.state {
            State::Attempting { until, .. } if at < until => {
                return Err(InvalidTransition::Held { until });
            }
            State::Attempting { since, .. } => {
                self.attempts += 1;
                Some(Attempt {
                    number: self.claims,
                    began: since,
                    ended: at,
                    outcome: AttemptOutcome::Crashed,
                    failure: None,
                    counts: true,
                })
            }
            State::Retrying { not_before, .. }
            | State::Uncertain { look_again: Some(not_before), .. }
                if at < not_before =>
            {
                return Err(InvalidTransition::NotDue { not_before });
            }
            State::Queued
            | State::Retrying { .. }
            | State::Uncertain { look_again: Some(_), .. } => None,
            State::Uncertain { look_again: None, .. }
            | State::Ticketed { .. }
            | State::Dead { .. }
            | State::Discarded { .. } => return Err(self.refuses("claimed")),
        };
        self.claims += 1;
        self.state = State::Attempting { since: at, until };
        Ok(Advanced { delivery: self, ended })
    }

    fn intend(
        self,
        at: Timestamp,
        until: Timestamp,
        step: Step,
    ) -> Result<Advanced, InvalidTransition> {
        if let Some(step) = self.doubtful_step() {
            return Err(InvalidTransition::InDoubt { step: step.clone() });
        }
        let mut advanced = self.note(step, Some(Progress::Intended { at }));
        if let State::Attempting { until: deadline, .. } = &mut advanced.delivery.state {
            *deadline = until;
        }
        Ok(advanced)
    }

    fn complete(self, at: Timestamp) -> Result<Advanced, InvalidTransition> {
        match self.outcome(&Step::Ticket) {
            Some(Outcome::Ticket(ticket)) => {
                let state = State::Ticketed { at, ticket: ticket.clone() };
                self.end(at, AttemptOutcome::Ticketed, None, false, state)
            }
            _ => Err(InvalidTransition::NoTicket),
        }
    }

    /// Only what is certain dies: a ticket that may exist is in doubt instead.
    fn bury(
        self,
        at: Timestamp,
        failure: Failure,
        limit: Option<Limit>,
    ) -> Result<Advanced, InvalidTransition> {
        if let Some(step) = self.doubtful_step() {
            return Err(InvalidTransition::InDoubt { step: step.clone() });
        }
        let state = State::Dead { at, failure: failure.clone(), limit };
        self.end(at, AttemptOutcome::Dead, Some(failure), true, state)
    }

    fn replay(mut self, at: Timestamp) -> Result<Advanced, InvalidTransition> {
        match self.state {
            State::Dead { .. } => {
                self.requeue(at);
                Ok(Advanced { delivery: self, ended: None })
            }
            _ => Err(self.refuses("replayed")),
        }
    }

    fn end(
        mut self,
        at: Timestamp,
        outcome: AttemptOutcome,
        failure: Option<Failure>,
        counts: bool,
        state: State,
    ) -> Result<Advanced, InvalidTransition> {
        let State::Attempting { since, .. } = self.state else {
            return Err(self.refuses(outcome.as_str()));
        };
        self.attempts += u32::from(counts);
        let ended =
            Attempt { number: self.claims, began: since, ended: at, outcome, failure, counts };
        self.state = state;
        Ok(Advanced { delivery: self, ended: Some(ended) })
    }

    /// Writes how far `step` has come; `None` forgets that it was asked for.
    fn note(mut self, step: Step, progress: Option<Progress>) -> Advanced {
        self.steps.retain(|record| record.step != step);
        if let Some(progress) = progress {
            self.steps.push(StepRecord { step, progress });
        }
        Advanced { delivery: self, ended: None }
    }

    fn requeue(&mut self, at: Timestamp) {
        self.attempts = 0;
        self.since = at;
        self.state = State::Queued;
    }

    fn with(mut self, state: State) -> Advanced {
        self.state = state;
        Advanced { delivery: self, ended: None }
    }

    fn working(self, verb: &'static str) -> Result<Self, InvalidTransition> {
        match self.state {
            State::Attempting { .. } => Ok(self),
            _ => Err(InvalidTransition::WrongState { state: self.state.name(), verb }),
        }
    }

    fn refuses(&self, verb: &'static str) -> InvalidTransition {
        InvalidTransition::WrongState { state: self.state.name(), verb }
    }
}
