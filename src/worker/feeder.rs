//! Feeds bulk replays to a desk while it has nothing better to do.
//!
//! - Whoever holds the desk's lease feeds it, and nobody else.
//! - A live event waits for a few replays at most: they go through the lowest lane, no more than a
//!   share of what is worked on at a time, and none while anything waits in any lane.
//! - Nothing is fed to a desk that is paused or whose breaker is open.
//! - Where the ledger cannot be asked, what was known last goes on.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{PAUSE, Worker, desk_loop::Station};
use crate::{
    broker::{BrokerError, Lanes},
    causes::Causes,
    event::DeskName,
    ledger::{Fed, Feed, LedgerError},
    ticket::Priority,
};

/// How often a desk with a running replay is looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How many feeds that found little follow each other at one look.
const MOST_FEEDS: usize = 5;

/// What is known of the desks for which a running replay has something left.
#[derive(Debug, Clone)]
pub(super) struct Hungry {
    desks: watch::Receiver<BTreeSet<DeskName>>,
    /// Rings when something was put on the list of requeues.
    requeued: Arc<Notify>,
    /// Whether the last feed failed, so that it is told once.
    is_troubled: Arc<AtomicBool>,
}

impl Hungry {
    /// What [`run`] makes known to all desks; `requeued` is rung after each feed.
    pub(super) fn channel(requeued: Arc<Notify>) -> (watch::Sender<BTreeSet<DeskName>>, Self) {
        let (sender, desks) = watch::channel(BTreeSet::new());
        (sender, Self { desks, requeued, is_troubled: Arc::default() })
    }

    /// Nobody replays anything.
    #[cfg(test)]
    pub(super) fn never() -> Self {
        Self::channel(Arc::default()).1
    }

    /// Whether a running replay has something left for the desk.
    pub(super) fn has(&self, desk: &DeskName) -> bool {
        self.desks.borrow().contains(desk)
    }
}

/// Looks for running replays until `draining`, and makes them known.
pub(super) async fn run(
    worker: Worker,
    known: watch::Sender<BTreeSet<DeskName>>,
    draining: CancellationToken,
) {
    let mut is_troubled = false;
    loop {
        match worker.ledger.desks_to_feed().await {
            Ok(desks) => {
                is_troubled = false;
                known.send_replace(desks.into_iter().collect());
            }
            Err(error) if !is_troubled => {
                is_troubled = true;
                tracing::warn!(error = %Causes(&error), "Bulk replays cannot be read");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Puts a few dead letters of running replays back to work, where nothing waits in `lanes`.
///
/// An error ends the lanes; that the ledger did not answer is told here.
pub(super) async fn feed(
    station: &Station,
    lanes: &mut dyn Lanes,
    most: usize,
) -> Result<(), BrokerError> {
    let idle = lanes.idle().await?;
    let idle = idle.iter().filter(|lane| lane.sent_ahead.is_empty()).count();
    if idle < Priority::URGENT_FIRST.len() {
        return Ok(());
    }
    let outcome = feed_up_to(station, most).await;
    let was_troubled = station.hungry.is_troubled.swap(outcome.is_err(), Ordering::Relaxed);
    if let (Err(error), false) = (outcome, was_troubled) {
        let desk = &station.post.settings.name;
        tracing::warn!(%desk, error = %Causes(&error), "A bulk replay puts nothing back now");
    }
    Ok(())
}

async fn feed_up_to(station: &Station, most: usize) -> Result<(), LedgerError> {
    let Some(epoch) = station.epoch() else { return Ok(()) };
    let (desk, worker) = (&station.post.settings.name, &station.worker);
    for _ in 0..MOST_FEEDS {
        let feed = Feed { desk: desk.clone(), epoch, at: worker.clock.now(), most };
        let Fed { put_back, more } = worker.ledger.feed(&feed).await?;
        if put_back > 0 {
            station.hungry.requeued.notify_one();
        }
        if !more {
            break;
        }
    }
    Ok(())
}
