//! What operators are shown: the same by every way.

mod brakes;
mod deliveries;
mod desks;
mod edits;
mod events;
mod incidents;
mod overview;
mod replays;
mod silences;
mod sources;

pub use brakes::BrakeView;
pub use deliveries::{DeliveryDetail, DeliveryView};
pub use desks::{BreakerView, DeskView, WindowView};
pub use edits::{EditedView, EditsView, ReroutedView};
pub use events::{EventDetail, EventView, RouteView, VerdictView};
pub use incidents::IncidentView;
pub use overview::{
    Forecast, IssueCounts, OldestView, Outlook, Overview, PaceOf, TimeToTicketView,
};
pub use replays::{Foreseen, PlanDesk, ReplayPlan, ReplayProgress, ReplayView};
pub use silences::{SilenceState, SilenceView};
pub use sources::{RefusedView, SecretView, SourceView};

use serde::Serialize;
use utoipa::ToSchema;

/// How far the journal is recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JournalView {
    /// The number of the last entry that the ledger has; null before the first.
    pub recorded_up_to: Option<u64>,
}
