//! What can be switched at the simulated HubSpot, and its documented windows.

use std::{collections::BTreeSet, time::Duration};

use serde::Deserialize;

use crate::sandbox::{LimitSettings, Window, vendor::milliseconds};

/// Switches of the simulated HubSpot. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HubSpotSwitches {
    /// Whether `hs_ticket_priority` has the option `URGENT`. It has not at first.
    pub urgent: Option<bool>,
    /// Whether the unique ticket property `deskbell_key` exists. It does at first.
    pub key_property: Option<bool>,
    /// How long a write stays out of search; `search_lag_ms` in JSON.
    #[serde(rename = "search_lag_ms", deserialize_with = "milliseconds")]
    pub search_lag: Option<Duration>,
    /// Whether a ticket needs a subject; the vendor's pages differ. It does at first.
    pub subject_required: Option<bool>,
    /// Whether a recycled record keeps its unique values; undocumented. It does at first.
    pub recycled_keep_values: Option<bool>,
    /// Whether an input of a batch can be refused alone. It can at first.
    pub multi_status: Option<bool>,
    /// Whether the token lacks its scopes, so that every call gets 403.
    pub missing_scopes: Option<bool>,
    /// Scopes that were taken from the token, all of them: none at first.
    pub revoked_scopes: Option<BTreeSet<String>>,
    /// Whether the token is a private app's, which can be asked for its scopes. It is at first.
    pub private_app: Option<bool>,
    /// Stages to take out of the pipeline.
    pub without_stages: Vec<String>,
    /// Stages to put into it, open ones, called by their ids.
    pub with_stages: Vec<String>,
    /// Ticket properties to archive.
    pub without_properties: Vec<String>,
    /// Ticket properties to make, for any text.
    pub with_properties: Vec<String>,
    /// The options of `hs_ticket_priority`, all of them.
    pub priorities: Option<Vec<String>>,
}

/// How the switches stand.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches, each on or off by itself")]
pub(super) struct Settings {
    pub(super) search_lag: Duration,
    pub(super) subject_required: bool,
    pub(super) recycled_keep_values: bool,
    pub(super) multi_status: bool,
    pub(super) missing_scopes: bool,
    pub(super) revoked_scopes: BTreeSet<String>,
    pub(super) private_app: bool,
}

impl Settings {
    pub(super) fn new(search_lag: Duration) -> Self {
        Self {
            search_lag,
            subject_required: true,
            recycled_keep_values: true,
            multi_status: true,
            missing_scopes: false,
            revoked_scopes: BTreeSet::new(),
            private_app: true,
        }
    }

    /// Sets the switches that are the portal's own; the schema's are applied by the portal.
    pub(super) fn apply(&mut self, switches: &HubSpotSwitches) {
        self.search_lag = switches.search_lag.unwrap_or(self.search_lag);
        self.subject_required = switches.subject_required.unwrap_or(self.subject_required);
        self.recycled_keep_values =
            switches.recycled_keep_values.unwrap_or(self.recycled_keep_values);
        self.multi_status = switches.multi_status.unwrap_or(self.multi_status);
        self.missing_scopes = switches.missing_scopes.unwrap_or(self.missing_scopes);
        if let Some(revoked) = &switches.revoked_scopes {
            self.revoked_scopes.clone_from(revoked);
        }
        self.private_app = switches.private_app.unwrap_or(self.private_app);
    }
}

/// A private app of the Professional plan: 190 per 10 seconds, 625,000 a day, 5 searches a second.
pub(super) fn documented_limits() -> LimitSettings {
    LimitSettings {
        calls: vec![Window::new(190, Duration::from_secs(10))],
        search: vec![Window::new(5, Duration::from_secs(1))],
        daily: Some(625_000),
    }
}
