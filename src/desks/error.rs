//! Everything that can go wrong at a desk, and the one place that says what follows from it.

use std::time::Duration;

use crate::{
    causes::Causes,
    delivery::{Failure, Reason, Step, Verdict},
};

/// A desk's answer that is not a success, in the desk's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The desk's code for the error: `CUSTOMER_NOT_FOUND`.
    pub code: Option<String>,
    /// The desk's message, cut to a length that a log line can bear.
    pub words: String,
    /// The id by which the desk's support finds the call.
    pub correlation_id: Option<String>,
}

/// Why a desk did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No connection came about: nothing was sent.
    #[error("the desk could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The windows had no room before the worker's time was over: nothing was sent.
    #[error("the desk's windows had no room in time")]
    NotBegun,
    /// The request was sent, perhaps whole, and no answer came.
    #[error("the desk did not answer")]
    NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is not one of this desk's: HTML, an empty or endless body, JSON of another shape.
    #[error("the desk's answer (status {status}) cannot be read: {what}")]
    Unreadable {
        /// HTTP status.
        status: u16,
        /// What is wrong with it; nothing of the body is quoted.
        what: String,
    },
    /// A fault of the desk's own (5xx).
    #[error("the desk has a fault of its own (status {})", .0.status)]
    Faulty(Answer, Option<Duration>),
    /// The record is locked for a moment: certain not to have been changed (HubSpot's 423).
    #[error("the desk's record is locked")]
    Locked(Answer, Option<Duration>),
    /// Too many requests; the time is what the desk asked to wait.
    #[error("the desk asks to slow down")]
    Throttled(Answer, Option<Duration>),
    /// The plan's calls or tickets are spent, for so long where it is known.
    #[error("the desk account's quota is spent")]
    QuotaSpent(Answer, Option<Duration>),
    /// The key is not accepted, or lacks a right.
    #[error("the desk does not accept the account's key (status {})", .0.status)]
    Account(Answer),
    /// The customer does not exist at the desk.
    #[error("the desk does not know the customer")]
    UnknownCustomer(Answer),
    /// The desk will not have this request, now or later.
    #[error("the desk refused: {}", .1.words)]
    Refused(Reason, Answer),
    /// The draft lacks what the desk requires; nothing was sent.
    #[error("the draft does not do for this desk: {0}")]
    Incomplete(String),
    /// A record that the rule insists on does not exist.
    #[error("the desk has no such record: {0}")]
    MissingRecord(String),
    /// The ticket that the step is about is not there any more.
    #[error("the desk has the ticket no more: {}", .0.words)]
    TicketGone(Answer),
    /// A question that the step asks first, and that changes nothing, went wrong: the request that
    /// the step is about was not sent.
    #[error("the desk could not be asked what the step needs to know")]
    Beforehand(#[source] Box<DeskError>),
}

impl DeskError {
    /// What a worker does next, when this came of `step`.
    pub fn verdict(&self, step: &Step) -> Verdict {
        match self {
            Self::NoAnswer(_) | Self::Unreadable { .. } if !step.is_repeatable() => {
                Verdict::LookUp { after: None }
            }
            Self::Faulty(_, after) if !step.is_repeatable() => Verdict::LookUp { after: *after },
            Self::NotBegun => Verdict::Later,
            Self::Unreachable(_) | Self::NoAnswer(_) | Self::Account(_) => {
                Verdict::Wait { after: None }
            }
            Self::Throttled(_, after) | Self::QuotaSpent(_, after) => {
                Verdict::Wait { after: *after }
            }
            Self::Unreadable { .. } => Verdict::Retry { after: None },
            Self::Faulty(_, after) | Self::Locked(_, after) => Verdict::Retry { after: *after },
            Self::UnknownCustomer(_) if matches!(step, Step::Ticket | Step::TimeLine(_)) => {
                Verdict::CreateCustomer
            }
            Self::UnknownCustomer(_)
            | Self::Refused(..)
            | Self::Incomplete(_)
            | Self::MissingRecord(_) => Verdict::GiveUp,
            Self::TicketGone(_) => Verdict::TicketGone,
            // A question may be asked again, as a record may be looked up again.
            Self::Beforehand(cause) => cause.verdict(&Step::Customer),
        }
    }

    /// The same error for another delivery that was asked for in the same request.
    pub(super) fn copy(&self) -> Self {
        let source = |error: &(dyn std::error::Error + Send + Sync)| Causes(error).to_string();
        match self {
            Self::Unreachable(error) => Self::Unreachable(source(&**error).into()),
            Self::NotBegun => Self::NotBegun,
            Self::NoAnswer(error) => Self::NoAnswer(source(&**error).into()),
            Self::Unreadable { status, what } => {
                Self::Unreadable { status: *status, what: what.clone() }
            }
            Self::Faulty(answer, after) => Self::Faulty(answer.clone(), *after),
            Self::Locked(answer, after) => Self::Locked(answer.clone(), *after),
            Self::Throttled(answer, after) => Self::Throttled(answer.clone(), *after),
            Self::QuotaSpent(answer, after) => Self::QuotaSpent(answer.clone(), *after),
            Self::Account(answer) => Self::Account(answer.clone()),
            Self::UnknownCustomer(answer) => Self::UnknownCustomer(answer.clone()),
            Self::TicketGone(answer) => Self::TicketGone(answer.clone()),
            Self::Refused(reason, answer) => Self::Refused(*reason, answer.clone()),
            Self::Incomplete(words) => Self::Incomplete(words.clone()),
            Self::MissingRecord(words) => Self::MissingRecord(words.clone()),
            Self::Beforehand(cause) => Self::Beforehand(Box::new(cause.copy())),
        }
    }

