//! Deskbell turns business events into support tickets, and never loses or doubles one.
//!
//! The modules stand in four layers, and each names only those below it. A test reads the sources
//! and holds these arrows; ARCHITECTURE.md walks one event through them.
//!
//! - *words*, pure: [`event`], [`ticket`], [`signature`], [`rules`], [`formats`], [`delivery`],
//!   [`standing`], [`conditions`], [`inspection`], [`causes`];
//! - *seams*, a trait and its implementations each: [`clock`], [`broker`], [`ledger`], [`desks`]
//!   (and the engine [`sqlite`] below two of them, and the spans of [`traces`]);
//! - *drivers*: [`receiver`], [`worker`], [`callbacks`], [`operators`], [`sandbox`], [`http`];
//! - *composition*: [`config`], [`contracts`], [`telemetry`], [`lifecycle`], [`app`], [`cli`].

pub mod app;
pub mod broker;
pub mod callbacks;
pub mod causes;
pub mod cli;
pub mod clock;
pub mod conditions;
pub mod config;
pub mod contracts;
pub mod delivery;
pub mod desks;
pub mod event;
pub mod formats;
pub mod http;
pub mod inspection;
pub mod ledger;
pub mod lifecycle;
pub mod operators;
pub mod receiver;
pub mod rules;
pub mod sandbox;
pub mod signature;
pub mod sqlite;
pub mod standing;
pub mod telemetry;
pub mod ticket;
pub mod traces;
pub mod worker;
