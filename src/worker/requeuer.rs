//! Puts what operators sent back to work on its lane.
//!
//! The operator's act and the wish to requeue are one transaction of the ledger, so that an act is
//! carried out also when the broker or this process was away. Between the lane's confirm and the
//! strike-off a crash makes a second copy; the ledger's claim makes it harmless.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{PAUSE, Worker};
use crate::{
    broker::{BrokerError, Job},
    causes::Causes,
    ledger::{LedgerError, Requeue},
    traces,
};

/// Requeues looked at in one round, beside those that are stuck.
const MOST: usize = 100;

/// What went wrong in the last round: it is told once, and stands in nobody's way.
#[derive(Debug, Default)]
struct Troubles {
    /// The numbers of requeues that could not be carried out.
    stuck: BTreeSet<i64>,
    /// Whether the list could not be read.
    is_unread: bool,
}

/// Carries requeues out until `draining`; at once where `requeued` rings.
pub(super) async fn run(worker: Worker, requeued: Arc<Notify>, draining: CancellationToken) {
    let mut troubles = Troubles::default();
    loop {
        match round(&worker, &draining, &troubles.stuck).await {
            Ok(stuck) => troubles = Troubles { stuck, is_unread: false },
            Err(error) => {
                if !troubles.is_unread {
                    tracing::warn!(error = %Causes(&error), "The list of requeues cannot be read");
                }
                troubles.is_unread = true;
            }
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = requeued.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Carries out what can be; gives what is stuck, where `before` was stuck in the last round.
async fn round(
    worker: &Worker,
    draining: &CancellationToken,
    before: &BTreeSet<i64>,
) -> Result<BTreeSet<i64>, LedgerError> {
    let mut stuck = BTreeSet::new();
    for requeue in worker.ledger.requeues(MOST + before.len()).await? {
        if draining.is_cancelled() {
            break;
        }
        let number = requeue.number;
        let Err(stop) = carry_out(worker, requeue, before.contains(&number)).await else {
            continue;
        };
        stuck.insert(number);
        if stop == Stop::All {
            // Not looked at, and so as they were.
            stuck.extend(before.range(number..));
            break;
        }
    }
    Ok(stuck)
}

/// How far a requeue that cannot be carried out reaches.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// One desk's lane is missing, full or not as it should be; the others take their jobs.
    This,
    /// The broker or the ledger is away.
    All,
}

/// Puts one delivery on its lane. `is_told`: why it cannot be has been said before.
async fn carry_out(worker: &Worker, requeue: Requeue, is_told: bool) -> Result<(), Stop> {
    let Requeue { number, delivery, lane, mut envelope } = requeue;
    let span = traces::requeue(&mut envelope, worker.broker.system());
    let job = Job {
        envelope: Arc::new(envelope),
        desk: delivery.desk,
        rule: delivery.rule,
        priority: lane,
    };
    if let Err(error) = worker.broker.requeue(&job).instrument(span.clone()).await {
        traces::failed(&span, "not-durable");
        if !is_told {
            let (key, desk) = (&delivery.key, &job.desk);
            let error = Causes(&error);
            tracing::warn!(delivery.key = %key, %desk, %error, "A delivery cannot be requeued yet");
        }
        let is_its_own = matches!(
            error,
            BrokerError::Unroutable | BrokerError::Refused | BrokerError::Topology(_)
        );
        return Err(if is_its_own { Stop::This } else { Stop::All });
    }
    if let Err(error) = worker.ledger.requeued(number).await {
        if !is_told {
            let error = Causes(&error);
            tracing::warn!(delivery.key = %delivery.key, %error, "A requeue cannot be struck off");
        }
        return Err(Stop::All);
    }
    tracing::info!(delivery.key = %delivery.key, desk = %job.desk, "Requeued a delivery");
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::{
        num::NonZeroU16,
        sync::{Mutex, PoisonError},
        time::Duration,
    };

    use async_trait::async_trait;
    use jiff::Timestamp;

    use super::*;
    use crate::{
        broker::{Broker, Buried, Journal, Lanes, Readiness},
        clock::SystemClock,
        delivery::{Failure, Reason, Transition},
        event::{Attributes, DeskName, Envelope, Event, JournalMark, RequestId},
        ledger::{By, Claim, Claimed, Ledger, Retention, Via, sqlite::SqliteLedger},
        rules::LiveRules,
        ticket::Priority,
    };

    /// A broker without lanes for the desk `gone`.
    #[derive(Debug, Default)]
    struct Lacking(Mutex<Vec<DeskName>>);

    #[async_trait]
    impl Broker for Lacking {
        async fn publish(&self, _: &Envelope) -> Result<(), BrokerError> {
            Err(BrokerError::Refused)
        }

        async fn requeue(&self, job: &Job) -> Result<(), BrokerError> {
            if job.desk.as_str() == "gone" {
                return Err(BrokerError::Unroutable);
            }
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(job.desk.clone());
            Ok(())
        }

        async fn lanes(&self, _: &DeskName, _: NonZeroU16) -> Result<Box<dyn Lanes>, BrokerError> {
            Err(BrokerError::Refused)
        }

        async fn journal(&self, _: Option<&JournalMark>) -> Result<Box<dyn Journal>, BrokerError> {
            Err(BrokerError::Refused)
        }

        async fn buried(&self) -> Result<Box<dyn Buried>, BrokerError> {
            Err(BrokerError::Refused)
        }

        fn readiness(&self) -> Readiness {
            Readiness::Ready
        }
    }

    /// Buries and replays the event of this number at `desk`.
    async fn replayed(ledger: &SqliteLedger, number: usize, desk: &str) {
        let at = Timestamp::UNIX_EPOCH;
        let event = Event {
            source: "shop".parse().unwrap(),
            id: number.to_string().parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data: serde_json::json!({}),
        };
        let envelope = Envelope {
            event,
            routes: Vec::new(),
            request_id: RequestId::carried("r-1"),
            trace: RequestId::carried("r-1").trace(),
            received_at: at,
        };
        let claim = Claim {
            envelope: Arc::new(envelope),
            desk: desk.parse().unwrap(),
            rule: "a-rule".parse().unwrap(),
            priority: Priority::High,
            epoch: 1,
            at,
            until: at + Duration::from_mins(1),
        };
        let Claimed::Granted(granted) = ledger.claim(claim).await.unwrap() else {
            panic!("a free delivery was not granted")
        };
        let key = granted.delivery.key;
        let failure = Failure::of(Reason::Refused, "no");
        let bury = Transition::Bury { claim: 1, at, failure, limit: None, counts: true };
        ledger.advance(&key, vec![bury]).await.unwrap();
        let (who, via) = ("ada".to_owned(), Via::CommandLine);
        let by = By { at, who, via, why: None };
        ledger.operate(&key, Transition::Replay { at }, &by).await.unwrap();
    }

    #[tokio::test]
    async fn deliveries_to_a_desk_without_lanes_stand_in_nobodys_way() {
        let directory = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&directory.path().join("ledger.db")).unwrap();
        for desk in ["gone", "crm"] {
            let desk = desk.parse().unwrap();
            let long = Duration::from_mins(1);
            ledger.lease_desk(&desk, "w", Timestamp::UNIX_EPOCH, long).await.unwrap();
        }
        for number in 0..MOST {
            replayed(&ledger, number, "gone").await;
        }
        replayed(&ledger, MOST, "crm").await;
        let broker = Arc::new(Lacking::default());
        let worker = Worker {
            broker: broker.clone(),
            ledger: ledger.clone(),
            rules: Arc::new(LiveRules::default()),
            clock: Arc::new(SystemClock),
            holder: "w".to_owned(),
            preflight: None,
            retention: Retention::default(),
            chance: || 0.5,
        };
        let draining = CancellationToken::new();
        let mut stuck = BTreeSet::new();
        for _ in 0..2 {
            stuck = round(&worker, &draining, &stuck).await.unwrap();
        }
        assert_eq!(stuck.len(), MOST);
        let requeued = broker.0.lock().unwrap().clone();
        assert_eq!(requeued, ["crm".parse().unwrap()]);
        assert_eq!(ledger.requeues(MOST + 1).await.unwrap().len(), MOST);
    }
}
