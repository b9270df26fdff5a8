//! Which dead letters, as the command line says it.

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;

use super::super::{WrongCall, searching::Searching};
use crate::{delivery::State, ledger::Search};

/// Which dead letters.
#[derive(Debug, Args)]
pub(super) struct Choice {
    #[command(flatten)]
    searching: Searching,
    /// In this state instead of `dead`.
    #[arg(
        long,
        help_heading = "Filters",
        value_parser = ["dead", "uncertain"],
        default_value = "dead",
    )]
    state: String,
}

impl Choice {
    pub(super) fn is_empty(&self) -> bool {
        self.searching.is_empty()
    }

    /// What it chooses for a list; a stretch of time counts back from `now`.
    pub(super) fn listed(&self, now: Timestamp) -> anyhow::Result<Search> {
        let state = State::NAMES.into_iter().find(|name| *name == self.state);
        Ok(Search { state, ..self.searching.search(now)? })
    }

    /// What it chooses for an act on all of it, of what is dead; a stretch of time counts back from `now`.
    pub(super) fn search(&self, now: Timestamp) -> anyhow::Result<Search> {
        let search = self.listed(now)?;
        let refused = |why: &str| Err(WrongCall(why.to_owned()).into());
        if search.state != Some("dead") {
            return refused("only what is dead is chosen by a filter");
        }
        if search.silence.is_some() {
            return refused(
                "--silence is for lists: what a silence suppressed is let go by `silence release`",
            );
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = search.fields.iter().find(|field| !names.insert(field.name())) {
            // A replay remembers its filter with one value for each.
            return refused(&format!("--where `{}` is there twice: allowed is once", twice.name()));
        }
        Ok(Search { state: None, ..search })
    }
}
