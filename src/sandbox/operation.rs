//! The kinds of calls that a desk answers, as faults and the log of calls name them.

use serde::{Deserialize, Serialize};

/// What a call asks for, in words that fit every vendor.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Opens a ticket.
    Create,
    /// Reads one ticket.
    Get,
    /// Reads many tickets.
    List,
    /// Changes a ticket.
    Update,
    /// Adds a comment to a ticket.
    Comment,
    /// Puts a ticket into the recycle bin.
    Archive,
    /// Looks for records by what stands in them.
    Search,
    /// Ties records to each other.
    Associate,
    /// Reads or writes customers: contacts, companies, deals.
    Customers,
    /// Adds to a customer's time line.
    Events,
    /// Reads or changes what tickets may hold: properties, pipelines, labels.
    Schema,
    /// Asks whose key this is.
    Whoami,
    /// Anything else; as the place of a fault, every call.
    #[default]
    Any,
}
