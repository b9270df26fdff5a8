//! The receiver over real HTTP: what it takes, and every way in which it does not.

mod app;
mod batches;
mod bodies;
mod broker;
mod documented;
mod durability;
mod events;
mod limits;
mod observed;
mod paths;
mod sdk;
mod secrecy;
mod senders;
mod signatures;
mod vendors;
