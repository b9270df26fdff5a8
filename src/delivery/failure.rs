//! Why a delivery did not succeed, in words that a person and a filter can use, and what follows.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// What kept a delivery from its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Failure {
    /// The class, for filters and metrics.
    #[schema(value_type = String, example = "refused")]
    pub reason: Reason,
    /// What happened, in the desk's own words where it had any.
    pub words: String,
    /// The desk's HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The desk's own code for the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The id by which the desk's support finds the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
}

impl Failure {
    /// A failure on our side of the wire: there is no status and no code.
    pub fn of(reason: Reason, words: impl Into<String>) -> Self {
        Self { reason, words: words.into(), status: None, code: None, correlation_id: None }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The class of a failure. The texts are stable: filters, metrics and answers use them.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum Reason {
            $($(#[$doc])* $variant,)+
        }

        impl Reason {
            /// All reasons.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

reasons! {
    /// The desk could not be reached; nothing was sent.
    Unreachable = "unreachable",
    /// There was no room in the desk's windows in time; nothing was sent.
    NotBegun = "not-begun",
    /// The request may have been carried out, but no answer came.
    NoAnswer = "no-answer",
    /// The desk answered with something that is not its own language.
    Unreadable = "unreadable",
    /// The desk asked us to slow down.
    Throttled = "throttled",
    /// The desk answered with a fault of its own (5xx).
    DeskFault = "desk-fault",
    /// The plan's number of tickets or calls is spent.
    PlanLimit = "plan-limit",
    /// The desk does not accept the configured key (401, 403).
    Account = "account",
    /// The desk does not know the customer, and the rule does not say enough to create one.
    UnknownCustomer = "unknown-customer",
    /// The customer's e-mail address belongs to another customer at the desk.
    CustomerConflict = "customer-conflict",
    /// A record that the rule insists on does not exist at the desk.
    MissingRecord = "missing-record",
    /// The ticket that the event adds to is not at the desk any more.
    TicketGone = "ticket-gone",
    /// Another event of the same incident is being told to the desk.
    IncidentBusy = "incident-busy",
    /// The ticket that stands for a flood of such events is being opened or changed.
    FloodBusy = "flood-busy",
    /// The desk refused the ticket.
    Refused = "refused",
    /// The draft lacks what the desk requires.
    Incomplete = "incomplete",
    /// The rule cannot be rendered for this event.
    RuleFailed = "rule-failed",
    /// The rule that routed the event is no longer there, and no other matches.
    RuleGone = "rule-gone",
    /// The process ended in the middle of the attempt.
    Crashed = "crashed",
    /// The broker gave the message up: it came back too often.
    Poison = "poison",
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A text that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a reason: {}", Reason::words())]
pub struct InvalidReason;

impl Reason {
    /// The words of all reasons, with commas between them.
    fn words() -> String {
        let words: Vec<&str> = Self::ALL.iter().map(|reason| reason.as_str()).collect();
        words.join(", ")
    }
}

impl std::str::FromStr for Reason {
    type Err = InvalidReason;

    fn from_str(text: &str) -> Result<Self, InvalidReason> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == text).ok_or(InvalidReason)
    }
}

/// What a worker does after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Try again; this try counts. Not before `after`, where the desk named a time.
    Retry {
        /// How long the desk asked to wait at least.
        after: Option<Duration>,
    },
    /// Try again; this try does not count, for it is not the event's fault. The whole desk waits.
    Wait {
        /// How long to wait; the worker's own measure where the desk named none.
        after: Option<Duration>,
    },
    /// It was not tried: try soon. The desk has nothing to do with it.
    Later,
    /// The outcome is not known: look the key up before anything else. Where the ticket is not
    /// there, try again as after a [`Verdict::Retry`].
    LookUp {
        /// How long the desk asked to wait at least.
        after: Option<Duration>,
    },
    /// Make sure that the customer exists, then try again at once.
    CreateCustomer,
    /// The ticket that it was about is gone: decide anew what to do without it.
    TicketGone,
    /// It cannot succeed as it is.
    GiveUp,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_stored_under_its_stable_text() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(reason.as_str().parse::<Reason>().unwrap(), *reason);
        }
    }
}
