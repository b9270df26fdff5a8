//! What can be switched at the simulated SupportDesk, and its documented windows.

use std::{collections::HashSet, time::Duration};

use serde::Deserialize;

use crate::sandbox::{LimitSettings, Window};

/// A tag that exists by default; only existing tags can be attached.
pub const EXAMPLE_TAG: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// Switches of the simulated SupportDesk. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SupportDeskSwitches {
    /// Tickets that the plan allows in a calendar month; 0 refuses all. Unbounded at first.
    pub plan_tickets: Option<u64>,
    /// Lifts the plan's bound.
    pub unlimited_plan: bool,
    /// Whether an N1 agent is free, who then gets every new ticket. Free at first.
    pub agent_free: Option<bool>,
    /// The status of a successful create, 200 or 201: the documents do not say. 201 at first.
    pub create_status: Option<u16>,
    /// Tags (UUIDs) to add to those that exist.
    pub tags: Vec<String>,
}

/// How the switches stand.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) plan_tickets: Option<u64>,
    pub(super) agent_free: bool,
    pub(super) create_status: u16,
    pub(super) tags: HashSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            plan_tickets: None,
            agent_free: true,
            create_status: 201,
            tags: HashSet::from([EXAMPLE_TAG.to_owned()]),
        }
    }
}

impl Settings {
    pub(super) fn apply(&mut self, switches: SupportDeskSwitches) {
        if switches.unlimited_plan {
            self.plan_tickets = None;
        }
        self.plan_tickets = switches.plan_tickets.or(self.plan_tickets);
        self.agent_free = switches.agent_free.unwrap_or(self.agent_free);
        self.create_status = switches.create_status.unwrap_or(self.create_status);
        self.tags.extend(switches.tags.into_iter().map(|tag| tag.to_lowercase()));
    }
}

/// 3 per second, 20 per 10 seconds and 100 per minute, over all paths.
pub(super) fn documented_limits() -> LimitSettings {
    LimitSettings {
        calls: vec![
            Window::new(3, Duration::from_secs(1)),
            Window::new(20, Duration::from_secs(10)),
            Window::new(100, Duration::from_mins(1)),
        ],
        search: Vec::new(),
        daily: None,
    }
}
