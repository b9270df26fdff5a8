//! What is told of a condition: a CloudEvents document.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Condition, Facts};
use crate::delivery::Reason;

/// The type of the event that says of a condition that it comes and goes too often to be told.
pub const FLAPPING: &str = "deskbell.condition.flapping";

/// The CloudEvents `source` of all operator events.
const SOURCE: &str = "deskbell";

/// What is told of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// It holds, or is graver than before.
    Onset,
    /// It does not hold any more.
    End,
    /// It comes and goes.
    Flapping,
}

/// An event for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorEvent {
    /// The same whenever it is sent.
    pub id: String,
    /// Its CloudEvents type.
    pub event_type: &'static str,
    /// Names the condition: a newer event of it takes the place of one that is not received yet.
    pub condition: String,
    /// The CloudEvents document, as JSON.
    pub body: String,
}

#[derive(Serialize)]
struct Document<'e> {
    specversion: &'static str,
    id: &'e str,
    source: &'static str,
    #[serde(rename = "type")]
    event_type: &'static str,
    subject: &'e str,
    time: Timestamp,
    datacontenttype: &'static str,
    data: Data<'e>,
}

#[derive(Serialize)]
struct Data<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'e str>,
    /// Of the dead letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    died_of: Option<Reason>,
    /// The type that is not told any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'static str>,
    since: Timestamp,
    #[serde(flatten)]
    facts: &'e Facts,
}

impl OperatorEvent {
    /// Tells of `condition`, which began at `since`, at the time `at`.
    pub(super) fn of(
        condition: &Condition,
        telling: Telling,
        since: Timestamp,
        at: Timestamp,
        facts: &Facts,
    ) -> Self {
        let (onset, end) = condition.types();
        let (event_type, of) = match telling {
            Telling::Onset => (onset, None),
            Telling::End => (end, None),
            Telling::Flapping => (FLAPPING, Some(onset)),
        };
        let subject = condition.to_string();
        let key = format!("{onset} {subject}");
        let id = id(&[&key, event_type, &at.to_string()]);
        let (rule, died_of) = match condition {
            Condition::Flood(_, rule) => (Some(rule.as_str()), None),
            Condition::Dead(_, reason) => (None, Some(*reason)),
            Condition::Parked(_)
            | Condition::Breaker(_)
            | Condition::Failing(_)
            | Condition::Books => (None, None),
        };
        let desk = condition.desk().map(crate::event::DeskName::as_str);
        let document = Document {
            specversion: "1.0",
            id: &id,
            source: SOURCE,
            event_type,
            subject: &subject,
            time: at,
            datacontenttype: "application/json",
            data: Data { desk, rule, died_of, of, since, facts },
        };
        // Texts and numbers can always be written.
        let body = serde_json::to_string(&document).unwrap_or_default();
        Self { id, event_type, condition: key, body }
    }
}

fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    format!("op_{}", hex::encode(&hash.finalize()[..16]))
}

/// A kind of operator event, for those who describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorEventKind {
    /// Its CloudEvents type.
    pub event_type: &'static str,
    /// What it tells.
    pub text: &'static str,
    /// The members of its `data` that are always there.
    pub always: &'static [&'static str],
    /// Those that may be.
    pub sometimes: &'static [&'static str],
}

/// A kind of operator event.
const fn kind(
    event_type: &'static str,
    text: &'static str,
    always: &'static [&'static str],
    sometimes: &'static [&'static str],
) -> OperatorEventKind {
    OperatorEventKind { event_type, text, always, sometimes }
}

/// All operator events.
pub const OPERATOR_EVENTS: [OperatorEventKind; 13] = [
    kind(
        "deskbell.desk.parked",
        "Nothing goes to the desk until somebody acts: an operator has paused it, or it refuses \
         the configured key.",
        &["desk", "since", "paused"],
        &["reason"],
    ),
    kind("deskbell.desk.unparked", "Deliveries pass again.", &["desk", "since"], &[]),
    kind(
        "deskbell.breaker.opened",
        "The desk has been left alone for half a minute or more, for the `reason`.",
        &["desk", "since", "reason"],
        &[],
    ),
    kind("deskbell.breaker.closed", "The desk answers again.", &["desk", "since"], &[]),
    kind(
        "deskbell.desk.failing",
        "Of the desk's deliveries of the last ten minutes, ten or more, `percent` or more did not \
         become a ticket. Told at 50, 70 and 90.",
        &["desk", "since", "percent", "failed", "deliveries"],
        &[],
    ),
    kind(
        "deskbell.desk.recovered",
        "Fewer than 40 percent fail now, or nothing is tried.",
        &["desk", "since"],
        &[],
    ),
    kind(
        "deskbell.deliveries.dead",
        "The first dead letters of the reason `died_of` at the desk; told again only once all of \
         them are replayed or discarded.",
        &["desk", "since", "died_of", "deliveries"],
        &[],
    ),
    kind(
        "deskbell.deliveries.cleared",
        "No dead letter of the reason is left at the desk.",
        &["desk", "since", "died_of"],
        &[],
    ),
    kind(
        "deskbell.flood.began",
        "One ticket stands for many events of the rule at the desk.",
        &["desk", "since", "rule"],
        &[],
    ),
    kind(
        "deskbell.flood.ended",
        "Events of the rule have tickets of their own again.",
        &["desk", "since", "rule"],
        &[],
    ),
    kind(
        "deskbell.books.imbalanced",
        "For a minute or more, accepted deliveries have not been accounted for.",
        &["since", "unaccounted", "nowhere", "gaps"],
        &[],
    ),
    kind("deskbell.books.balanced", "Every accepted delivery is accounted for.", &["since"], &[]),
    kind(
        FLAPPING,
        "The condition whose onset is of the type `of` came and went too often: nothing more is \
         told of it until it has stood still for half an hour.",
        &["of", "since"],
        &[
            "desk",
            "rule",
            "died_of",
            "reason",
            "paused",
            "percent",
            "failed",
            "deliveries",
            "unaccounted",
            "nowhere",
            "gaps",
        ],
    ),
];
