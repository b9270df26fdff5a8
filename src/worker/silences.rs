//! Keeps from their tickets what operators' silences are about.
//!
//! - A silence counts when a delivery is taken up: what an outage held back until the silence is over
//!   has its ticket, and what waits already when the silence begins has none.
//! - What has begun goes on, and what was released is not suppressed again.
//! - Where it cannot be told whether a silence is about a delivery, it is not: nothing is lost.
//! - A process that starts takes nothing before it knows the silences. Where the ledger cannot be
//!   asked, what was known last goes on.

mod book;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(super) use self::book::SilenceBook;
use super::Worker;
use crate::{causes::Causes, ledger::Silence};

/// How late at most an operator's word is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How many are released in one transaction; one round of the requeuer takes as many.
const MOST_RELEASED: usize = 100;

/// The silences that are not over; `None`: they are not known yet.
type Known = Option<Arc<SilenceBook>>;

/// What is known of the silences.
#[derive(Debug, Clone)]
pub(super) struct Silences(watch::Receiver<Known>);

impl Silences {
    /// What [`run`] makes known to all desks.
    pub(super) fn channel() -> (watch::Sender<Known>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// These and no others.
    #[cfg(test)]
    pub(super) fn only(silences: &[Silence]) -> Self {
        Self(watch::channel(Some(Arc::new(SilenceBook::of(silences)))).1)
    }

    /// Waits until they are known; `None` where nobody looks any more.
    pub(super) async fn known(&self) -> Option<Arc<SilenceBook>> {
        let mut known = self.0.clone();
        known.wait_for(Option::is_some).await.ok().and_then(|known| known.clone())
    }
}

/// Looks for silences until `draining`, and makes them known.
pub(super) async fn run(worker: Worker, known: watch::Sender<Known>, draining: CancellationToken) {
    let mut before: Option<Vec<Silence>> = None;
    let mut is_troubled = false;
    loop {
        match worker.ledger.silences_at(worker.clock.now()).await {
            Ok(found) => {
                is_troubled = false;
                tell(&found, worker.clock.now());
                if before.as_ref() != Some(&found) {
                    known.send_replace(Some(Arc::new(SilenceBook::of(&found))));
                    before = Some(found);
                }
            }
            Err(error) if !is_troubled => {
                is_troubled = true;
                tracing::warn!(error = %Causes(&error), "Silences cannot be read");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "metrics are floating-point numbers")]
fn tell(silences: &[Silence], now: Timestamp) {
    let holding = silences.iter().filter(|silence| silence.holds_at(now)).count();
    metrics::gauge!("deskbell_silences").set(holding as f64);
}

/// Carries out until `draining` what operators wish released.
pub(super) async fn release(worker: Worker, draining: CancellationToken) {
    let mut is_troubled = false;
    loop {
        match worker.ledger.release_some(worker.clock.now(), MOST_RELEASED).await {
            Ok(0) => is_troubled = false,
            Ok(released) => {
                is_troubled = false;
                tracing::info!(released, "Released what silences had suppressed");
            }
            Err(error) => {
                if !is_troubled {
                    let error = Causes(&error);
                    tracing::warn!(%error, "What silences suppressed cannot be released");
                }
                is_troubled = true;
            }
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_is_taken_up_before_the_silences_are_known() {
        let (sender, silences) = Silences::channel();
        let asked = tokio::time::timeout(Duration::from_mins(1), silences.known()).await;
        assert!(asked.is_err());
        sender.send_replace(Some(Arc::new(SilenceBook::of(&[]))));
        assert!(silences.known().await.is_some());
        let (sender, silences) = Silences::channel();
        drop(sender);
        assert!(silences.known().await.is_none());
    }
}
