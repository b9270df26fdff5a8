//! What operators did: who, what, on what, why and when.

use std::{fmt, str::FromStr};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::LedgerError;
use crate::delivery::Transition;

/// The log of operators' acts.
///
/// Promises: an entry is written in the transaction of its act, or neither is; no entry is ever
/// changed or taken away.
#[async_trait]
pub trait Audit {
    /// Entries that pass `search`, the last ones first: those below `before`, `most` at most.
    async fn audit(
        &self,
        search: &AuditSearch,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<AuditEntry>, LedgerError>;
}

/// Who acts, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Now.
    pub at: Timestamp,
    /// The token's name, or the account's on the command line.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: Option<String>,
}

/// The way by which an operator acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// With a token.
    Token,
    /// At the console, in a session.
    Console,
    /// On the command line, of the machine with the ledger.
    CommandLine,
}

impl Via {
    /// The name that the ledger and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Console => "console",
            Self::CommandLine => "command-line",
        }
    }
}

impl FromStr for Via {
    type Err = InvalidWord;

    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        [Self::Token, Self::Console, Self::CommandLine]
            .into_iter()
            .find(|via| via.as_str() == text)
            .ok_or(InvalidWord)
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// What an operator does. The texts are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Act {
            $($(#[$doc])* $variant,)+
        }

        impl Act {
            /// All acts.
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

acts! {
    /// Puts a dead letter back to work.
    Replay = "delivery.replay",
    /// Edits what a dead letter's event says.
    Edit = "delivery.edit",
    /// Gives an event a delivery at one more desk.
    Route = "delivery.route",
    /// Gives a dead letter or a doubt up.
    Discard = "delivery.discard",
    /// Ends a doubt.
    Settle = "delivery.settle",
    /// Erases what a customer's events say.
    Erase = "customer.erase",
    /// Lets a rule's brake go.
    ReleaseBrake = "brake.release",
    /// Has seen to what the journal lost.
    ForgetGaps = "gaps.forget",
    /// Keeps deliveries from a desk.
    PauseDesk = "desk.pause",
    /// Lets them pass again.
    ResumeDesk = "desk.resume",
    /// Says how an issue stands.
    JudgeIssue = "issue.judge",
    /// Begins a bulk replay.
    StartReplay = "replay.start",
    /// Has it wait.
    PauseReplay = "replay.pause",
    /// Has it go on.
    ResumeReplay = "replay.resume",
    /// Ends it.
    CancelReplay = "replay.cancel",
    /// Makes a silence.
    CreateSilence = "silence.create",
    /// Ends one before its time.
    EndSilence = "silence.end",
    /// Lets all that one suppressed have its tickets.
    ReleaseSilence = "silence.release",
    /// Lets one suppressed delivery have its ticket.
    Release = "delivery.release",
    /// Has a call-back that was given up sent again.
    ResendCallback = "callback.resend",
    /// Makes a token.
    CreateToken = "token.create",
    /// Ends a token.
    RevokeToken = "token.revoke",
    /// Opens a session at the console.
    OpenSession = "session.open",
    /// Ends one, or all of a token.
    EndSession = "session.end",
}

impl Act {
    /// What an operator does by this; `None` where it is not an operator's.
    pub fn of(transition: &Transition) -> Option<Self> {
        match transition {
            Transition::Replay { .. } | Transition::Reroute { .. } => Some(Self::Replay),
            Transition::Edit { .. } => Some(Self::Edit),
            Transition::Discard { .. } => Some(Self::Discard),
            Transition::Release { .. } => Some(Self::Release),
            Transition::Exists { .. } | Transition::Absent { .. } => Some(Self::Settle),
            Transition::Erase { .. }
            | Transition::Claim { .. }
            | Transition::Intend { .. }
            | Transition::Done { .. }
            | Transition::NotDone { .. }
            | Transition::Engage { .. }
            | Transition::Complete { .. }
            | Transition::Suppress { .. }
            | Transition::Conclude { .. }
            | Transition::Postpone { .. }
            | Transition::Doubt { .. }
            | Transition::Bury { .. }
            | Transition::Poison { .. } => None,
        }
    }
}

impl Serialize for Act {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Act {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Act {
    type Err = InvalidWord;

    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        Self::ALL.iter().copied().find(|act| act.as_str() == text).ok_or(InvalidWord)
    }
}

/// A text that is none of the words that may stand there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is none of the words that may stand there")]
pub struct InvalidWord;

/// Chooses entries. What is `None` does not choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditSearch {
    /// Not before then.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    /// By who acted.
    pub who: Option<String>,
    /// By what was done.
    pub act: Option<Act>,
    /// By what it was done to.
    pub subject: Option<String>,
}

/// One act of an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Its place in the log.
    pub number: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The token's name, or the account's on the command line.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// What was done.
    #[schema(value_type = String, example = "delivery.replay")]
    pub act: Act,
    /// To what: a delivery's key, a desk, a rule at a desk, a call-back's id, a replay's or a token's
    /// name; `journal`.
    pub subject: String,
    /// What is to be known of it besides.
    pub detail: String,
    /// In the operator's words.
    pub why: Option<String>,
}
