//! The receiver over real HTTP: what it takes, and every way in which it does not.

mod app;
mod bodies;
mod broker;
mod durability;
mod events;
mod observed;
mod paths;
mod secrecy;
mod signatures;
