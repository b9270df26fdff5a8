//! Follows a simulated desk's log of calls while a soak runs.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use deskbell::sandbox::{Call, Operation};

use crate::trial::{fleet::Fleet, settings::Kind};

/// The calls that opened a ticket, counted as they come.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    read: u64,
    count: Arc<AtomicUsize>,
}

impl Tickets {
    /// How many tickets there are, for whoever wants to know it at any time.
    pub(crate) fn count(&self) -> Arc<AtomicUsize> {
        self.count.clone()
    }

    /// Reads the log on; gives the calls that came since.
    pub(crate) fn read(&mut self, fleet: &Fleet, kind: Kind) -> Vec<Call> {
        let calls = calls(fleet, kind, self.read);
        self.read = calls.last().map_or(self.read, |call| call.number);
        let opened = calls.iter().filter(|call| call.ticket.is_some()).count();
        self.count.fetch_add(opened, Ordering::Relaxed);
        calls
    }
}

/// The calls to the desk of `kind` behind the one of this number.
pub(crate) fn calls(fleet: &Fleet, kind: Kind, after: u64) -> Vec<Call> {
    match kind {
        Kind::Support => fleet.sandbox.supportdesk().calls(after),
        Kind::Crm | Kind::Both => fleet.sandbox.hubspot().calls(after),
    }
}

/// Whether a call asked for a ticket and the desk took it in, served or not.
pub(crate) fn is_create(call: &Call) -> bool {
    call.operation == Operation::Create
}
