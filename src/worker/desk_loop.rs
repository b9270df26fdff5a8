//! Serves one desk: holds its lease, takes jobs when the desk can take one, works on several.

use std::{
    num::NonZeroU16,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, interval_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    Post, Word, Worker, attempt,
    breaker::{Breaker, Opening, Probe},
    feeder::{self, Hungry},
    inspector,
    persistence::{Persistence, pause},
    rerouter,
    tenure::{Counted, RENEWAL, Tenure},
};
use crate::{
    broker::{BrokerError, Lanes, Lease},
    causes::Causes,
    delivery::{Failure, time_between},
    desks::Turn,
    ledger::LedgerError,
};

const TWICE: NonZeroU16 = NonZeroU16::new(2).unwrap();

/// Deliveries in their midst that may wait for room when another one is begun. They go first, in
/// turn with new ones: with more of them, an urgent job would stand behind many.
const MOST_MIDWAY: usize = 2;

/// One desk as the worker sees it.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) worker: Worker,
    pub(super) post: Post,
    pub(super) breaker: Arc<Breaker>,
    pub(super) tenure: Mutex<Tenure>,
    /// The breaker has changed, and the ledger should know.
    news: Notify,
    /// Deliveries that wait for room in their midst.
    pub(super) midway: watch::Sender<usize>,
    /// Deliveries that are worked on.
    pub(super) under_way: watch::Sender<usize>,
    /// The account could not be asked.
    pub(super) uninspected: Notify,
    /// What was said of the account.
    pub(super) told: inspector::Told,
    /// What operators have paused and silenced.
    pub(super) word: Word,
    /// What bulk replays have left.
    pub(super) hungry: Hungry,
}

/// What lets a job through to the desk.
#[derive(Debug)]
pub(super) struct Passage {
    /// The room that is promised to its first call.
    pub(super) turn: Turn,
    /// Held where it is the one that goes ahead after a pause.
    pub(super) probe: Option<Probe>,
}

/// Serves `post` until `draining`, then finishes what is in flight and gives the desk back.
pub(super) async fn serve(
    worker: Worker,
    post: Post,
    (word, hungry): (Word, Hungry),
    draining: CancellationToken,
) {
    let (breaker, tenure, news) = (Arc::default(), Mutex::new(Tenure::none()), Notify::new());
    let (midway, under_way) = (watch::Sender::new(0), watch::Sender::new(0));
    let told = inspector::Told::default();
    let station = Station {
        worker,
        post,
        breaker,
        tenure,
        news,
        midway,
        under_way,
        uninspected: Notify::new(),
        told,
        word,
        hungry,
    };
    let station = Arc::new(station);
    let mut persistence = Persistence::default();
    while !draining.is_cancelled() {
        // Without lanes: what they hold would come back from the broker again and again.
        let lifted = station.word.pauses.lifted(&station.post.settings.name);
        if draining.run_until_cancelled(lifted).await.is_none() {
            break;
        }
        let began = Instant::now();
        let ended = match draining.run_until_cancelled(station.hold()).await {
            None => break,
            Some(Ok(())) => station.work(&draining).await,
            Some(Err(error)) => Err(StationError::Ledger(error)),
        };
        if let Some(error) = persistence.ended(began, ended) {
            let desk = &station.post.settings.name;
            tracing::warn!(%desk, error = %Causes(&error), "Desk `{desk}` is not being served");
        }
        pause(&draining).await;
    }
    if let Err(error) = station.give_back().await {
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
    /// Works until `draining`, until an operator pauses the desk, the lease is lost or the lanes end;
    /// then finishes what is in flight.
    async fn work(self: &Arc<Self>, draining: &CancellationToken) -> Result<(), StationError> {
        let at_once = self.post.desk.at_once();
        // Twice what is worked on, so that the broker's way is never waited for.
        let prefetch = at_once.saturating_mul(TWICE);
        let mut lanes = self.worker.broker.lanes(&self.post.settings.name, prefetch).await?;
        let mut running = JoinSet::new();
        let mut renewal = interval(RENEWAL);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Not at once: what the broker has just sent out has not arrived yet.
        let mut look = interval_at(Instant::now() + rerouter::LOOK_EVERY, rerouter::LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut feeding = interval(feeder::LOOK_EVERY);
        feeding.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let share = usize::from(at_once.get()).div_ceil(2);
        let mut inspection = inspector::Schedule::new(self.worker.preflight);
        let ended = loop {
            tokio::select! {
                biased;
                () = draining.cancelled() => break Ok(()),
                () = self.word.pauses.begun(&self.post.settings.name) => break Ok(()),
                _ = renewal.tick() => match self.renew().await {
                    Ok(false) => break Ok(()),
                    Err(error) if self.epoch().is_none() => break Err(error.into()),
                    Ok(true) | Err(_) => {}
                },
                Some(ended) = running.join_next() => report_panic(&ended),
                () = self.news.notified() => renewal.reset_immediately(),
                () = self.uninspected.notified() => inspection.again(),
                _ = look.tick() => match lanes.idle().await {
                    Ok(idle) => {
                        running.spawn(rerouter::reroute(self.clone(), idle, draining.clone()));
                    }
                    Err(error) => break Err(error.into()),
                },
                _ = feeding.tick(), if running.len() < share && self.may_feed() => {
                    if let Err(error) = feeder::feed(self, lanes.as_mut(), share).await {
                        break Err(error.into());
                    }
                }
                lease = self.take(lanes.as_mut()), if running.len() < usize::from(at_once.get()) => match lease {
                    Ok((passage, lease)) => {
                        running.spawn(self.clone().deliver(passage, lease));
                    }
                    Err(error) => break Err(error.into()),
                },
                // Behind the deliveries, and with nothing else under way.
                () = inspection.due(), if running.is_empty() => {
                    running.spawn(inspector::inspect(self.clone(), draining.clone()));
                }
            }
        };
        self.finish(running, renewal).await;
        ended
    }

    /// Whether bulk replays have something left for the desk, and it takes deliveries.
    fn may_feed(&self) -> bool {
        self.hungry.has(&self.post.settings.name)
            && self.breaker.standing(self.worker.clock.now()).is_none()
    }

    async fn deliver(self: Arc<Self>, passage: Passage, lease: Lease) {
        let _counted = Counted::among(&self.under_way);
        attempt::deliver(self.clone(), passage, lease).await;
    }

    /// Takes the next job when the desk can take one: the choice between lanes falls as late as it
    /// can.
    async fn take(&self, lanes: &mut dyn Lanes) -> Result<(Passage, Lease), BrokerError> {
        let probe = self.breaker.passed().await;
        // An error would say that nobody counts any more.
        let _ = self.midway.subscribe().wait_for(|waiting| *waiting < MOST_MIDWAY).await;
        let turn = self.post.desk.turn().await;
        let lease = lanes.next().await?;
        // Not before there is a job: the news ends this wait, which would begin and end for ever.
        if probe.is_some() {
            self.news.notify_one();
        }
        let job = lease.job();
        let waited = time_between(job.envelope.received_at, self.worker.clock.now());
        self.post.desk.begin(job.priority, waited);
        Ok((Passage { turn, probe }, lease))
    }

    /// Keeps all deliveries from the desk for a while; says so once, and not for each of them.
    pub(super) fn open_breaker(&self, failure: &Failure, asked: Option<Duration>) -> Duration {
        let at = self.worker.clock.now();
        let Opening { pause, is_news } = self.breaker.open(failure.reason, asked, at);
        self.news.notify_one();
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
    pub(super) fn close_breaker(&self) {
        if self.breaker.close() {
            self.news.notify_one();
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
