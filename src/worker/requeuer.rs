//! Puts what operators sent back to work on its lane.
//!
//! The operator's act and the wish to requeue are one transaction of the ledger, so that an act is
//! carried out also when the broker or this process was away. Between the lane's confirm and the
//! strike-off a crash makes a second copy; the ledger's claim makes it harmless.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{PAUSE, Worker};
use crate::{
    broker::{BrokerError, Job},
    ledger::Requeue,
};

/// Requeues looked at in one round.
const MOST: usize = 100;

/// Carries requeues out until `draining`.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    loop {
        round(&worker, &draining).await;
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn round(worker: &Worker, draining: &CancellationToken) {
    let requeues = match worker.ledger.requeues(MOST).await {
        Ok(requeues) => requeues,
        Err(error) => {
            tracing::warn!(%error, "The list of requeues cannot be read");
            return;
        }
    };
    for requeue in requeues {
        if draining.is_cancelled() || !carry_out(worker, requeue).await {
            return;
        }
    }
}

/// Whether to go on with the next.
async fn carry_out(worker: &Worker, requeue: Requeue) -> bool {
    let Requeue { number, delivery, envelope } = requeue;
    let job = Job {
        envelope: Arc::new(envelope),
        desk: delivery.desk,
        rule: delivery.rule,
        priority: delivery.priority,
    };
    if let Err(error) = worker.broker.requeue(&job).await {
        tracing::warn!(delivery.key = %delivery.key, %error, "A delivery cannot be requeued yet");
        // One desk's lane may be missing while the others take their jobs.
        return matches!(error, BrokerError::Unroutable | BrokerError::Refused);
    }
    if let Err(error) = worker.ledger.requeued(number).await {
        tracing::warn!(delivery.key = %delivery.key, %error, "A requeue cannot be struck off");
        return false;
    }
    tracing::info!(delivery.key = %delivery.key, desk = %job.desk, "Requeued a delivery");
    true
}
