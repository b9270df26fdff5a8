//! SupportDesk tickets: REST API, version 1.
//!
//! A ticket belongs to a customer whom the desk knows; where it does not, the customer is made
//! first, with [`Step::Customer`](crate::delivery::Step::Customer). No resource reads a ticket back,
//! so a doubt cannot be settled here: the delivery key in the metadata lets people recognise a
//! second ticket.
//!
//! No call changes a ticket either: what there is to add goes to the customer's time line.
//!
//! Source: the vendor's pages "Tickets", "Customers", "Events", "Errors" and "Authentication".

mod answers;
mod api;
mod client;
mod desk;
mod inspection;
mod requests;
mod settings;
mod words;

pub use api::Api;
pub use desk::SupportDesk;
pub use settings::{BASE_URL, PACING, Settings};
pub use words::{Account, CustomerChange, NewEvent, NewTicket, Person, Ticket};
