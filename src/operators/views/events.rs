//! Events.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{DeliveryDetail, DeliveryView};
use crate::{delivery::Delivery, event::Route, ledger::EventRecord, ticket::Priority};

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

impl EventDetail {
    /// Shows an event with what happened to it.
    pub fn new(
        record: &EventRecord,
        deliveries: &[Delivery],
        details: Vec<DeliveryDetail>,
    ) -> Self {
        let event = record.envelope.event.to_cloudevents();
        Self {
            receipt: EventView::new(record, deliveries),
            event: serde_json::from_slice(&event).unwrap_or(Value::Null),
            deliveries: details,
        }
    }
}
