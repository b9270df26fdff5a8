//! What can be switched at the simulated KF5.

use std::{collections::BTreeSet, time::Duration};

use serde::Deserialize;

use super::users::GROUPS;
use crate::sandbox::vendor::milliseconds;

/// Switches of the simulated KF5. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kf5Switches {
    /// What the agent may do whose key it is. An administrator at first.
    pub role: Option<Kf5Role>,
    /// How long a ticket stays out of search; `search_lag_ms` in JSON.
    #[serde(rename = "search_lag_ms", deserialize_with = "milliseconds")]
    pub search_lag: Option<Duration>,
    /// Whether ids are texts, as KF5 writes them now and then. They are numbers at first.
    pub ids_as_text: Option<bool>,
    /// Whether a list tells of its next page. It does at first; the page on tickets does not say.
    pub next_page: Option<bool>,
    /// Custom fields that a new ticket needs, all of them: none at first.
    pub required_fields: Option<BTreeSet<String>>,
    /// Custom fields that were taken away, all of them: none at first.
    pub missing_fields: Option<BTreeSet<String>>,
    /// Groups of agents, all of them: 165 and 166 at first.
    pub groups: Option<BTreeSet<u64>>,
}

/// What an agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kf5Role {
    /// Everything.
    Admin,
    /// Everything but listing all tickets and deleting any.
    Agent,
}

/// How the switches stand.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) role: Kf5Role,
    pub(super) search_lag: Duration,
    pub(super) ids_as_text: bool,
    pub(super) next_page: bool,
    pub(super) account: Account,
}

/// What administrators have made of the account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) required_fields: BTreeSet<String>,
    pub(super) missing_fields: BTreeSet<String>,
    pub(super) groups: BTreeSet<u64>,
}

impl Settings {
    pub(super) fn new(search_lag: Duration) -> Self {
        let account = Account {
            required_fields: BTreeSet::new(),
            missing_fields: BTreeSet::new(),
            groups: GROUPS.into(),
        };
        Self { role: Kf5Role::Admin, search_lag, ids_as_text: false, next_page: true, account }
    }

    pub(super) fn apply(&mut self, switches: &Kf5Switches) {
        self.role = switches.role.unwrap_or(self.role);
        self.search_lag = switches.search_lag.unwrap_or(self.search_lag);
        self.ids_as_text = switches.ids_as_text.unwrap_or(self.ids_as_text);
        self.next_page = switches.next_page.unwrap_or(self.next_page);
        let Account { required_fields, missing_fields, groups } = &mut self.account;
        for (set, switch) in [
            (required_fields, &switches.required_fields),
            (missing_fields, &switches.missing_fields),
        ] {
            if let Some(switch) = switch {
                set.clone_from(switch);
            }
        }
        if let Some(switch) = &switches.groups {
            groups.clone_from(switch);
        }
    }
}
