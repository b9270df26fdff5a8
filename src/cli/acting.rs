//! Who acts on the command line, and when.

use std::sync::Arc;

use jiff::Timestamp;

use super::Context;
use crate::{
    clock::{Clock, SystemClock},
    ledger::{By, Via},
};

/// The time of day.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The account's name, as the log of operators' acts has it.
pub(super) fn by(context: &Context, why: Option<String>) -> By {
    by_at(context, why, clock().now())
}

/// The same, at a time that something else has, too.
pub(super) fn by_at(context: &Context, why: Option<String>, at: Timestamp) -> By {
    let who = ["USER", "LOGNAME"].into_iter().find_map(|name| context.variable(name));
    By { at, who: who.unwrap_or_else(|| "command line".to_owned()), via: Via::CommandLine, why }
}
