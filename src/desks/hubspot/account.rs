//! The way to one HubSpot account: its calls within all of its windows.

use reqwest::header::AUTHORIZATION;

use super::{
    Settings,
    limits::{self, Room},
    settings::SEARCH_PACING,
};
use crate::{
    desks::{
        BuildError, DeskError, DeskSettings, Pacer, Pass,
        call::{Call, Credential},
        caller::Caller,
        reply::Reply,
    },
    standing::Past,
};

/// Sends calls and searches to one account.
#[derive(Debug)]
pub(super) struct Account {
    caller: Caller,
    searches: Pacer,
}

impl Account {
    pub(super) fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        let credential =
            Credential { header: AUTHORIZATION, scheme: "Bearer ", secret: vendor.token.clone() };
        let caller = Caller::new(settings, credential)?;
        Ok(Self { caller, searches: Pacer::new(SEARCH_PACING) })
    }

    /// What all desks' callers have: previews, turns, standing.
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Searches are not written down: their window is over in a second.
    pub(super) fn resume(&self, past: &Past) {
        self.caller.pacer().resume(past);
        self.searches.resume(&past.untold());
    }

    /// Sends `call` when the windows allow it; `step` is for the log.
    pub(super) async fn send(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        let pass = self.caller.pass().await?;
        self.send_with(pass, step, call).await
    }

    /// Sends `call` at once, and heeds what the account says of its windows: other apps may share
    /// them.
    pub(super) async fn send_with(
        &self,
        pass: Pass<'_>,
        step: &str,
        call: &Call,
    ) -> Result<Reply, DeskError> {
        let reply = self.caller.send_with(pass, step, call).await?;
        if let Some(Room { per, remaining }) = limits::room(&reply) {
            self.caller.correct(per, remaining);
        }
        Ok(reply)
    }

    /// Sends a search: those have a window of their own too, for all apps of an account together.
    pub(super) async fn search(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        let latest = self.caller.latest_begin();
        let _pass = self.searches.pass_before(latest).await.ok_or(DeskError::NotBegun)?;
        self.send(step, call).await
    }
}
