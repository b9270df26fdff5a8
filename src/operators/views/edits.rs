//! Edits of dead letters.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{DeliveryView, RouteView};
use crate::{
    event::Change,
    ledger::{EditRecord, Rerouting, Whole},
    ticket::Priority,
};

/// What an event says at one desk, and how it came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditsView {
    /// The delivery.
    pub delivery: DeliveryView,
    /// The payload as it was posted, without what its source redacts.
    #[schema(value_type = Value)]
    pub original: Value,
    /// The payload that counts, likewise.
    #[schema(value_type = Value)]
    pub data: Value,
    /// The edits, the first one first, each with what is different from the original.
    pub edits: Vec<EditRecord>,
}

/// An edit that was made, or would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditedView {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Which edit of the delivery it is, or would be.
    pub number: u32,
    /// What it makes of the payload that counted before.
    pub changes: Vec<Change>,
    /// How the delivery goes back to work; null: it stays dead.
    pub replay: Option<ReroutedView>,
    /// The delivery as it is now.
    pub delivery: DeliveryView,
}

/// How a delivery goes back to work.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReroutedView {
    /// By which rule.
    pub rule: String,
    /// In which lane.
    pub priority: Priority,
    /// The desks that get a delivery besides, since they had none.
    pub others: Vec<RouteView>,
}

impl ReroutedView {
    /// Shows how what is `whole` is replayed.
    pub fn of(replay: &Rerouting, whole: &Whole) -> Self {
        let (rule, priority, others) = match replay {
            Rerouting::AsRouted => (&whole.delivery.rule, whole.delivery.priority, Vec::new()),
            Rerouting::Today { rule, priority, others } => {
                (rule, *priority, others.iter().map(RouteView::of).collect())
            }
        };
        Self { rule: rule.to_string(), priority, others }
    }
}
