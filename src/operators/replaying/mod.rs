//! Bulk replays as operators see and steer them, by whatever way they come.

mod foresight;
mod plan;

pub(super) use plan::lasts;
pub use plan::{MOST_EXAMINED, Planner};

use super::{
    OfficeError,
    views::{ReplayProgress, ReplayView},
};
use crate::ledger::{Begun, By, Ledger, NewReplay, ReplayName, ReplayRecord, Steering};

/// Begins a replay; the one that is there where the same was asked for before. Tells whether it is new.
pub async fn begin(
    ledger: &dyn Ledger,
    new: &NewReplay,
    by: &By,
) -> Result<(ReplayView, bool), OfficeError> {
    match ledger.begin_replay(new, by).await? {
        Begun::New(record) => Ok((with_progress(ledger, record).await?, true)),
        Begun::Known(record) => Ok((with_progress(ledger, record).await?, false)),
        Begun::Taken(record) => Err(OfficeError::NotAllowed(format!(
            "there is a replay `{}` already, of another filter, since {}",
            record.name, record.began_at
        ))),
    }
}

/// The latest replays first; those that are open with how far they have come.
pub async fn list(ledger: &dyn Ledger, most: usize) -> Result<Vec<ReplayView>, OfficeError> {
    let mut views = Vec::new();
    for record in ledger.replays(most).await? {
        views.push(if record.state.is_open() {
            with_progress(ledger, record).await?
        } else {
            ReplayView::of(&record)
        });
    }
    Ok(views)
}

/// One replay with how far it has come.
pub async fn show(ledger: &dyn Ledger, name: &ReplayName) -> Result<ReplayView, OfficeError> {
    match ledger.find_replay(name).await? {
        Some(record) => with_progress(ledger, record).await,
        None => Err(OfficeError::unknown("replay", name.as_str())),
    }
}

/// Pauses, resumes or cancels a replay. One that is as is wished already stays so.
pub async fn steer(
    ledger: &dyn Ledger,
    name: &ReplayName,
    steering: Steering,
    by: &By,
) -> Result<ReplayView, OfficeError> {
    let Some(record) = ledger.steer_replay(name, steering, by).await? else {
        return Err(OfficeError::unknown("replay", name.as_str()));
    };
    if record.state == steering.leads_to() {
        return with_progress(ledger, record).await;
    }
    let (state, wish) = (record.state, steering.leads_to());
    Err(OfficeError::NotAllowed(format!("the replay is {state} and cannot be {wish} any more")))
}

async fn with_progress(
    ledger: &dyn Ledger,
    record: ReplayRecord,
) -> Result<ReplayView, OfficeError> {
    let desks = ledger.replay_progress(&record.name).await?;
    let progress = ReplayProgress::of(&record, desks);
    Ok(ReplayView { progress: Some(progress), ..ReplayView::of(&record) })
}
