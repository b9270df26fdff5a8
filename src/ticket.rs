//! What a desk is asked for: the draft of a ticket, and the reference to one that exists.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How soon somebody should look. The greater is the more urgent.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Priority {
    /// `LOW`
    Low,
    /// `MEDIUM`, where a rule says nothing.
    #[default]
    Medium,
    /// `HIGH`
    High,
    /// `URGENT`
    Urgent,
    /// `CRITICAL`
    Critical,
}

impl Priority {
    /// All priorities, the most urgent first: the order in which lanes are served.
    pub const URGENT_FIRST: [Self; 5] =
        [Self::Critical, Self::Urgent, Self::High, Self::Medium, Self::Low];

    /// The name that rules, tickets and answers use: `URGENT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Urgent => "URGENT",
            Self::Critical => "CRITICAL",
        }
    }

    /// The name that queues and routing keys use: `urgent`.
    pub fn lane(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A text that is none of the five priorities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a priority: LOW, MEDIUM, HIGH, URGENT or CRITICAL")]
pub struct InvalidPriority;

impl FromStr for Priority {
    type Err = InvalidPriority;

    /// Reads either spelling, `URGENT` or `urgent`.
    fn from_str(text: &str) -> Result<Self, InvalidPriority> {
        Self::URGENT_FIRST
            .into_iter()
            .find(|priority| text.eq_ignore_ascii_case(priority.as_str()))
            .ok_or(InvalidPriority)
    }
}

/// What a rule makes of an event for one desk: all that the desk needs, in no desk's own terms.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TicketDraft {
    /// How soon somebody should look.
    pub priority: Priority,
    /// One line.
    pub subject: String,
    /// Markdown.
    pub description: String,
    /// The desk's category, free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Named values with their types kept: a number stays a number, with its digits.
    pub metadata: Map<String, Value>,
    /// Tags; where the desk knows tags by id, their ids.
    pub tags: Vec<String>,
    /// Whom the ticket is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Records of the desk that the ticket is tied to.
    pub associations: Vec<Association>,
    /// The open problem that the event is about, and what it does to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<Involvement>,
    /// How many tickets of its kind are too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brake: Option<Bound>,
}

impl TicketDraft {
    /// Whether it depends on what else has happened what becomes of it.
    pub fn has_to_be_decided(&self) -> bool {
        self.incident.is_some() || self.brake.is_some()
    }

    /// Whether it may become a ticket of its own.
    pub fn opens(&self) -> bool {
        self.incident.as_ref().is_none_or(|incident| incident.action == Action::Open)
    }
}

/// What an event has to do with an open problem, its incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involvement {
    /// Names the incident at the desk.
    pub key: String,
    /// What the event does about it.
    pub action: Action,
    /// How long after its resolution the incident is taken up again; later, it is a new one.
    pub reopen_within: Duration,
}

/// How many tickets a rule may open at a desk, and in how long: past that it is a flood, and one
/// ticket stands for all the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The rule's name.
    pub rule: String,
    /// So many tickets are none too many; from 1.
    pub over: u32,
    /// In any stretch of time as long as this.
    pub within: Duration,
}

/// What a rule does about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Opens a ticket, or adds to the one that is open.
    #[default]
    Open,
    /// Adds to the ticket that is there.
    Comment,
    /// Adds to the ticket and resolves it.
    Resolve,
}

/// The customer that a ticket is about. Without `name` and `email` an unknown customer cannot be
/// created at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// The upstream application's id of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// One record of the desk that a ticket is tied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// The record's kind in the desk's terms: `contact`, `company`, `deal`.
    pub object: String,
    /// Which record.
    pub target: Target,
    /// What the tie means.
    pub kind: AssociationKind,
    /// What to do where the record does not exist.
    pub missing: Missing,
}

/// How an association's record is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// By the desk's own id.
    Id(String),
    /// By one property's value: a contact by `email`, a company by `domain`.
    Match {
        /// The property's name.
        property: String,
        /// Its value.
        value: String,
    },
}

/// What an association means at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssociationKind {
    /// The vendor's default for the two kinds of record.
    #[default]
    Default,
    /// A numbered type; `category` as the vendor names it, `HUBSPOT_DEFINED` where none is given.
    Type {
        /// The vendor's category of the type.
        category: Option<String>,
        /// The type's number.
        id: u64,
    },
    /// A labelled type, by its label.
    Label(String),
}

/// What to do where an association's record does not exist at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Create the record.
    Create,
    /// Make the ticket without the association.
    #[default]
    Skip,
    /// Dead-letter the delivery.
    Fail,
}

/// A ticket that exists at a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TicketRef {
    /// The desk's id of it.
    pub id: String,
    /// What people call it, where that is another thing than the id: `INV-1042`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Where a person sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
