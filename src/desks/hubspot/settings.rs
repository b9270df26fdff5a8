//! What `[desks.<name>]` says for `kind = "hubspot"`.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;

use crate::desks::Window;

/// Where HubSpot is, for accounts that name no `base_url`.
pub const BASE_URL: &str = "https://api.hubapi.com";

/// The window of a private app in the smallest plans ("API usage guidelines and limits"); larger
/// plans allow 190. The daily quota is not counted here: HubSpot says when it is spent.
pub const PACING: &[Window] = &[Window { requests: 100, per: Duration::from_secs(10) }];

/// The window of search, for all apps of an account together ("Search the CRM").
pub(super) const SEARCH_PACING: &[Window] = &[Window { requests: 5, per: Duration::from_secs(1) }];

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
