//! One delivery, the processes that work on it one after the other, and its operators.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::{
    points::{Blow, Strike},
    process::{Ended, Process, rules},
    queue::Queue,
    scenario::{Act, Scenario},
    truth::{TICKET, Truth},
};
use crate::{
    broker::Job,
    delivery::{Delivery, DeliveryKey, Failure, InvalidTransition, Reason, State, Transition},
    event::{Attributes, DeskName, Envelope, Event, RequestId},
    ledger::{By, GivenUp, Ledger, LedgerError, Silence, Via, sqlite::SqliteLedger},
    rules::LiveRules,
    ticket::Priority,
};

pub(super) const MAX_ATTEMPTS: u32 = 3;

/// An incident of the desk `?1` whose ticket is `?2`.
const OPEN_INCIDENT: &str = "INSERT INTO incidents (desk, key, updated_at, doc)
    VALUES (?1, 'words', 0, json_object('ticket', json_object('id', ?2), 'priority', 'LOW'))";

/// More processes than one delivery can need before it comes to rest.
const MOST_PROCESSES: usize = 60;

/// A ledger for many histories, one after the other.
pub(super) struct Bench {
    _directory: TempDir,
    pub(super) ledger: Arc<SqliteLedger>,
    leases: rusqlite::Connection,
    pub(super) runtime: Runtime,
    wall: Timestamp,
    pub(super) histories: u32,
}

impl Bench {
    pub(super) fn new() -> Self {
        // A crash here is one of the process and not of the machine, so memory will do for a disk.
        let memory = tempfile::tempdir_in("/dev/shm");
        let directory = memory.or_else(|_| tempfile::tempdir()).unwrap();
        let path = directory.path().join("ledger.db");
        Self {
            ledger: SqliteLedger::open(&path).unwrap(),
            leases: rusqlite::Connection::open(&path).unwrap(),
            _directory: directory,
            runtime: Builder::new_current_thread().build().unwrap(),
            wall: "2026-10-18T12:00:00Z".parse().unwrap(),
            histories: 0,
        }
    }

    /// What an operator does at the ledger.
    pub(super) fn block_on<T>(&self, act: impl Future<Output = T>) -> T {
        self.runtime.block_on(act)
    }

    /// Lets `scenario` happen, heals the desk, and holds the delivery to its promises all the time.
    /// Gives the number of calls that its first process made.
    pub(super) fn live_through(&mut self, scenario: &Scenario) -> usize {
        self.histories += 1;
        let mut world = World::new(self, scenario);
        let mut calls = 0;
        for (place, act) in scenario.acts.iter().enumerate() {
            let made = world.happen(*act);
            if place == 0 {
                calls = made;
            }
            world.check();
        }
        world.come_to_an_end();
        // How a desk stands outlives a process, and is not to reach into the next history.
        world.bench.leases.execute("DELETE FROM desk_leases", []).unwrap();
        let wall = world.wall;
        // Longer than any lease.
        self.wall = wall + Duration::from_hours(1);
        calls
    }
}

/// One delivery's history.
pub(super) struct World<'a> {
    pub(super) bench: &'a Bench,
    pub(super) scenario: &'a Scenario,
    pub(super) truth: Arc<Mutex<Truth>>,
    pub(super) queue: Arc<Queue>,
    frozen: Option<Process>,
    pub(super) wall: Timestamp,
    /// Who holds the desk. What follows a crash is the same holder, as with the embedded broker;
    /// what takes the place of a process that stands still is another.
    pub(super) holder: u32,
    pub(super) rules: Arc<LiveRules>,
    pub(super) silences: Vec<Silence>,
    pub(super) job: Job,
    pub(super) key: DeliveryKey,
}

impl<'a> World<'a> {
    fn new(bench: &'a Bench, scenario: &'a Scenario) -> Self {
        let mut truth = Truth::new(scenario.kind, scenario.on_uncertain, MAX_ATTEMPTS);
        truth.answers.extend(&scenario.answers);
        truth.looks.extend(&scenario.looks);
        truth.knows_customer = scenario.knows_customer;
        let event = Event {
            source: "shop".parse().unwrap(),
            id: bench.histories.to_string().parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data: serde_json::json!({ "customer": bench.histories.to_string() }),
        };
        truth.says = event.data.clone();
        let desk: DeskName = format!("desk-{}", bench.histories).parse().unwrap();
        let rules = Arc::new(rules(&desk, scenario.joins).into());
        if scenario.joins.is_some() {
            bench.leases.execute(OPEN_INCIDENT, [desk.as_str(), TICKET]).unwrap();
        }
        let key = DeliveryKey::of(&event.source, &event.id, &desk);
        let (request_id, received_at) = (RequestId::carried("r"), bench.wall);
        let (routes, trace) = (Vec::new(), request_id.trace());
        let envelope = Arc::new(Envelope { event, routes, request_id, received_at, trace });
        let job = Job { envelope, desk, rule: "a-rule".parse().unwrap(), priority: Priority::High };
        let queue = Arc::<Queue>::default();
        queue.put(job.clone(), bench.wall);
        let truth = Arc::new(Mutex::new(truth));
        let (frozen, wall, holder) = (None, bench.wall, 0);
        let silences = Vec::new();
        let mut world =
            Self { bench, scenario, truth, queue, frozen, wall, holder, rules, silences, job, key };
        if scenario.is_hushed {
            world.hush();
        }
        world
    }

