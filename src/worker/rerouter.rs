//! Puts deliveries back on their lane whose message is nowhere: somebody deleted the queue that it
//! was in.
//!
//! Only where a lane is idle is an overdue delivery known to be missing there, unless this worker has
//! its message already. A message that comes twice all the same is harmless: the ledger's claim lets
//! one through.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{Worker, desk_loop::Station};
use crate::{
    broker::{BrokerError, IdleLane, Job},
    causes::Causes,
    ledger::{LedgerError, Overdue, Whereabouts},
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
    idle: Vec<IdleLane>,
    draining: CancellationToken,
) {
    for idle in idle {
        let (desk, lane) = (&station.post.settings.name, idle.lane.lane());
        match fill(&station, &idle, &draining).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                %desk,
                lane,
                count,
                "{count} deliveries were missing from their lane; put them back"
            ),
            Err(error) => {
                let error = Causes(&error);
                tracing::warn!(%desk, lane, %error, "Missing deliveries stay away");
            }
        }
    }
}

/// How many were put back.
async fn fill(
    station: &Station,
    idle: &IdleLane,
    draining: &CancellationToken,
) -> Result<usize, RerouteError> {
    let worker = &station.worker;
    let desk = &station.post.settings.name;
    let by = worker.clock.now() - GRACE;
    let (mut after, mut count) = (0, 0);
    while !draining.is_cancelled() {
        let mut overdue = worker.ledger.overdue(desk, idle.lane, by, after, AT_A_TIME).await?;
        let Some(last) = overdue.last() else { break };
        after = last.place;
        overdue.retain(|overdue| {
            let event = &overdue.envelope.event;
            !idle.sent_ahead.contains(&(event.source.clone(), event.id.clone()))
        });
        count += put_back(station, idle.lane, overdue).await?;
    }
    Ok(count)
}

/// Puts deliveries back that are missing. The books name them first, so that they are known where
/// the broker does not take them.
async fn put_back(
    station: &Station,
    priority: Priority,
    missing: Vec<Overdue>,
) -> Result<usize, RerouteError> {
    let Worker { broker, ledger, clock, .. } = &station.worker;
    let desk = &station.post.settings.name;
    let places: Vec<i64> = missing.iter().map(|missing| missing.place).collect();
    if places.is_empty() {
        return Ok(0);
    }
    ledger.note_whereabouts(desk, &places, Whereabouts::Nowhere, clock.now()).await?;
    let puts = missing.into_iter().map(|Overdue { place, rule, envelope }| async move {
        let job = Job { envelope: Arc::new(envelope), desk: desk.clone(), rule, priority };
        broker.requeue(&job).await?;
        let event = &job.envelope.event;
        tracing::info!(%desk, event.source = %event.source, event.id = %event.id, "Rerouted");
        metrics::counter!("deskbell_rerouted_total", "desk" => desk.to_string()).increment(1);
        Ok::<_, BrokerError>(place)
    });
    let (mut put, mut failure) = (Vec::new(), None);
    for outcome in join_all(puts).await {
        match outcome {
            Ok(place) => put.push(place),
            Err(error) => failure = Some(error),
        }
    }
    ledger.note_whereabouts(desk, &put, Whereabouts::PutBack, clock.now()).await?;
    failure.map_or(Ok(put.len()), |error| Err(error.into()))
}
