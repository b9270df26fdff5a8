//! Follows a simulated desk's log of calls while a soak runs.

use deskbell::sandbox::{Call, Operation};

use crate::trial::{fleet::Fleet, settings::Kind};

/// How far the log has been read.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    read: u64,
}

impl Tickets {
    /// Reads the log on; gives the calls that came since.
    pub(crate) fn read(&mut self, fleet: &Fleet, kind: Kind) -> Vec<Call> {
        let calls = calls(fleet, kind, self.read);
        self.read = calls.last().map_or(self.read, |call| call.number);
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
