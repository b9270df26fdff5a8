//! HubSpot tickets: CRM objects API, version 3 or a dated one.
//!
//! The delivery key stands in a ticket property of unique values, so HubSpot itself refuses a
//! second ticket for a key, and a doubt is settled by reading the ticket by its key. Search is
//! never asked about tickets: it learns of new records late ("Search the CRM").
//!
//! Under a backlog of a lane its tickets are asked for a hundred at a time, and so is all that is
//! looked up for them.
//!
//! What a ticket is tied to is looked up first, each record a step of its own, and named in the
//! request for the ticket: there is never a ticket without its ties. What was found is remembered for
//! a while; where HubSpot refuses a ticket, and a record is gone, that record is looked up anew.
//!
//! A comment is a note that is tied to its ticket, and found again among the ticket's notes.

mod account;
mod answers;
pub mod api;
mod client;
mod collision;
mod creates;
mod desk;
mod envelope;
mod inspection;
mod kinds;
mod known;
mod life;
mod limits;
mod look_ups;
mod notes;
mod opening;
mod paths;
mod preview;
mod questions;
mod records;
mod requests;
mod set_up;
mod settings;
mod ties;
mod tying;

pub use api::Api;
pub use desk::HubSpot;
pub use settings::{BASE_URL, PACING, Settings};

/// An account for tests of what is judged.
#[cfg(test)]
fn test_settings() -> Settings {
    Settings {
        token: secrecy::SecretString::from("pat-test"),
        pipeline: "0".to_owned(),
        stage: "1".to_owned(),
        resolved_stage: None,
        key_property: Some("deskbell_key".to_owned()),
        version: "v3".to_owned(),
        properties: std::collections::BTreeMap::new(),
    }
}
