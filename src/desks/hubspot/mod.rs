//! HubSpot tickets: CRM objects API, version 3.

mod settings;

pub use settings::Settings;
