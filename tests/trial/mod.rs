//! A trial: the product as processes around simulated desks, faults, and a checker that reads what
//! was seen from outside. The suite and the soak are built on it.

pub(crate) mod checker;
pub(crate) mod dice;
pub(crate) mod fleet;
pub(crate) mod history;
pub(crate) mod node;
pub(crate) mod process;
pub(crate) mod sender;
pub(crate) mod settings;
pub(crate) mod upstream;
mod waiting;

pub(crate) use waiting::eventually;

/// A variable of the tests' own.
#[expect(clippy::disallowed_methods, reason = "the tests' own variables, set by scripts/test")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
