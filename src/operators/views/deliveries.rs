//! Deliveries.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    delivery::{Attempt, Delivery, Failure, Limit, SilenceId, State},
    desks::Preview,
    ledger::EditRecord,
    ticket::{Priority, TicketRef},
};

/// One event for one desk, and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryView {
    /// What it is called by.
    pub key: String,
    /// The event's source.
    pub source: String,
    /// The event's id.
    pub event: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The desk.
    pub desk: String,
    /// The rule that routed it there.
    pub rule: String,
    /// How soon somebody should look.
    pub priority: Priority,
    /// Where it stands.
    pub state: &'static str,
    /// The edit of its event that counts; null: the event as it was posted.
    pub edit: Option<u32>,
    /// Attempts that count.
    pub attempts: u32,
    /// Follows it from the receiver's log line to the desk's.
    pub request_id: String,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When a worker goes on by itself; null: at once, or never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub not_before: Option<Timestamp>,
    /// Its ticket, or the one that it was added to.
    pub ticket: Option<TicketRef>,
    /// Why it is not ticketed, where something went wrong.
    pub failure: Option<Failure>,
    /// The bound that ended it, where the failure alone would not have.
    pub limit: Option<Limit>,
    /// The silence that suppresses it, or that did before it was released.
    pub silence: Option<i64>,
    /// Who gave it up.
    pub discarded_by: Option<String>,
    /// Why.
    pub discarded_why: Option<String>,
    /// The key of its incident.
    pub incident: Option<String>,
    /// What it does about its incident or in a flood.
    #[schema(value_type = Option<Object>)]
    pub course: Option<Value>,
}

/// A delivery with every attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryDetail {
    /// The delivery.
    pub delivery: DeliveryView,
    /// What was asked of the desk, in the order of asking, and what came of it.
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<Value>,
    /// Its attempts, the first one first.
    pub history: Vec<Attempt>,
    /// What operators made of its event, the first edit first, each against the event as it was
    /// posted.
    pub edits: Vec<EditRecord>,
    /// The requests that a ticket of its own takes, in order, as today's rules make them of the event
    /// as it counts; none where there is no such ticket.
    pub requests: Vec<Preview>,
}

impl DeliveryView {
    /// Shows a delivery.
    pub fn of(delivery: &Delivery) -> Self {
        let not_before = match &delivery.state {
            State::Retrying { not_before, .. } => Some(*not_before),
            State::Uncertain { look_again, .. } => *look_again,
            _ => None,
        };
        let limit = match &delivery.state {
            State::Dead { limit, .. } => *limit,
            _ => None,
        };
        let (discarded_by, discarded_why) = match &delivery.state {
            State::Discarded { by, why, .. } => (Some(by.clone()), Some(why.clone())),
            _ => (None, None),
        };
        Self {
            key: delivery.key.to_string(),
            source: delivery.event.source.to_string(),
            event: delivery.event.id.to_string(),
            event_type: delivery.event.event_type.to_string(),
            desk: delivery.desk.to_string(),
            rule: delivery.rule.to_string(),
            priority: delivery.priority,
            state: delivery.state.name(),
            edit: delivery.edit,
            attempts: delivery.attempts,
            request_id: delivery.request_id.to_string(),
            updated_at: delivery.updated_at,
            not_before,
            ticket: delivery.ticket().cloned(),
            failure: delivery.failure().cloned(),
            limit,
            silence: delivery.silence().map(SilenceId::number),
            discarded_by,
            discarded_why,
            incident: delivery.incident.as_ref().and_then(|part| part.incident.clone()),
            course: delivery.course().and_then(|course| serde_json::to_value(course).ok()),
        }
    }
}

impl DeliveryDetail {
    /// Shows a delivery with its attempts.
    pub fn new(
        delivery: &Delivery,
        history: Vec<Attempt>,
        edits: Vec<EditRecord>,
        requests: Vec<Preview>,
    ) -> Self {
        let steps = delivery.steps.iter().filter_map(|step| serde_json::to_value(step).ok());
        let delivery = DeliveryView::of(delivery);
        Self { delivery, steps: steps.collect(), history, edits, requests }
    }
}
