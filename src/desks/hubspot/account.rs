//! The way to one HubSpot account: its calls within all of its windows.

use reqwest::header::AUTHORIZATION;

use super::{Settings, limits, settings::SEARCH_PACING};
use crate::{
    desks::{
        BuildError, DeskError, DeskSettings, Pacer, Pass,
        call::{Call, Credential},
        caller::Caller,
        reply::Reply,
    },
    standing::Past,
};

/// The right to send one request.
#[derive(Debug)]
pub(super) struct Room<'a> {
    /// Of the window of search.
    _search: Option<Pass<'a>>,
    pass: Pass<'a>,
}

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
        self.send_with(self.room(false).await?, step, call).await
    }

    /// Waits until the windows allow a call; searches have one of their own too, for all apps of an
    /// account together.
    pub(super) async fn room(&self, is_search: bool) -> Result<Room<'_>, DeskError> {
        let latest = self.caller.latest_begin();
        let search = if is_search {
            Some(self.searches.pass_before(latest).await.ok_or(DeskError::NotBegun)?)
        } else {
            None
        };
        Ok(Room { _search: search, pass: self.caller.pass().await? })
    }

    /// Sends `call` at once, and heeds what the account says of its windows: other apps may share
    /// them.
    pub(super) async fn send_with(
        &self,
        room: Room<'_>,
        step: &str,
        call: &Call,
    ) -> Result<Reply, DeskError> {
        let reply = self.caller.send_with(room.pass, step, call).await?;
        if let Some(limits::Room { per, remaining }) = limits::room(&reply) {
            self.caller.correct(per, remaining);
        }
        Ok(reply)
    }

    /// Sends a search.
    pub(super) async fn search(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        self.send_with(self.room(true).await?, step, call).await
    }
}
