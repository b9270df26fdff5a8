//! Keeps deliveries from desks that an operator has paused.
//!
//! - A paused desk's lanes are left alone, so that no attempt is spent; what is under way ends.
//! - A process that starts takes nothing before it knows which desks are paused.
//! - Where the ledger cannot be asked, what was known last goes on.

use std::{collections::BTreeSet, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{causes::Causes, event::DeskName};

/// How late at most an operator's word is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The desks that are paused; `None`: that is not known yet.
type Known = Option<BTreeSet<DeskName>>;

/// What is known of the pauses.
#[derive(Debug, Clone)]
pub(super) struct Pauses(watch::Receiver<Known>);

impl Pauses {
    /// What [`run`] makes known to all desks.
    pub(super) fn channel() -> (watch::Sender<Known>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// Nobody pauses anything.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self(watch::channel(Some(BTreeSet::new())).1)
    }

    /// Waits until deliveries may pass to the desk.
    pub(super) async fn lifted(&self, desk: &DeskName) {
        let passes = |known: &Known| known.as_ref().is_some_and(|paused| !paused.contains(desk));
        // An error says that nobody looks any more.
        drop(self.0.clone().wait_for(passes).await);
    }

    /// Waits until deliveries may not pass to the desk.
    pub(super) async fn begun(&self, desk: &DeskName) {
        let holds = |known: &Known| known.as_ref().is_some_and(|paused| paused.contains(desk));
        if self.0.clone().wait_for(holds).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Looks for pauses of `desks` until `draining`, and makes them known.
pub(super) async fn run(
    worker: Worker,
    desks: Vec<DeskName>,
    known: watch::Sender<Known>,
    draining: CancellationToken,
) {
    let mut is_troubled = false;
    loop {
        match worker.ledger.pauses().await {
            Ok(found) => {
                is_troubled = false;
                let paused: BTreeSet<_> = found.into_iter().map(|pause| pause.desk).collect();
                let before = known.send_replace(Some(paused.clone()));
                tell(&desks, before.as_ref(), &paused);
            }
            Err(error) if !is_troubled => {
                is_troubled = true;
                tracing::warn!(error = %Causes(&error), "Pauses of desks cannot be read");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

fn tell(desks: &[DeskName], before: Option<&BTreeSet<DeskName>>, paused: &BTreeSet<DeskName>) {
    for desk in desks {
        let is_paused = paused.contains(desk);
        metrics::gauge!("deskbell_desk_paused", "desk" => desk.to_string()).set(if is_paused {
            1.0
        } else {
            0.0
        });
        match (before.is_some_and(|before| before.contains(desk)), is_paused) {
            (false, true) => tracing::warn!(%desk, "Desk `{desk}` is paused by an operator"),
            (true, false) => tracing::info!(%desk, "Desk `{desk}` is resumed by an operator"),
            (false, false) | (true, true) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_passes_before_the_pauses_are_known() {
        let (sender, pauses) = Pauses::channel();
        let Ok(crm) = "crm".parse::<DeskName>() else { panic!() };
        let waits = async |pauses: &Pauses| {
            tokio::time::timeout(Duration::from_mins(1), pauses.lifted(&crm)).await.is_err()
        };
        assert!(waits(&pauses).await);
        sender.send_replace(Some([crm.clone()].into()));
        assert!(waits(&pauses).await);
        pauses.begun(&crm).await;
        sender.send_replace(Some(BTreeSet::new()));
        assert!(!waits(&pauses).await);
    }
}
