//! Dead letters as issues: what one desk refuses for one reason is one thing to be seen to.

use std::{fmt, str::FromStr};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::{By, InvalidWord, LedgerError};
use crate::{delivery::Reason, event::DeskName};

/// Issues, and what operators say of them.
///
/// Promises: there is an issue as long as there are dead letters of its reason at its desk; what an
/// operator says of one is in the audit log, in the transaction of the act; a resolved issue is open
/// again as soon as another delivery dies of it.
#[async_trait]
pub trait Issues {
    /// All issues, those with the most dead letters first.
    async fn issues(&self) -> Result<Vec<Issue>, LedgerError>;

    /// An operator says how an issue stands; gives it as it stands then, `None` where there is none.
    /// Saying what was said before changes nothing.
    async fn judge_issue(
        &self,
        reason: Reason,
        desk: &DeskName,
        status: IssueStatus,
        by: &By,
    ) -> Result<Option<Issue>, LedgerError>;
}

/// How an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum IssueStatus {
    /// Nobody has seen to it.
    Open,
    /// Somebody sees to it.
    Acknowledged,
    /// What it came of is mended. Another death opens it again.
    Resolved,
    /// Nobody need look, whatever else dies of it.
    Ignored,
}

impl IssueStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Acknowledged, Self::Resolved, Self::Ignored];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
            Self::Ignored => "ignored",
        }
    }
}

impl fmt::Display for IssueStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for IssueStatus {
    type Err = InvalidWord;

    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(InvalidWord)
    }
}

/// The dead letters of one reason at one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Issue {
    /// What they died of.
    #[schema(value_type = String, example = "unknown-customer")]
    pub reason: Reason,
    /// The desk.
    #[schema(value_type = String, example = "crm")]
    pub desk: DeskName,
    /// How many there are.
    pub letters: u64,
    /// When the first of them died.
    #[schema(value_type = String, format = DateTime)]
    pub first: Timestamp,
    /// When the last of them died.
    #[schema(value_type = String, format = DateTime)]
    pub last: Timestamp,
    /// How it stands.
    pub status: IssueStatus,
    /// What was said of it last; null where nothing was.
    pub said: Option<Judgement>,
}

/// What an operator has said of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Judgement {
    /// How it stands.
    pub status: IssueStatus,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom.
    pub who: String,
    /// In the operator's words.
    pub why: Option<String>,
}

impl Judgement {
    /// How the issue stands, of whose letters the last died at `last`.
    pub(super) fn status_after(said: Option<&Self>, last: Timestamp) -> IssueStatus {
        match said {
            None => IssueStatus::Open,
            Some(Self { status: IssueStatus::Resolved, at, .. }) if last > *at => IssueStatus::Open,
            Some(Self { status, .. }) => *status,
        }
    }
}
