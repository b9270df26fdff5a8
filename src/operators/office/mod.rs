//! What operators ask and do. The API of the private port stands on it, and so may a console and the
//! command line: all of them see and do the same.
//!
//! Promises: no payload is told but as its source's redaction leaves it; every act goes through the
//! ledger with who does it, and doing it twice does it once.

mod acts;
mod bulk;
mod editing;
mod erasing;
mod looking;
mod overview;
mod replays;
mod retention;
mod sessions;
mod silences;

pub use bulk::{Discarded, MOST_DISCARDED, MOST_REPLAYED, Refused, Replayed, discard_all};
pub use editing::{EditWish, Ruling};
pub use erasing::{EraseWish, ErasureReport, JournalReport, KeptJournal};
pub use overview::Survey;
pub use retention::RetentionReport;
pub use sessions::SESSION_LASTS;
pub use silences::check_when;

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;

use super::{OfficeError, replaying::Planner, views::SourceView};
use crate::{
    clock::Clock,
    delivery::DeliveryKey,
    desks::Preview,
    event::DeskName,
    ledger::{Ledger, Privacy},
    ticket::TicketDraft,
};

/// Everything that operators' questions and acts need.
#[derive(Debug, Clone)]
pub struct Office {
    /// The way to the ledger.
    pub archive: Arc<dyn Archive>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The configured desks, each with its kind.
    pub desks: BTreeMap<DeskName, &'static str>,
    /// What plans of bulk replays are made by, and events and edits are held to: today's rules and
    /// schemas.
    pub planner: Planner,
    /// What of events is about persons, and how long it is kept.
    pub privacy: Privacy,
    /// The longest event that is accepted, in bytes.
    pub longest_event: usize,
}

/// What the composition has, and operators look at.
#[async_trait]
pub trait Archive: fmt::Debug + Send + Sync {
    /// The ledger; one that no worker has made yet is not made.
    async fn ledger(&self) -> Result<&dyn Ledger, OfficeError>;

    /// Where the broker keeps events.
    async fn kept_journal(&self) -> Result<KeptJournal, OfficeError>;

    /// The sources, each with when its secrets last verified.
    async fn sources(&self) -> Result<Vec<SourceView>, OfficeError>;

    /// The requests that `draft` takes at a desk, in order, with secrets masked; none where the desk
    /// is not configured or cannot have this ticket.
    fn requests(&self, desk: &DeskName, key: &DeliveryKey, draft: &TicketDraft) -> Vec<Preview>;
}
