//! Serves one desk: holds its lease, takes jobs when the desk can take one, works on several.

use std::{
    num::NonZeroU16,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, interval_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    CONCURRENCY, PAUSE, Post, Worker, attempt,
    gate::{Closing, Gate, Probe},
    rerouter,
};
use crate::{
    broker::{BrokerError, Lanes, Lease},
    causes::Causes,
    delivery::Failure,
    desks::Turn,
    ledger::{DeskLease, LedgerError},
};

/// How often the lease of a desk is prolonged.
const RENEWAL: Duration = Duration::from_secs(5);

/// What a lease has left after a late renewal, beyond the time of one call.
const MARGIN: Duration = Duration::from_secs(10);

/// Jobs of each lane that are held ready: twice what is worked on, so that the broker's way is never
/// waited for.
const PREFETCH: NonZeroU16 = NonZeroU16::new(32).unwrap();

/// One desk as the worker sees it.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) worker: Worker,
    pub(super) post: Post,
    pub(super) gate: Arc<Gate>,
    tenure: Mutex<Tenure>,
}

/// What lets a job through to the desk.
#[derive(Debug)]
pub(super) struct Passage {
    /// The room that is promised to its first call.
    pub(super) turn: Turn,
    /// Held where it is the one that goes ahead after a pause.
    pub(super) probe: Option<Probe>,
}

/// The lease of the desk, by the process's own clock: a clock that jumps cannot prolong it.
#[derive(Debug, Clone, Copy)]
struct Tenure {
    epoch: u64,
    until: Instant,
}

/// Failures in a row that are not worth a line: a broker is connecting, or comes back by itself.
const TOLERATED: u32 = 5;

/// Serving that lasted this long had been going well.
const WELL: Duration = Duration::from_secs(10);

