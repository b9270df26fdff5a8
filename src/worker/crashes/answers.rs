//! What a desk may answer.

use std::time::Duration;

use crate::{
    delivery::{Outcome, Reason},
    desks::{self, DeskError},
};

/// What a desk does with a request, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It does it and says so.
    Done,
    /// It does it, or not, and says nothing.
    Lost {
        done: bool,
    },
    /// It does it, or not, and answers 5xx.
    Fault {
        done: bool,
    },
    /// It does it, or not, and answers nonsense.
    Garbage {
        done: bool,
    },
    Unreachable,
    Throttled,
    QuotaSpent,
    Account,
    Locked,
    Refused,
    UnknownCustomer,
    /// A question beforehand got no answer.
    Unasked,
}

impl Answer {
    pub(super) const ALL: [Self; 15] = [
        Self::Done,
        Self::Lost { done: true },
        Self::Lost { done: false },
        Self::Fault { done: true },
        Self::Fault { done: false },
        Self::Garbage { done: true },
        Self::Garbage { done: false },
        Self::Unreachable,
        Self::Throttled,
        Self::QuotaSpent,
        Self::Account,
        Self::Locked,
        Self::Refused,
        Self::UnknownCustomer,
        Self::Unasked,
    ];

    pub(super) fn is_done(self) -> bool {
        match self {
            Self::Done => true,
            Self::Lost { done } | Self::Fault { done } | Self::Garbage { done } => done,
            Self::Unreachable
            | Self::Throttled
            | Self::QuotaSpent
            | Self::Account
            | Self::Locked
            | Self::Refused
            | Self::UnknownCustomer
            | Self::Unasked => false,
        }
    }

    /// What the worker is told, where `done` came of it or would have.
    pub(super) fn instead_of(self, done: Result<Outcome, DeskError>) -> Result<Outcome, DeskError> {
        let silence = || DeskError::NoAnswer("silence".into());
        let said = |status| desks::Answer {
            status,
            code: None,
            words: "so it says".to_owned(),
            correlation_id: None,
        };
        let error = match self {
            Self::Done => return done,
            Self::Lost { .. } => silence(),
            Self::Fault { .. } => DeskError::Faulty(said(500), None),
            Self::Garbage { .. } => {
                DeskError::Unreadable { status: 200, what: "it is nonsense".to_owned() }
            }
            Self::Unreachable => DeskError::Unreachable("no way".into()),
            Self::Throttled => DeskError::Throttled(said(429), None),
            Self::QuotaSpent => DeskError::QuotaSpent(said(429), Some(Duration::from_mins(5))),
            Self::Account => DeskError::Account(said(401)),
            Self::Locked => DeskError::Locked(said(423), Some(Duration::from_secs(2))),
            Self::Refused => DeskError::Refused(Reason::Refused, said(400)),
            Self::UnknownCustomer => DeskError::UnknownCustomer(said(404)),
            Self::Unasked => DeskError::Beforehand(Box::new(silence())),
        };
        Err(error)
    }
}

/// What a desk says when it is asked for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// What is so, where the desk can be asked.
    Truth,
    /// That it cannot tell.
    CannotTell,
    /// Something else.
    Fails(Answer),
}

impl Look {
    pub(super) const ALL: [Self; 7] = [
        Self::Truth,
        Self::CannotTell,
        Self::Fails(Answer::Lost { done: false }),
        Self::Fails(Answer::Fault { done: false }),
        Self::Fails(Answer::Throttled),
        Self::Fails(Answer::Account),
        Self::Fails(Answer::Refused),
    ];
}
