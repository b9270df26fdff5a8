//! Events.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{DeliveryDetail, DeliveryView};
use crate::{
    delivery::Delivery, event::Route, ledger::EventRecord, rules::RuleVerdict, ticket::Priority,
};

/// An accepted event, and where its deliveries stand.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// The source.
    pub source: String,
    /// The sender's id.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Follows it from the receiver's log line to the desk's.
    pub request_id: String,
    /// How often another body came under its id; the first one stands.
    pub conflicts: u64,
    /// What the rules said; none: no rule matched.
    pub routes: Vec<RouteView>,
    /// Those of its deliveries that a worker has taken up.
    pub deliveries: Vec<DeliveryView>,
}

/// What a rule said of an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RouteView {
    /// The desk that gets a delivery.
    pub desk: String,
    /// The rule that says so.
    pub rule: String,
    /// How soon somebody should look.
    pub priority: Priority,
}

/// Why a rule does or does not decide about an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VerdictView {
    /// The rule.
    pub rule: String,
    /// `matched`, `other-type`, `when-false`, or `undecided`: its `when` fails, which counts as a match.
    pub verdict: &'static str,
    /// The desks for which it decides: those that it sends to, and no rule before it.
    pub decides: Vec<String>,
    /// In words.
    pub why: String,
}

/// An event with everything that happened to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventDetail {
    /// Its receipt, and where its deliveries stand.
    pub receipt: EventView,
    /// The event as structured `CloudEvents`, without what its source redacts.
    #[schema(value_type = Object)]
    pub event: Value,
    /// Its deliveries with every attempt.
    pub deliveries: Vec<DeliveryDetail>,
    /// What every rule says of it, as the rules stand now; the receipt's `routes` are what they said
    /// when it came.
    pub rules: Vec<VerdictView>,
}

impl EventView {
    /// Shows an event.
    pub fn new(record: &EventRecord, deliveries: &[Delivery]) -> Self {
        let envelope = &record.envelope;
        Self {
            source: envelope.event.source.to_string(),
            id: envelope.event.id.to_string(),
            event_type: envelope.event.event_type.to_string(),
            received_at: envelope.received_at,
            request_id: envelope.request_id.to_string(),
            conflicts: record.conflicts,
            routes: envelope.routes.iter().map(RouteView::of).collect(),
            deliveries: deliveries.iter().map(DeliveryView::of).collect(),
        }
    }
}

impl RouteView {
    /// Shows a route.
    pub fn of(Route { desk, rule, priority }: &Route) -> Self {
        Self { desk: desk.to_string(), rule: rule.to_string(), priority: *priority }
    }
}

impl VerdictView {
    /// Shows what a rule says.
    pub fn of(verdict: &RuleVerdict) -> Self {
        Self {
            rule: verdict.rule.to_string(),
            verdict: verdict.matching.as_str(),
            decides: verdict.decides.iter().map(ToString::to_string).collect(),
            why: verdict.to_string(),
        }
    }
}

impl EventDetail {
    /// Shows an event with what happened to it.
    pub fn new(
        record: &EventRecord,
        deliveries: &[Delivery],
        details: Vec<DeliveryDetail>,
        verdicts: &[RuleVerdict],
    ) -> Self {
        let event = record.envelope.event.to_cloudevents();
        Self {
            receipt: EventView::new(record, deliveries),
            event: serde_json::from_slice(&event).unwrap_or(Value::Null),
            deliveries: details,
            rules: verdicts.iter().map(VerdictView::of).collect(),
        }
    }
}
