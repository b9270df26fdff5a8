//! The desks' clients against answers that vendors document.

mod accounts;
mod hubspot_keys;
mod hubspot_records;
mod hubspot_refusals;
mod hubspot_tickets;
mod hubspot_ties;
mod life;
mod limits;
mod supportdesk;
mod telling;
mod wire;
