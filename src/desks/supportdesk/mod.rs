//! SupportDesk tickets: REST API, version 1.

mod settings;

pub use settings::Settings;
