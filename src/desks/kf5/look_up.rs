//! Whether the ticket of a key exists.
//!
//! Search takes a value of any custom field, perhaps not to the letter, and perhaps learns of a
//! ticket late: what it finds is compared here, and what it does not find may still exist. The list
//! of all tickets, the newest first, tells of those that search cannot know yet; but only
//! administrators may read it. Without that right, nothing found is no answer.

use std::pin::pin;

use futures_util::{Stream, TryStreamExt};

use super::{Client, ListFilter, Order, Search, Ticket, answers::reference};
use crate::{
    delivery::DeliveryKey,
    desks::{DeskError, Found},
};

/// How many of the newest tickets are looked at: what is older, search has learnt of.
const NEWEST: usize = 300;

/// Looks for the ticket whose custom field `field` is `key`.
pub(super) async fn find(
    client: &Client,
    field: &str,
    key: &DeliveryKey,
) -> Result<Found, DeskError> {
    let search = Search { field_value: Some(key.to_string()), ..Search::default() };
    if let Some(found) = among(client.search(&search), usize::MAX, field, key).await? {
        return Ok(found);
    }
    let newest = ListFilter { created_order: Some(Order::Descending), ..ListFilter::default() };
    match among(client.tickets(&newest), NEWEST, field, key).await {
        Ok(found) => Ok(found.unwrap_or(Found::Absent)),
        // The search was allowed: it is the right to list that is missing, not the key.
        Err(DeskError::Account(answer)) if answer.status == 403 => Ok(Found::CannotTell),
        Err(error) => Err(error),
    }
}

/// The first of the `most` first tickets whose field is `key`, to the letter.
async fn among(
    tickets: impl Stream<Item = Result<Ticket, DeskError>>,
    most: usize,
    field: &str,
    key: &DeliveryKey,
) -> Result<Option<Found>, DeskError> {
    let mut tickets = pin!(tickets);
    let mut seen = 0;
    while seen < most {
        let Some(ticket) = tickets.try_next().await? else { break };
        if ticket.field(field).as_deref() == Some(key.as_str()) {
            return Ok(Some(Found::Ticket(reference(&ticket.id))));
        }
        seen += 1;
    }
    Ok(None)
}
