//! A delivery as the ledger stores it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Course, DeliveryKey, Failure, Mark, Outcome, Part, Progress, Release, Step, StepRecord,
    Suppressor,
};
use crate::{
    event::{DeskName, Erased, EventId, EventType, RequestId, RuleName, SourceName},
    ticket::{Priority, TicketRef},
};

/// One event for one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Identifies it, at the desk too.
    pub key: DeliveryKey,
    /// Which event.
    pub event: EventRef,
    /// Which desk.
    pub desk: DeskName,
    /// The rule that routed it there.
    pub rule: RuleName,
    /// Its lane.
    pub priority: Priority,
    /// Follows it from the receiver to the desk's call.
    pub request_id: RequestId,
    /// When its age began: at the receiver, or at the last replay.
    pub since: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it was claimed. The claim of this number is the only one that may change it.
    pub claims: u32,
    /// Attempts that count against the desk's `max_attempts`.
    pub attempts: u32,
    /// Where it stands.
    pub state: State,
    /// What has been asked of the desk, in the order of asking.
    pub steps: Vec<StepRecord>,
    /// The part that it plays in its incident, once that is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Part>,
    /// The edit of its event's payload that counts; `None`: the payload as it was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<u32>,
    /// The last word of an operator that it gets its ticket, though a silence had suppressed it.
    pub release: Option<Release>,
    /// What its event said is gone: nothing more is to be done with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// Names an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventRef {
    /// The configured source.
    pub source: SourceName,
    /// The sender's id.
    pub id: EventId,
    /// What happened.
    pub event_type: EventType,
}

/// Where a delivery stands. What belongs to one state only is part of that state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for its first attempt, or for one that an operator asked for.
    Queued,
    /// A worker is at it.
    Attempting {
        /// When the attempt began.
        since: Timestamp,
        /// When the worker must be through; past that it is taken for dead.
        until: Timestamp,
    },
    /// Waits for another attempt.
    Retrying {
        /// Not before this.
        not_before: Timestamp,
        /// Why the last attempt did not do.
        last: Failure,
    },
    /// The desk may have made the ticket or not.
    Uncertain {
        /// When the doubt arose.
        since: Timestamp,
        /// When the desk is asked again; `None`: an operator decides.
        look_again: Option<Timestamp>,
        /// How the doubt arose.
        last: Failure,
    },
    /// The ticket exists.
    Ticketed {
        /// Since when we know.
        at: Timestamp,
        /// Which ticket.
        ticket: TicketRef,
    },
    /// It was added to the ticket of an open incident.
    Merged {
        /// Since when we know.
        at: Timestamp,
        /// Which ticket; `None` where there is none, and what it says waits for one.
        ticket: Option<TicketRef>,
    },
    /// It has resolved its incident.
    Resolved {
        /// Since when we know.
        at: Timestamp,
        /// Which ticket; `None` where there is none, and what it says waits for one.
        ticket: Option<TicketRef>,
    },
    /// It gets no ticket, because somebody said so beforehand.
    Suppressed {
        /// Since when.
        at: Timestamp,
        /// Who.
        by: Suppressor,
    },
    /// It will not be tried again unless an operator replays it.
    Dead {
        /// Since when.
        at: Timestamp,
        /// Why.
        failure: Failure,
        /// The bound that ended it, where the failure alone would not have.
        limit: Option<Limit>,
    },
    /// An operator gave it up.
    Discarded {
        /// Since when.
        at: Timestamp,
        /// Who did it.
        by: String,
        /// In the operator's words.
        why: String,
    },
}

/// The bounds of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The desk's `max_attempts`.
    Attempts,
    /// The desk's `max_age`.
    Age,
}

impl State {
    /// The names of all states, as the contract lists them.
    pub const NAMES: [&'static str; 10] = [
        "queued",
        "attempting",
        "retrying",
        "uncertain",
        "ticketed",
        "merged",
        "resolved",
        "suppressed",
        "dead",
        "discarded",
    ];

