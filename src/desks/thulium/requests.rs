//! What Thulium is asked, as requests that are not sent yet.

use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::{
    bodies::{CustomerResponse, NewCustomer, NewTicket, TicketChange},
    filter::{CustomerFilter, TicketFilter},
};
use crate::desks::{
    DeskError,
    call::{Call, segment},
};

/// The question for tickets.
pub(super) fn tickets(filter: &TicketFilter) -> Call {
    Call::get("/tickets", format!("/tickets{}", filter.query()))
}

/// The question for one ticket, with its custom fields.
pub(super) fn ticket(id: &str) -> Result<Call, DeskError> {
    let path = format!("/tickets/{}?include_custom_fields=true", path_segment(id)?);
    Ok(Call::get("/tickets/{id}", path))
}

/// The request for a ticket.
pub(super) fn create_ticket(ticket: &NewTicket) -> Result<Call, DeskError> {
    Ok(Call::with_body(Method::POST, "/tickets", "/tickets".to_owned(), body(ticket)?))
}

/// The request to change a ticket.
pub(super) fn update_ticket(id: &str, change: &TicketChange) -> Result<Call, DeskError> {
    let path = format!("/tickets/{}", path_segment(id)?);
    Ok(Call::with_body(Method::PUT, "/tickets/{id}", path, body(change)?))
}

/// The request for a message in the customer's name.
pub(super) fn customer_response(id: &str, response: &CustomerResponse) -> Result<Call, DeskError> {
    let path = format!("/tickets/{}/customer_response", path_segment(id)?);
    let template = "/tickets/{id}/customer_response";
    Ok(Call::with_body(Method::POST, template, path, body(response)?))
}

/// The request for a comment, whose text is the member `field`.
pub(super) fn comment(id: &str, field: &str, text: &str) -> Result<Call, DeskError> {
    let path = format!("/tickets/{}/comment", path_segment(id)?);
    let body = Value::Object([(field.to_owned(), text.into())].into_iter().collect());
    Ok(Call::with_body(Method::POST, "/tickets/{id}/comment", path, body))
}

/// The question for customers.
pub(super) fn customers(filter: &CustomerFilter) -> Call {
    Call::get("/customers", format!("/customers{}", filter.query()))
}

/// The question for one customer, with its custom fields.
pub(super) fn customer(id: &str) -> Result<Call, DeskError> {
    let path = format!("/customers/{}?include_custom_fields=true", path_segment(id)?);
    Ok(Call::get("/customers/{id}", path))
}

/// The request for a customer.
pub(super) fn create_customer(customer: &NewCustomer) -> Result<Call, DeskError> {
    Ok(Call::with_body(Method::POST, "/customers", "/customers".to_owned(), body(customer)?))
}

/// The question for one of the system's lists, which stands at `path`.
pub(super) fn entries(path: &'static str) -> Call {
    Call::get(path, path.to_owned())
}

/// The question for one agent.
pub(super) fn agent(login: &str) -> Result<Call, DeskError> {
    Ok(Call::get("/agents/{login}", format!("/agents/{}", path_segment(login)?)))
}

fn path_segment(id: &str) -> Result<String, DeskError> {
    segment(id)
        .ok_or_else(|| DeskError::Incomplete("an id is one that no path can hold".to_owned()))
}

fn body(content: &impl Serialize) -> Result<Value, DeskError> {
    serde_json::to_value(content)
        .map_err(|_| DeskError::Incomplete("the request cannot be written as JSON".to_owned()))
}
