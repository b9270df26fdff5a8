//! KF5 tickets: REST API, version 2, the part for agents.
//!
//! The delivery key stands in a custom field of the ticket, and a doubt is settled by looking for
//! it: by search, and among the newest tickets, since search may learn of a ticket late. KF5 itself
//! refuses no second ticket for a key.
//!
//! Everything that Deskbell writes into a ticket is for agents alone: nothing is mailed to a
//! requester.
//!
//! Sources: the vendor's pages "Tickets" (for agents), "Ticket Comments", "Ticket Fields", "Users",
//! "Attachments" and "Introduction". Errors and limits are not documented.

mod answers;
mod calls;
mod changes;
mod client;
mod desk;
mod draft;
mod filters;
mod id;
mod inspection;
mod life;
mod look_up;
mod pages;
mod reading;
mod records;
mod set_up;
mod settings;
mod words;

pub use changes::{Change, NewComment, NewTicket, Requester};
pub use client::Client;
pub use desk::Kf5;
pub use filters::{ListFilter, Search};
pub use id::{Id, Ids, InvalidId, InvalidIds};
pub use records::{Attachment, Changed, Comment, CustomField, Group, Ticket, TicketField, User};
pub use settings::{PACING, Settings};
pub use words::{Kind, Level, Order, Status, UnknownWord};
