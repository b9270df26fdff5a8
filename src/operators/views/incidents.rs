//! Incidents.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ledger::IncidentRecord,
    ticket::{Priority, TicketRef},
};

/// An incident at one desk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentView {
    /// The desk.
    pub desk: String,
    /// Its key, as the rule made it.
    pub key: String,
    /// When something of it changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The ticket that was opened last.
    pub ticket: Option<TicketRef>,
    /// Whether it was resolved since.
    pub resolved: bool,
    /// When the latest event happened that opens it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// When the event happened that resolved it last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// The highest priority that was asked for since the ticket was opened.
    pub priority: Priority,
    /// Events since the ticket was opened.
    pub events: u32,
    /// How many events are remembered until there is a ticket.
    pub remembered: usize,
    /// The key of the delivery that is changing it, and that others wait for.
    pub busy_with: Option<String>,
}

impl IncidentView {
    /// Shows an incident.
    pub fn of(IncidentRecord { desk, key, updated_at, incident }: &IncidentRecord) -> Self {
        Self {
            desk: desk.to_string(),
            key: key.clone(),
            updated_at: *updated_at,
            ticket: incident.ticket.clone(),
            resolved: incident.is_resolved,
            opened_at: incident.opened_at,
            resolved_at: incident.resolved_at,
            priority: incident.priority,
            events: incident.events,
            remembered: incident.remembered.len(),
            busy_with: incident.holder.as_ref().map(ToString::to_string),
        }
    }
}
