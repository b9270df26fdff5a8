//! Support desks: one folder per vendor, each with the same files, behind one trait.

mod build;
mod call;
mod caller;
mod deadline;
mod error;
mod gathering;
pub mod hubspot;
mod inspecting;
pub mod kf5;
mod memo;
mod pacing;
mod preview;
mod reply;
mod set_up;
pub mod supportdesk;
mod task;
pub mod text;
pub mod thulium;
mod windows;

pub use build::{BuildError, build};
pub use deadline::until;
pub use error::{Answer, DeskError};
pub use inspecting::Idle;
pub use pacing::{Pacer, Pass, Turn};
pub use preview::Preview;
pub use set_up::{Ready, SetUp};
pub use task::{Found, Sought, Task};

pub use crate::delivery::Abilities;

use std::{fmt, num::NonZeroU16, time::Duration};

use async_trait::async_trait;

use crate::{
    delivery::{DeliveryKey, Outcome, RetrySchedule, Step},
    event::DeskName,
    inspection::{Finding, Needs},
    standing::{Past, Sent},
    ticket::{Priority, TicketDraft},
};

/// Deliveries that are worked on at a time. Most of an attempt is waiting for the desk.
pub const HANDFUL: NonZeroU16 = NonZeroU16::new(16).unwrap();

/// One configured ticket system account.
#[async_trait]
pub trait Desk: fmt::Debug + Send + Sync {
    /// The steps that a ticket of `draft` takes here, in order, up to [`Step::Ticket`]. The same draft
    /// gives the same steps.
    fn plan(&self, draft: &TicketDraft) -> Vec<Step>;

    /// What can be done here with a ticket that exists.
    fn abilities(&self) -> Abilities;

    /// The requests that the steps of `draft` would send, in order, with the key's secrets masked.
    fn preview(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError>;

    /// What keeps the account's windows.
    fn pacer(&self) -> &Pacer;

    /// Waits until the account's pacing lets a call through. A worker chooses its next job after
    /// that, so that an urgent one never stands behind those that were chosen before it.
    async fn turn(&self) -> Turn {
        self.pacer().turn().await
    }

    /// How many deliveries are worked on at a time: more than a handful where one request takes many
    /// tickets.
    fn at_once(&self) -> NonZeroU16 {
        HANDFUL
    }

    /// A delivery of `lane` begins, so long after its event was received: that tells a desk of a
    /// backlog.
    fn begin(&self, _lane: Priority, _waited: Duration) {}

    /// What fills the account's windows, for the worker that speaks to it next.
    fn sent(&self) -> Vec<Sent> {
        self.pacer().sent()
    }

    /// Begins where the worker before ended. To be called while nothing is on its way.
    fn resume(&self, past: &Past) {
        self.pacer().resume(past);
    }

    /// Does one step. One about a ticket that is not there any more is
    /// [`DeskError::TicketGone`].
    async fn act(&self, step: &Step, task: &Task<'_>) -> Result<Outcome, DeskError>;

    /// Looks for what may be there, to settle a doubt. What it says is certain, or it says that it
    /// cannot tell.
    async fn find(&self, sought: &Sought<'_>) -> Result<Found, DeskError>;

    /// Asks whether what the configuration and `needs` rely on is there, and changes nothing. Every
    /// call waits until the desk is `idle`, and for room as all calls do. An error: the desk cannot
    /// be asked now, and nothing is known.
    async fn inspect(&self, needs: &Needs, idle: &Idle) -> Result<Vec<Finding>, DeskError>;

    /// Makes what the account needs and a call can make, and says what a person has to do. Doing it
    /// again changes nothing.
    async fn set_up(&self) -> Result<SetUp, DeskError>;

    /// The requests that [`Desk::set_up`] may send, in order, with the key's secrets masked.
    fn set_up_preview(&self) -> Vec<Preview>;
}

/// A configured desk: what all have in common, and what its vendor needs.
#[derive(Debug, Clone)]
pub struct DeskConfig {
    /// What all have in common.
    pub settings: DeskSettings,
    /// What its vendor needs.
    pub vendor: Vendor,
}

/// The vendor of a desk, with its own settings.
#[derive(Debug, Clone)]
pub enum Vendor {
    /// `kind = "hubspot"`
    HubSpot(hubspot::Settings),
    /// `kind = "kf5"`
    Kf5(kf5::Settings),
    /// `kind = "supportdesk"`
    SupportDesk(supportdesk::Settings),
    /// `kind = "thulium"`
    Thulium(thulium::Settings),
}

impl Vendor {
    /// As `kind` in the configuration says it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::HubSpot(_) => "hubspot",
            Self::Kf5(_) => "kf5",
            Self::SupportDesk(_) => "supportdesk",
            Self::Thulium(_) => "thulium",
        }
    }
}

/// What every desk's settings have in common. A vendor's own settings stand in its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskSettings {
    /// As `[desks.<name>]` calls it.
    pub name: DeskName,
    /// Without a slash at the end.
    pub base_url: String,
    /// For one call, from its first byte to the last of its answer.
    pub timeout: Duration,
    /// Requests that the desk takes; all windows hold at once.
    pub pacing: Vec<Window>,
    /// How often and how long a delivery is tried.
    pub retry: RetrySchedule,
    /// What to do with a doubt that the desk cannot settle.
    pub on_uncertain: OnUncertain,
}

/// At most `requests` in any stretch of time as long as `per`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many.
    pub requests: u32,
    /// In how long.
    pub per: Duration,
}

/// What to do with a doubt that the desk cannot settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUncertain {
    /// An operator looks.
    #[default]
    Park,
    /// Ask again for the ticket: at least once, perhaps twice.
    Retry,
}
