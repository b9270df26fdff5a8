//! Puts deliveries back on their lane whose message is nowhere: somebody deleted the queue that it
//! was in.
//!
//! Only where a lane is idle is an overdue delivery known to be missing there. A message that comes
//! twice all the same is harmless: the ledger's claim lets one through.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::desk_loop::Station;
use crate::{
    broker::{BrokerError, Job},
    causes::Causes,
    ledger::{LedgerError, Overdue},
    ticket::Priority,
};

/// How often the lanes of a desk are looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(15);

/// How long a delivery may be due in an idle lane: longer than a message is on its way.
const GRACE: Duration = Duration::from_secs(30);

/// Deliveries that are put back at a time.
const AT_A_TIME: usize = 100;

/// Why a delivery was not put back.
#[derive(Debug, thiserror::Error)]
enum RerouteError {
    #[error("the broker did not take it")]
    Broker(#[from] BrokerError),
    #[error("the ledger cannot be read")]
    Ledger(#[from] LedgerError),
}

/// Puts back what is missing from the `idle` lanes, until `draining`.
pub(super) async fn reroute(
    station: Arc<Station>,
    idle: Vec<Priority>,
    draining: CancellationToken,
) {
    for lane in idle {
        let desk = &station.post.settings.name;
        match fill(&station, lane, &draining).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                %desk,
                lane = lane.lane(),
                count,
                "{count} deliveries were missing from their lane; put them back"
            ),
            Err(error) => {
                let error = Causes(&error);
                tracing::warn!(%desk, lane = lane.lane(), %error, "Missing deliveries stay away");
            }
        }
    }
}

/// How many were put back.
async fn fill(
    station: &Station,
    lane: Priority,
    draining: &CancellationToken,
) -> Result<usize, RerouteError> {
    let worker = &station.worker;
    let desk = &station.post.settings.name;
    let by = worker.clock.now() - GRACE;
    let (mut after, mut count) = (0, 0);
    while !draining.is_cancelled() {
        let overdue = worker.ledger.overdue(desk, lane, by, after, AT_A_TIME).await?;
        let Some(last) = overdue.last() else { break };
        after = last.place;
        count += put_back(station, lane, overdue).await?;
    }
    Ok(count)
}

async fn put_back(
    station: &Station,
    priority: Priority,
    overdue: Vec<Overdue>,
) -> Result<usize, RerouteError> {
    let desk = &station.post.settings.name;
    let jobs = overdue.into_iter().map(|Overdue { rule, envelope, .. }| Job {
        envelope: Arc::new(envelope),
        desk: desk.clone(),
        rule,
        priority,
    });
    let puts = jobs.map(|job| async move {
        station.worker.broker.requeue(&job).await?;
        let event = &job.envelope.event;
        tracing::info!(%desk, event.source = %event.source, event.id = %event.id, "Rerouted");
        metrics::counter!("deskbell_rerouted_total", "desk" => desk.to_string()).increment(1);
        Ok::<_, RerouteError>(())
    });
    let put: Vec<()> = join_all(puts).await.into_iter().collect::<Result<_, _>>()?;
    Ok(put.len())
}
