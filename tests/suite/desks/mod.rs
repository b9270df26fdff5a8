//! The desks' clients against answers that vendors document.

mod accounts;
mod examples;
mod hubspot_calls;
mod hubspot_keys;
mod hubspot_records;
mod hubspot_refusals;
mod hubspot_tickets;
mod hubspot_ties;
mod kf5_calls;
mod kf5_life;
mod kf5_look_up;
mod kf5_refusals;
mod kf5_simulated;
mod kf5_tickets;
mod life;
mod limits;
mod supportdesk;
mod telling;
mod thulium_calls;
mod thulium_customers;
mod thulium_keys;
mod thulium_life;
mod thulium_refusals;
mod thulium_simulated;
mod thulium_tickets;
mod wire;
