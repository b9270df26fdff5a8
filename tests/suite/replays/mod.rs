//! Bulk replays: planned, fed behind all that is live, and gone on with by whoever comes next.

mod figures;
pub(crate) mod graves;
mod planning;
mod running;
