//! A delivery as its sender is told of it: in answers to senders, and in their call-backs.
//!
//! Promise: nothing of the event's data is in it, and nothing that operators wrote.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Delivery, Reason, State};
use crate::{
    event::{DeskName, Route, RuleName},
    ticket::{Priority, TicketRef},
};

/// What a sender is told of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report<'d> {
    #[schema(value_type = String)]
    desk: &'d DeskName,
    #[schema(value_type = String)]
    rule: &'d RuleName,
    priority: Priority,
    state: &'static str,
    /// Since when it is in that state.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'d TicketRef>,
    /// Why it is not ticketed, where something went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    reason: Option<Reason>,
    /// In the desk's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'d str>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
}

impl<'d> Report<'d> {
    /// Tells of a delivery.
    pub fn of(delivery: &'d Delivery) -> Self {
        let failure = delivery.failure();
        Self {
            desk: &delivery.desk,
            rule: &delivery.rule,
            priority: delivery.priority,
            state: delivery.state.name(),
            since: since(delivery),
            ticket: delivery.ticket(),
            reason: failure.map(|failure| failure.reason),
            detail: failure.map(|failure| failure.words.as_str()),
            attempts: delivery.attempts,
            next_attempt_at: next_attempt_at(&delivery.state),
        }
    }

    /// Tells of a delivery that no worker has taken up since the event came at `received_at`.
    pub fn untaken(route: &'d Route, received_at: Timestamp) -> Self {
        Self {
            desk: &route.desk,
            rule: &route.rule,
            priority: route.priority,
            state: State::Queued.name(),
            since: received_at,
            ticket: None,
            reason: None,
            detail: None,
            attempts: 0,
            next_attempt_at: None,
        }
    }
}

/// Since when the delivery is in its state; it changes within an attempt, too.
fn since(delivery: &Delivery) -> Timestamp {
    match &delivery.state {
        State::Attempting { since, .. } | State::Uncertain { since, .. } => *since,
        _ => delivery.updated_at,
    }
}

/// When a worker goes on by itself; `None` at once, or never.
fn next_attempt_at(state: &State) -> Option<Timestamp> {
    match state {
        State::Retrying { not_before, .. } => Some(*not_before),
        State::Uncertain { look_again, .. } => *look_again,
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::delivery::{Failure, notice::tests::delivery};

    fn report(state: State) -> serde_json::Value {
        let delivery = Delivery { attempts: 3, ..delivery(state) };
        serde_json::to_value(Report::of(&delivery)).unwrap()
    }

    #[test]
    fn a_report_says_where_a_delivery_stands_and_what_the_desk_said() {
        let at = Timestamp::UNIX_EPOCH;
        let last = Failure {
            code: Some("LOCKED".to_owned()),
            ..Failure::of(Reason::DeskFault, "the record is locked")
        };
        let not_before = "1970-01-01T00:05:00Z".parse().unwrap();
        assert_eq!(
            report(State::Retrying { not_before, last: last.clone() }),
            json!({
                "desk": "crm", "rule": "stuck", "priority": "HIGH", "state": "retrying",
                "since": "1970-01-01T00:00:09Z", "reason": "desk-fault",
                "detail": "the record is locked", "attempts": 3,
                "next_attempt_at": "1970-01-01T00:05:00Z",
            })
        );
        let uncertain = report(State::Uncertain { since: at, look_again: None, last });
        assert_eq!(uncertain["since"], "1970-01-01T00:00:00Z");
        assert!(uncertain.get("next_attempt_at").is_none(), "{uncertain}");
        let ticket = TicketRef { id: "T-1".to_owned(), number: Some("7".to_owned()), url: None };
        let ticketed = report(State::Ticketed { at, ticket });
        assert_eq!(ticketed["ticket"], json!({ "id": "T-1", "number": "7" }));
        assert!(ticketed.get("reason").is_none(), "{ticketed}");
    }

    #[test]
    fn what_operators_wrote_is_not_for_senders() {
        let (by, why) = ("ada".to_owned(), "they never pay".to_owned());
        let discarded = report(State::Discarded { at: Timestamp::UNIX_EPOCH, by, why });
        assert_eq!(discarded["state"], "discarded");
        let text = discarded.to_string();
        assert!(!text.contains("ada") && !text.contains("never pay"), "{text}");
    }
}
