//! One suite: the product from outside, and the contracts of its seams against every implementation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod backtesting;
mod brake;
mod callbacks;
mod chaos;
mod checking;
mod cli;
mod configuration;
mod contract;
mod contracts;
mod corpora;
mod delivering;
mod demo;
mod desk_calls;
mod desks;
mod examples;
mod fulldisk;
mod gathering;
mod intake;
mod leaks;
mod life;
mod losing;
mod metrics;
mod operators;
mod outages;
mod pacing;
mod powercut;
mod preflight;
mod reloading;
mod replays;
mod rule_tests;
mod sabotage;
mod sandbox;
mod sharing;
mod silencing;
mod status;
mod supply;
mod support;
mod surviving;
mod third_parties;
mod thulium;
mod traces;
#[path = "../trial/mod.rs"]
mod trial;
mod upgrading;
mod waiting;
