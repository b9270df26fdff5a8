//! Simulated desks, for tests, demonstrations and trials without an account.
//!
//! They are written from the vendors' documents and share nothing with the clients, so that a
//! misreading cannot agree with itself. Each listens on a port of its own, enforces the documented
//! validation, errors and rate windows, keeps its state in memory, takes the time from a
//! [`Clock`](crate::clock::Clock), and lets faults be switched on:
//!
//! - over HTTP below `/_sandbox` on the same port (`tickets`, `calls`, `faults`, `limits`,
//!   `settings`, `customers`, `away`, `reset`), JSON, without a key;
//! - inside the process through [`SimulatedDesk`].
//!
//! A vendor is a folder: `mod.rs` (the [`Vendor`]), `settings.rs` (its switches), `routes.rs`,
//! `refusal.rs` (its errors), and a file per thing that it keeps.

mod admin;
mod answers;
mod calls;
mod desk;
mod dice;
mod fault_request;
mod faults;
mod gate;
pub mod hubspot;
pub mod kf5;
mod limits;
mod operation;
mod presence;
mod settings;
mod start;
pub mod supportdesk;
pub mod thulium;
mod vendor;

pub use calls::Call;
pub use desk::SimulatedDesk;
pub use faults::{AnswerBody, Fault, FaultKind, FaultPlan, FaultStanding};
pub use limits::{Exceeded, LimitSettings, Standing, Window};
pub use operation::Operation;
pub use presence::Absence;
pub use settings::{
    EXPIRED_SUPPORTDESK_KEY, HUBSPOT_TOKEN, KF5_AGENT, KF5_EMAIL, KF5_TOKEN, SUPPORTDESK_KEY,
    SandboxSettings, THULIUM_PASSWORD, THULIUM_USER,
};
pub use start::{Sandbox, start};
pub use vendor::{InvalidSeed, SandboxAssociation, SandboxTicket, Vendor};
