//! The wall clock jumps by an hour, both ways, while deliveries are under way.

use std::{
    ffi::OsString,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use deskbell::{
    broker::Broker,
    clock::{Clock, SystemClock},
    config::Config,
    desks,
    event::{Envelope, Event, RequestId, SchemaBook},
    ledger::{Ledger, sqlite::SqliteLedger},
    rules::LiveRules,
    sandbox::{Fault, FaultKind, FaultPlan, Operation},
    worker::{Post, Worker},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{binary, dice, shuffled};
use crate::{
    support::rabbit::{Process, shared_url},
    trial::{
        checker::history::{Answer, Line, SentLine},
        fleet::Fleet,
        settings::{DeskSettings, Kind},
    },
};

const HOUR: i64 = 3600;

/// Events between two jumps.
const EVENTS: usize = 25;

/// The machine's clock, and so many seconds beside it.
#[derive(Debug, Clone, Default)]
struct JumpingClock(Arc<AtomicI64>);

impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// Broker, worker and ledger of one process, by one clock.
struct InProcess {
    fleet: Fleet,
    clock: JumpingClock,
    rules: Arc<LiveRules>,
    process: Process,
    draining: CancellationToken,
    tasks: TaskTracker,
}

impl InProcess {
    async fn start() -> Self {
        let fleet = Fleet::new(binary(), None, &DeskSettings::default());
        let file = ("DESKBELL_CONFIG", fleet.path("deskbell.toml").display().to_string());
        let variables = fleet.environment.iter().chain([&file]);
        let variables: Vec<(OsString, OsString)> =
            variables.map(|(name, value)| (name.into(), value.into())).collect();
        let schemas = SchemaBook::builtin();
        let config = Config::load(variables.into_iter(), &schemas).unwrap();
        let clock = JumpingClock::default();
        let process = Process::start_with(&shared_url(), Arc::new(clock.clone())).ready().await;
        std::fs::create_dir(fleet.path("deskbell-data")).unwrap();
        let ledger: Arc<dyn Ledger> = SqliteLedger::open(&fleet.ledger()).unwrap();
        let posts = config.desks.values().map(|config| Post {
            settings: config.settings.clone(),
            desk: desks::build(config).unwrap(),
        });
        let (draining, tasks) = (CancellationToken::new(), TaskTracker::new());
        let rules = Arc::new(LiveRules::from(config.rules));
        let worker = Worker {
            broker: process.broker.clone(),
            ledger,
            rules: rules.clone(),
            clock: Arc::new(clock.clone()),
            holder: "one".to_owned(),
            preflight: None,
            retention: config.privacy.retention,
            chance: || 0.1,
        };
        worker.start(posts.collect(), &tasks, &draining);
        Self { fleet, clock, rules, process, draining, tasks }
    }

    /// Accepts an event as the receiver does, by the same clock.
    async fn accept(&self, id: &str) {
        let body = json!({
            "specversion": "1.0", "id": id, "source": "/shop",
            "type": Kind::Both.event_type(),
            "data": { "orderId": id, "customerExternalId": "user_42", "errorCode": "e", "level": "HIGH" },
        });
        let event =
            Event::from_cloudevents(&"shop".parse().unwrap(), body.to_string().as_bytes()).unwrap();
        let routes = self.rules.now().route(&event);
        let received_at = self.clock.now();
        let request_id = RequestId::fresh();
        let trace = request_id.trace();
        let envelope = Envelope { event, routes, request_id, received_at, trace };
        let published = self.process.broker.publish(&envelope).await;
        self.fleet.history.note(Line::Sent(SentLine {
            source: "shop".to_owned(),
            id: id.to_owned(),
            desks: Kind::Both.desks().iter().map(|&desk| desk.to_owned()).collect(),
            answer: if published.is_ok() { Answer::Accepted } else { Answer::Unknown },
        }));
    }

    async fn end(self) {
        self.draining.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.process.clean_up().await;
    }
}

/// A desk that answers slowly, and now and then asks for another try.
fn faults(seed: u64) -> FaultPlan {
    let slow = Fault::new(FaultKind::Latency(Duration::from_millis(300))).one_in(2, seed);
    let lost = Fault::new(FaultKind::Disconnect).after_creating().one_in(15, seed + 1);
    let away = Fault::answer(503).one_in(15, seed + 2).times(3);
    FaultPlan::none()
        .on(Operation::Create, away)
        .on(Operation::Create, lost)
        .on(Operation::Create, slow)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_jump_of_the_clock_by_an_hour_loses_or_doubles_anything() {
    let mut dice = dice();
    let product = InProcess::start().await;
    let fleet = &product.fleet;
    fleet.sandbox.hubspot().faults(faults(dice.throw(1000)));
    fleet.sandbox.supportdesk().faults(faults(dice.throw(1000)));
    // Each way twice, and back to the right time at the end: what was postponed by a clock that was
    // an hour ahead is due an hour later.
    for (round, jump) in shuffled(&mut dice, &[HOUR, -HOUR, HOUR, -HOUR]).into_iter().enumerate() {
        for number in 0..EVENTS {
            product.accept(&format!("evt_{round}_{number}")).await;
        }
        fleet.history.fault("clock jump");
        product.clock.0.fetch_add(jump, Ordering::Relaxed);
    }
    fleet.sandbox.hubspot().faults(FaultPlan::none());
    fleet.sandbox.supportdesk().faults(FaultPlan::none());
    fleet.until_settled().await;
    let verdict = fleet.judge();
    println!("{verdict}");
    product.end().await;
    assert!(verdict.is_clean(), "{verdict}");
}
