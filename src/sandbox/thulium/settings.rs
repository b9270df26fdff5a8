//! What can be switched at the simulated Thulium.

use std::{collections::BTreeSet, time::Duration};

use serde::Deserialize;

use crate::sandbox::vendor::milliseconds;

/// The mailbox that exists by default: the `to` of the vendor's example.
pub const EXAMPLE_MAILBOX: &str = "mailbox@foo.bar";

/// Switches of the simulated Thulium. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThuliumSwitches {
    /// Whether the filter by custom fields finds values that only hold the one that is asked for:
    /// the documents do not say. It does not at first.
    pub loose_filter: Option<bool>,
    /// How long a new ticket stays out of the filter by custom fields: the documents do not say.
    /// Not at all at first.
    #[serde(rename = "filter_lag_ms", deserialize_with = "milliseconds")]
    pub filter_lag: Option<Duration>,
    /// Whether ids are texts where the vendor's samples have numbers. They are not at first.
    pub ids_as_text: Option<bool>,
    /// Mailboxes to add to those that exist.
    pub mailboxes: Vec<String>,
    /// Custom fields of tickets to add to those that exist.
    pub custom_fields: Vec<String>,
    /// Custom fields of tickets to take away.
    pub without_custom_fields: Vec<String>,
    /// Statuses that were taken away, all of them: none at first.
    pub missing_statuses: Option<BTreeSet<String>>,
}

/// How the switches stand.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) loose_filter: bool,
    pub(super) filter_lag: Duration,
    pub(super) ids_as_text: bool,
    pub(super) mailboxes: BTreeSet<String>,
    pub(super) custom_fields: BTreeSet<String>,
    pub(super) missing_statuses: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            loose_filter: false,
            filter_lag: Duration::ZERO,
            ids_as_text: false,
            mailboxes: set(&[EXAMPLE_MAILBOX]),
            custom_fields: set(&["ID", "Priorytet", "Uwagi", "deskbell_key"]),
            missing_statuses: BTreeSet::new(),
        }
    }
}

impl Settings {
    pub(super) fn apply(&mut self, switches: ThuliumSwitches) {
        self.loose_filter = switches.loose_filter.unwrap_or(self.loose_filter);
        self.filter_lag = switches.filter_lag.unwrap_or(self.filter_lag);
        self.ids_as_text = switches.ids_as_text.unwrap_or(self.ids_as_text);
        self.mailboxes.extend(switches.mailboxes);
        self.custom_fields.extend(switches.custom_fields);
        self.missing_statuses = switches.missing_statuses.unwrap_or(self.missing_statuses.clone());
        self.custom_fields.retain(|name| !switches.without_custom_fields.contains(name));
    }
}