/// Serves `post` until `draining`, then finishes what is in flight and gives the desk back.
pub(super) async fn serve(worker: Worker, post: Post, draining: CancellationToken) {
    let tenure = Mutex::new(Tenure { epoch: 0, until: Instant::now() });
    let station = Arc::new(Station { worker, post, gate: Arc::default(), tenure });
    let mut failures = 0_u32;
    loop {
        let served = tokio::select! {
            () = draining.cancelled() => break,
            held = station.hold() => held,
        };
        let began = Instant::now();
        let served = match served {
            Ok(()) => station.work(&draining).await,
            Err(error) => Err(StationError::Ledger(error)),
        };
        if began.elapsed() > WELL {
            failures = 0;
        }
        match served {
            Ok(()) => failures = 0,
            Err(error) if failures == TOLERATED => {
                failures += 1;
                let desk = &station.post.settings.name;
                tracing::warn!(%desk, error = %Causes(&error), "Desk `{desk}` is not being served");
            }
            Err(_) => failures = failures.saturating_add(1),
        }
        tokio::select! {
            () = draining.cancelled() => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    let Station { worker, post, .. } = &*station;
    if let Err(error) = worker.ledger.release_desk(&post.settings.name, &worker.holder).await {
        tracing::warn!(error = %Causes(&error), "The lease of a desk was not given back");
    }
}

/// Why a desk is not being served.
#[derive(Debug, thiserror::Error)]
enum StationError {
    #[error("the lanes ended")]
    Broker(#[from] BrokerError),
    #[error("the lease was not kept")]
    Ledger(#[from] LedgerError),
}

impl Station {
    /// The epoch of the lease, if a call that begins now will be over before the lease is.
    pub(super) fn epoch(&self) -> Option<u64> {
        let tenure = *self.tenure.lock().unwrap_or_else(PoisonError::into_inner);
        let call_ends = Instant::now() + self.post.settings.timeout;
        (call_ends < tenure.until).then_some(tenure.epoch)
    }

    /// Waits until the desk is this worker's.
    async fn hold(&self) -> Result<(), LedgerError> {
        while !self.renew().await? {
            tokio::time::sleep(RENEWAL).await;
        }
        Ok(())
    }

    /// Takes or prolongs the lease; whether the desk is this worker's.
    async fn renew(&self) -> Result<bool, LedgerError> {
        let Worker { ledger, clock, holder, .. } = &self.worker;
        let ttl = self.post.settings.timeout + RENEWAL + MARGIN;
        let asked = Instant::now();
        match ledger.lease_desk(&self.post.settings.name, holder, clock.now(), ttl).await? {
            DeskLease::Held { epoch } => {
                let tenure = Tenure { epoch, until: asked + ttl };
                *self.tenure.lock().unwrap_or_else(PoisonError::into_inner) = tenure;
                Ok(true)
            }
            DeskLease::Taken { .. } => Ok(false),
        }
    }

    /// Works until `draining`, until the lease is lost or the lanes end; then finishes what is in
    /// flight.
    async fn work(self: &Arc<Self>, draining: &CancellationToken) -> Result<(), StationError> {
        let mut lanes = self.worker.broker.lanes(&self.post.settings.name, PREFETCH).await?;
        let mut running = JoinSet::new();
        let mut renewal = interval(RENEWAL);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Not at once: what the broker has just sent out has not arrived yet.
        let mut look = interval_at(Instant::now() + rerouter::LOOK_EVERY, rerouter::LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                biased;
                () = draining.cancelled() => break Ok(()),
                _ = renewal.tick() => match self.renew().await {
                    Ok(false) => break Ok(()),
                    Err(error) if self.epoch().is_none() => break Err(error.into()),
                    Ok(true) | Err(_) => {}
                },
                Some(ended) = running.join_next() => report_panic(&ended),
                _ = look.tick() => match lanes.idle().await {
                    Ok(idle) => {
                        running.spawn(rerouter::reroute(self.clone(), idle, draining.clone()));
                    }
                    Err(error) => break Err(error.into()),
                },
                lease = self.take(lanes.as_mut()), if running.len() < CONCURRENCY => match lease {
                    Ok((passage, lease)) => {
                        running.spawn(attempt::deliver(self.clone(), passage, lease));
                    }
                    Err(error) => break Err(error.into()),
                },
            }
        };
        self.finish(running, renewal).await;
        ended
    }

    /// Takes the next job when the desk can take one: the choice between lanes falls as late as it
    /// can.
    async fn take(&self, lanes: &mut dyn Lanes) -> Result<(Passage, Lease), BrokerError> {
        let probe = self.gate.passed().await;
        let turn = self.post.desk.turn().await;
        Ok((Passage { turn, probe }, lanes.next().await?))
    }

    /// Keeps all deliveries from the desk for a while; says so once, and not for each of them.
    pub(super) fn close_gate(&self, failure: &Failure, asked: Option<Duration>) -> Duration {
        let Closing { pause, is_news } = self.gate.close(failure.reason, asked);
        if is_news {
            let desk = &self.post.settings.name;
            tracing::warn!(
                %desk,
                reason = %failure.reason,
                status = failure.status,
                code = failure.code.as_deref(),
                correlation_id = failure.correlation_id.as_deref(),
                pause_s = pause.as_secs(),
                "Desk `{desk}` takes nothing now: its deliveries wait"
            );
        }
        pause
    }

    /// The desk has answered as it should.
    pub(super) fn open_gate(&self) {
        if self.gate.open() {
            let desk = &self.post.settings.name;
            tracing::info!(%desk, "Desk `{desk}` answers again");
        }
    }

    /// Keeps the lease until what is in flight has ended.
    async fn finish(&self, mut running: JoinSet<()>, mut renewal: tokio::time::Interval) {
        loop {
            tokio::select! {
                ended = running.join_next() => match ended {
                    Some(ended) => report_panic(&ended),
                    None => return,
                },
                _ = renewal.tick() => drop(self.renew().await),
            }
        }
    }
}

/// A panic ends one attempt and nothing else: its job comes back, and its claim runs out.
fn report_panic(ended: &Result<(), tokio::task::JoinError>) {
    if ended.is_err() {
        tracing::error!("An attempt ended in a panic; its delivery will be taken up again");
    }
}
