//! What others rely on, in machine form: made from the code that keeps it, and from the schemas
//! that this installation knows.

mod amqp;
mod behaviour;
mod embedded;
mod http;
mod page;
mod posted;

pub use amqp::events;
pub use behaviour::behaviour;
pub use http::{operators, receiver};
pub use page::page;

use crate::{event::SchemaBook, operators::Reference};

/// All of it, as the private port serves it.
pub fn reference(schemas: &SchemaBook) -> Reference {
    let (receiver, operators, events) = (receiver(schemas), operators(), events(schemas));
    Reference {
        page: page(&receiver, &operators, &events),
        operators: operators.to_string(),
        receiver: receiver.to_string(),
        events: events.to_string(),
    }
}