    pub(super) fn by(&self) -> By {
        By { at: self.wall, who: "ada".to_owned(), via: Via::CommandLine, why: None }
    }

    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self) {
        self.truth().check(&self.key, self.wall);
    }

    /// Gives the number of calls that a process made.
    fn happen(&mut self, act: Act) -> usize {
        match act {
            Act::Work(strike) => return self.work(strike),
            Act::Thaw => self.thaw(),
            Act::Settle => self.settle(),
            Act::Replay => self.operate(Transition::Replay { at: self.wall }),
            Act::Edit(by_todays_rules) => self.edit(by_todays_rules),
            Act::Discard => {
                let (by, why) = ("ada".to_owned(), "because".to_owned());
                self.operate(Transition::Discard { at: self.wall, by, why });
            }
            Act::Erase => self.erase(),
            Act::Hush => self.hush(),
            Act::Release => self.operate(self.release()),
            Act::GiveUp => self.give_up(),
            Act::Expect(is_so) => {
                let delivery = self.delivery();
                let state = delivery.map(|delivery| delivery.state);
                assert!(state.as_ref().is_some_and(is_so), "it is {state:?}");
            }
        }
        0
    }

    fn work(&mut self, mut strike: Option<Strike>) -> usize {
        let mut made = 0;
        for _ in 0..MOST_PROCESSES {
            let process = Process::spawn(self, strike);
            let ended = process.run();
            self.wall = process.now();
            let calls = process.shared.points.calls();
            made += calls;
            let is_frozen = strike.is_some_and(|strike| strike.blow == Blow::Freeze);
            match ended {
                Ended::Struck if is_frozen => {
                    self.frozen = Some(process);
                    self.holder += 1;
                    self.queue.take_back();
                    return made;
                }
                Ended::Struck | Ended::Lull(None) => {
                    drop(process);
                    self.queue.take_back();
                    return made;
                }
                Ended::Lull(Some(until)) => self.wall = until,
            }
            strike = strike.and_then(|strike| {
                Some(Strike { call: strike.call.checked_sub(calls)?, ..strike })
            });
        }
        panic!("it never comes to rest: {:?}", self.truth().written);
    }

    fn thaw(&mut self) {
        let Some(process) = self.frozen.take() else { return };
        process.thaw(self.wall);
        process.run();
        self.wall = process.now();
        drop(process);
        self.queue.take_back();
    }

    pub(super) fn delivery(&self) -> Option<Delivery> {
        self.truth().written.clone()
    }

    /// What an operator may not do in this state is refused, and nothing happens.
    fn operate(&self, transition: Transition) {
        let by = self.by();
        let is_absent = matches!(transition, Transition::Absent { .. });
        let operating = self.bench.ledger.operate(&self.key, transition, &by);
        let Ok(delivery) = self.bench.runtime.block_on(operating) else { return };
        self.back_to_work(&delivery, is_absent);
    }

    /// What an operator has written, and the job on its lane where it is to be tried again.
    pub(super) fn back_to_work(&self, delivery: &Delivery, is_absent: bool) {
        let mut truth = self.truth();
        if delivery.state == State::Queued {
            truth.sent_back(is_absent);
        }
        truth.wrote(delivery);
        drop(truth);
        let requeues = self.bench.runtime.block_on(self.bench.ledger.requeues(9)).unwrap();
        for requeue in requeues {
            self.queue.put(self.job.clone(), self.wall);
            let struck = self.bench.ledger.requeued(requeue.number);
            self.bench.runtime.block_on(struck).unwrap();
        }
    }

    fn settle(&self) {
        let ticket = self.truth().seen();
        let at = self.wall;
        self.operate(match ticket {
            Some(ticket) => Transition::Exists { at, ticket },
            None => Transition::Absent { at },
        });
    }

    fn give_up(&self) {
        let Some(Job { envelope, desk, rule, priority }) = self.queue.drop_one() else { return };
        let failure = Failure::of(Reason::Poison, "it came back too often");
        let job = GivenUp { envelope, desk, rule, priority, at: self.wall, failure };
        match self.bench.runtime.block_on(self.bench.ledger.give_up(job)) {
            Ok(delivery) => {
                let mut truth = self.truth();
                truth.mortal.push(Reason::Poison);
                truth.crashed(&delivery);
                truth.wrote(&delivery);
            }
            Err(LedgerError::NotAllowed(InvalidTransition::Held { until })) => {
                self.queue.put(self.job.clone(), until);
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// From here on the desk works, and operators settle what they are asked to: it ends with its
    /// ticket, unless an operator gave it up.
    fn come_to_an_end(&mut self) {
        self.truth().stay_up();
        for _ in 0..5 {
            self.work(None);
            self.check();
            assert!(self.queue.is_empty());
            match self.delivery().map(|delivery| delivery.state) {
                _ if self.is_erased() => return self.check(),
                Some(State::Ticketed { .. } | State::Merged { .. } | State::Resolved { .. }) => {
                    self.thaw();
                    return self.check();
                }
                Some(State::Discarded { .. }) => return self.check(),
                Some(State::Dead { .. }) => self.happen(Act::Replay),
                Some(State::Suppressed { .. }) => self.happen(Act::Release),
                Some(State::Uncertain { look_again: None, .. }) => self.happen(Act::Settle),
                lost => panic!("its message is gone, and it is {lost:?}"),
            };
        }
        panic!("it does not end: {:?}", self.delivery());
    }
}
