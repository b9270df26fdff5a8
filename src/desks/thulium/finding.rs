//! Looking for the ticket of a key, by the custom field that holds it.
//!
//! How exact the filter is and how soon it knows a new ticket is not documented: values are compared
//! here, and "there is none" is said only when a second look, a while later, has found none either.

use std::time::Duration;

use super::{
    Account,
    customers::oldest_first,
    filter::{CustomField, TicketFilter},
    records::Ticket,
};
use crate::{
    delivery::DeliveryKey,
    desks::{DeskError, Found},
    ticket::TicketRef,
};

/// How long the filter has to learn of a new ticket.
const WHILE: Duration = Duration::from_secs(2);

/// How many tickets are looked at. The filter finds more only where it does not filter.
const MOST: usize = 1000;

/// The tickets whose custom field `field` is the key, as far as the filter knows.
pub(super) fn filter(field: &str, key: &DeliveryKey) -> TicketFilter {
    TicketFilter {
        limit: Some(100),
        custom_fields: vec![CustomField { name: field.to_owned(), values: vec![key.to_string()] }],
        include_custom_fields: true,
        ..TicketFilter::default()
    }
}

/// Looks, and where there is no ticket looks again.
pub(super) async fn find(
    account: &Account,
    field: &str,
    key: &DeliveryKey,
) -> Result<Found, DeskError> {
    match look(account, field, key).await? {
        Found::Absent => {
            let latest = account.latest_begin();
            let again = tokio::time::Instant::now() + WHILE;
            if latest.is_some_and(|latest| latest < again) {
                return Err(DeskError::NotBegun);
            }
            tokio::time::sleep_until(again).await;
            look(account, field, key).await
        }
        found => Ok(found),
    }
}

async fn look(account: &Account, field: &str, key: &DeliveryKey) -> Result<Found, DeskError> {
    let mut seen = 0;
    let mut found: Vec<Ticket> = Vec::new();
    loop {
        let offset = (seen > 0).then_some(seen as u64);
        let page = match account.tickets_page(&TicketFilter { offset, ..filter(field, key) }).await
        {
            Ok(page) => page,
            // The system has no such field.
            Err(DeskError::Refused(..)) => return Ok(Found::CannotTell),
            Err(error) => return Err(error),
        };
        let is_last = page.result.is_empty()
            || page.count.is_some_and(|count| (seen + page.result.len()) as u64 >= count);
        seen += page.result.len();
        for ticket in page.result {
            match ticket.custom_field(field) {
                // A ticket tells all fields that the system has.
                None => return Ok(Found::CannotTell),
                Some(value) if value.as_deref() == Some(key.as_str()) => found.push(ticket),
                Some(_) => {}
            }
        }
        // Two tickets would be people's work to mend; the first is the delivery's.
        found.sort_by_key(|ticket| oldest_first(&ticket.ticket_id));
        if let Some(ticket) = found.first() {
            return Ok(Found::Ticket(reference(&ticket.ticket_id)));
        }
        if is_last {
            return Ok(Found::Absent);
        }
        if seen >= MOST {
            return Ok(Found::CannotTell);
        }
    }
}

/// The ticket `id`. What people call it is its id, and where they see it is not documented.
pub(super) fn reference(id: &str) -> TicketRef {
    TicketRef { id: id.to_owned(), number: None, url: None }
}
