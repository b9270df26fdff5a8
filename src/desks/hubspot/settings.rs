//! What `[desks.<name>]` says for `kind = "hubspot"`.

use std::collections::BTreeMap;

use secrecy::SecretString;

/// The settings of one HubSpot account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The private app's access token or the service key.
    pub token: SecretString,
    /// The pipeline's internal id.
    pub pipeline: String,
    /// The internal id of the stage that new tickets stand in.
    pub stage: String,
    /// The internal id of the stage that resolved tickets stand in.
    pub resolved_stage: Option<String>,
    /// The unique ticket property that holds the delivery key; `None` where the account has none,
    /// and then a doubt cannot be settled by looking.
    pub key_property: Option<String>,
    /// The version in the path: `v3`, or a date such as `2026-03`.
    pub version: String,
    /// Metadata name → ticket property. Metadata that is not listed is not sent.
    pub properties: BTreeMap<String, String>,
}
