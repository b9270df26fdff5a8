//! Thulium tickets: the REST API of a system at `https://<system>.thulium.com/api`.
//!
//! The delivery key stands in a custom field of the ticket, and a doubt is settled by asking for
//! the tickets with that value. Thulium itself keeps no two tickets apart. A ticket's customer is
//! looked up first, and made where the rule gives a name.
//!
//! No delivery e-mails a customer: tickets are opened and added to in the customer's name
//! (`in_behalf_of`, `customer_response`), and `agent_response` is never called.
//!
//! Source: the vendor's pages "GET tickets", "GET tickets/:id", "POST tickets", "PUT tickets/:id",
//! `POST tickets/:id/customer_response`, "GET customers" and "POST customers". Its limits, its error
//! codes and the shape of its lists of statuses, queues, categories and agents have no public page.

mod account;
mod answers;
mod bodies;
mod customers;
mod desk;
mod drafting;
mod filter;
mod finding;
mod inspection;
mod life;
mod preview;
mod records;
mod requests;
mod set_up;
mod settings;
mod ties;

pub use account::Account;
pub use bodies::{BodyType, CustomerResponse, Direction, NewCustomer, NewTicket, TicketChange};
pub use desk::Thulium;
pub use filter::{
    CustomField, CustomerFilter, InvalidMoment, LONGEST_CUSTOMER_PAGE, LONGEST_TICKET_PAGE, Moment,
    TicketFilter,
};
pub use records::{Customer, Entry, Message, Page, Ticket};
pub use settings::{PACING, Settings};