    /// The contract's name of the state.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Attempting { .. } => "attempting",
            Self::Retrying { .. } => "retrying",
            Self::Uncertain { .. } => "uncertain",
            Self::Ticketed { .. } => "ticketed",
            Self::Merged { .. } => "merged",
            Self::Resolved { .. } => "resolved",
            Self::Suppressed { .. } => "suppressed",
            Self::Dead { .. } => "dead",
            Self::Discarded { .. } => "discarded",
        }
    }

    /// Whether nothing more happens by itself: the event counts as settled. A doubt that waits for
    /// an operator is settled in this sense.
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Queued | Self::Attempting { .. } | Self::Retrying { .. } => false,
            Self::Uncertain { look_again, .. } => look_again.is_none(),
            Self::Ticketed { .. }
            | Self::Merged { .. }
            | Self::Resolved { .. }
            | Self::Suppressed { .. }
            | Self::Dead { .. }
            | Self::Discarded { .. } => true,
        }
    }

    /// Whether it is over, unless an operator begins it anew.
    pub fn is_final(&self) -> bool {
        let is_given_up =
            matches!(self, Self::Suppressed { .. } | Self::Dead { .. } | Self::Discarded { .. });
        is_given_up || self.is_told()
    }

    /// Whether the desk has been told what there was to tell.
    pub fn is_told(&self) -> bool {
        matches!(self, Self::Ticketed { .. } | Self::Merged { .. } | Self::Resolved { .. })
    }
}

impl Delivery {
    /// The record of `step`, if the desk was ever asked for it.
    pub fn step(&self, step: &Step) -> Option<&StepRecord> {
        self.steps.iter().find(|record| &record.step == step)
    }

    /// What came of `step`, if it is done.
    pub fn outcome(&self, step: &Step) -> Option<&Outcome> {
        match self.step(step).map(|record| &record.progress) {
            Some(Progress::Done { outcome, .. }) => Some(outcome),
            Some(Progress::Intended { .. }) | None => None,
        }
    }

    /// The step that the desk may have done or not, and that must not simply be done again.
    pub fn doubtful_step(&self) -> Option<&Step> {
        self.steps
            .iter()
            .find(|record| {
                matches!(record.progress, Progress::Intended { .. }) && !record.step.is_repeatable()
            })
            .map(|record| &record.step)
    }

    /// The ticket, once it is known: its own, or the one that it is added to.
    pub fn ticket(&self) -> Option<&TicketRef> {
        match (&self.state, self.outcome(&Step::Ticket)) {
            (State::Ticketed { ticket, .. }, _) | (_, Some(Outcome::Ticket(ticket))) => {
                Some(ticket)
            }
            (State::Merged { ticket, .. } | State::Resolved { ticket, .. }, _) => ticket.as_ref(),
            _ => None,
        }
    }

    /// The ticket that there is something to add to.
    pub fn ticket_to_add_to(&self) -> Option<&TicketRef> {
        self.course().and_then(Course::ticket).or_else(|| self.ticket())
    }

    /// What it does about its incident, once that is decided.
    pub fn course(&self) -> Option<&Course> {
        self.incident.as_ref().map(|part| &part.course)
    }

    /// Whether it has said what it has to say, in a comment or on a time line.
    pub fn has_spoken(&self) -> bool {
        let mark = Mark::of(&self.key);
        self.outcome(&Step::Comment(mark.clone())).is_some()
            || self.outcome(&Step::TimeLine(mark)).is_some()
    }

    /// When a worker should have it; `None` where none should. An attempt is due when its worker is
    /// taken for dead.
    pub fn due(&self) -> Option<Timestamp> {
        match &self.state {
            State::Queued => Some(self.updated_at),
            State::Attempting { until, .. } => Some(*until),
            State::Retrying { not_before, .. } => Some(*not_before),
            State::Uncertain { look_again, .. } => *look_again,
            State::Ticketed { .. }
            | State::Merged { .. }
            | State::Resolved { .. }
            | State::Suppressed { .. }
            | State::Dead { .. }
            | State::Discarded { .. } => None,
        }
    }

    /// Why it is not ticketed, where something went wrong.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            State::Retrying { last, .. } | State::Uncertain { last, .. } => Some(last),
            State::Dead { failure, .. } => Some(failure),
            State::Queued
            | State::Attempting { .. }
            | State::Ticketed { .. }
            | State::Merged { .. }
            | State::Resolved { .. }
            | State::Suppressed { .. }
            | State::Discarded { .. } => None,
        }
    }
}
