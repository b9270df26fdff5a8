//! One set of promises for each seam, run against every implementation.

mod broker;
mod embedded;
mod ledger;
mod rabbitmq;
