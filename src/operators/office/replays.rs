//! Bulk replays.

use std::num::NonZeroU32;

use super::Office;
use crate::{
    ledger::{By, NewReplay, ReplayName, Search, Steering},
    operators::{
        OfficeError, replaying,
        views::{ReplayPlan, ReplayView},
    },
};

impl Office {
    /// What a replay of what `search` chooses would do, at this rate. Nothing is written.
    pub async fn plan_replay(
        &self,
        search: &Search,
        rate: Option<NonZeroU32>,
    ) -> Result<ReplayPlan, OfficeError> {
        is_of_letters(search)?;
        let ledger = self.archive.ledger().await?;
        Ok(self.planner.plan(ledger, search, rate).await?)
    }

    /// Begins a replay; the one that is there where the same was asked for before.
    pub async fn begin_replay(&self, new: &NewReplay, by: &By) -> Result<ReplayView, OfficeError> {
        is_of_letters(&new.search)?;
        let ledger = self.archive.ledger().await?;
        Ok(replaying::begin(ledger, new, by).await?.0)
    }

    /// The latest replays first; those that are open with how far they have come.
    pub async fn replays(&self, most: usize) -> Result<Vec<ReplayView>, OfficeError> {
        replaying::list(self.archive.ledger().await?, most).await
    }

    /// One replay with how far it has come.
    pub async fn find_replay(&self, name: &ReplayName) -> Result<ReplayView, OfficeError> {
        replaying::show(self.archive.ledger().await?, name).await
    }

    /// Pauses, resumes or cancels a replay. One that is as is wished already stays so.
    pub async fn steer_replay(
        &self,
        name: &ReplayName,
        steering: Steering,
        by: &By,
    ) -> Result<ReplayView, OfficeError> {
        replaying::steer(self.archive.ledger().await?, name, steering, by).await
    }
}

/// What a silence suppressed is released, not replayed.
fn is_of_letters(search: &Search) -> Result<(), OfficeError> {
    match search.silence {
        None => Ok(()),
        Some(_) => Err(OfficeError::NotAllowed(
            "what a silence suppressed is no dead letter: release it".to_owned(),
        )),
    }
}