    /// Whether it is certain that the desk has done nothing of what it was asked.
    pub fn is_definite(&self) -> bool {
        match self {
            Self::NoAnswer(_) | Self::Unreadable { .. } | Self::Faulty(..) => false,
            Self::Unreachable(_)
            | Self::NotBegun
            | Self::Locked(..)
            | Self::Throttled(..)
            | Self::QuotaSpent(..)
            | Self::Account(_)
            | Self::UnknownCustomer(_)
            | Self::Refused(..)
            | Self::Incomplete(_)
            | Self::MissingRecord(_)
            | Self::TicketGone(_)
            | Self::Beforehand(_) => true,
        }
    }

    /// Whether the desk has looked at what it was asked and judged it: it is there, and takes the
    /// account's key.
    pub fn is_judgement(&self) -> bool {
        match self {
            Self::UnknownCustomer(_)
            | Self::Refused(..)
            | Self::Locked(..)
            | Self::MissingRecord(_)
            | Self::TicketGone(_) => true,
            Self::Unreachable(_)
            | Self::NotBegun
            | Self::NoAnswer(_)
            | Self::Unreadable { .. }
            | Self::Faulty(..)
            | Self::Throttled(..)
            | Self::QuotaSpent(..)
            | Self::Account(_)
            | Self::Incomplete(_) => false,
            Self::Beforehand(cause) => cause.is_judgement(),
        }
    }

    /// The failure as the ledger keeps it.
    pub fn failure(&self) -> Failure {
        let reason = self.reason();
        match self {
            Self::Faulty(answer, _)
            | Self::Locked(answer, _)
            | Self::Throttled(answer, _)
            | Self::QuotaSpent(answer, _)
            | Self::Account(answer)
            | Self::UnknownCustomer(answer)
            | Self::TicketGone(answer)
            | Self::Refused(_, answer) => Failure {
                reason,
                words: answer.words.clone(),
                status: Some(answer.status),
                code: answer.code.clone(),
                correlation_id: answer.correlation_id.clone(),
            },
            Self::Unreadable { status, .. } => {
                Failure { status: Some(*status), ..Failure::of(reason, self.to_string()) }
            }
            Self::Unreachable(_) | Self::NoAnswer(_) => {
                Failure::of(reason, Causes(self).to_string())
            }
            Self::NotBegun => Failure::of(reason, self.to_string()),
            Self::Incomplete(words) | Self::MissingRecord(words) => Failure::of(reason, words),
            Self::Beforehand(cause) => cause.failure(),
        }
    }

    fn reason(&self) -> Reason {
        match self {
            Self::Unreachable(_) => Reason::Unreachable,
            Self::NotBegun => Reason::NotBegun,
            Self::NoAnswer(_) => Reason::NoAnswer,
            Self::Unreadable { .. } => Reason::Unreadable,
            Self::Faulty(..) | Self::Locked(..) => Reason::DeskFault,
            Self::Throttled(..) => Reason::Throttled,
            Self::QuotaSpent(..) => Reason::PlanLimit,
            Self::Account(_) => Reason::Account,
            Self::UnknownCustomer(_) => Reason::UnknownCustomer,
            Self::Refused(reason, _) => *reason,
            Self::Incomplete(_) => Reason::Incomplete,
            Self::MissingRecord(_) => Reason::MissingRecord,
            Self::TicketGone(_) => Reason::TicketGone,
            Self::Beforehand(cause) => cause.reason(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_answer() -> DeskError {
        DeskError::NoAnswer("the line went dead".into())
    }

    #[test]
    fn a_ticket_that_may_have_been_made_is_looked_up() {
        assert_eq!(no_answer().verdict(&Step::Ticket), Verdict::LookUp { after: None });
        assert!(!no_answer().is_definite());
    }

    #[test]
    fn what_was_not_begun_is_certain_and_says_nothing_of_the_desk() {
        for error in [DeskError::NotBegun, DeskError::Beforehand(Box::new(DeskError::NotBegun))] {
            assert_eq!(error.verdict(&Step::Ticket), Verdict::Later);
            assert!(error.is_definite() && !error.is_judgement());
            assert_eq!(error.failure().reason, Reason::NotBegun);
        }
    }

    #[test]
    fn a_question_beforehand_leaves_no_doubt_about_the_ticket() {
        let error = DeskError::Beforehand(Box::new(no_answer()));
        assert_eq!(error.verdict(&Step::Ticket), Verdict::Wait { after: None });
        assert!(error.is_definite());
        assert_eq!(error.failure().reason, Reason::NoAnswer);
    }
}
