//! One process after the other, each with a clock and a runtime of its own: dropping the runtime
//! drops all that it was doing.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    ledger::Watched,
    parts::{Shared, SimulatedDesk},
    points::{Points, Strike},
    queue::{Lull, OneLane},
    world::{MAX_ATTEMPTS, World},
};
use crate::{
    delivery::{RetrySchedule, Step, time_between},
    desks::{DeskSettings, Pacer},
    event::DeskName,
    ledger::Retention,
    rules::{CustomerRule, Form, Rule, RuleBook, Templates},
    ticket::Action,
    worker::{Post, Word, Worker, desk_loop, feeder::Hungry, pauses::Pauses},
};

/// One rule for one desk.
pub(super) fn rules(desk: &DeskName, joins: Option<Action>) -> RuleBook {
    let mut templates = Templates::default();
    let text = |templates: &mut Templates| templates.text("words", Form::Plain).unwrap();
    let rule = Rule {
        name: "a-rule".parse().unwrap(),
        on: vec!["payment.failed".parse().unwrap()],
        when: None,
        desks: vec![desk.clone()],
        priority: None,
        incident: joins.map(|_| text(&mut templates)),
        action: joins.unwrap_or_default(),
        reopen_within: Duration::ZERO,
        brake: None,
        subject: Some(text(&mut templates)),
        description: text(&mut templates),
        category: None,
        metadata: Vec::new(),
        tags: Vec::new(),
        customer: CustomerRule {
            external_id: text(&mut templates),
            name: None,
            email: None,
            phone: None,
        },
        associations: Vec::new(),
    };
    RuleBook::new(templates, vec![rule])
}

/// A process of the product, as far as one desk is concerned.
pub(super) struct Process {
    runtime: Runtime,
    pub(super) shared: Arc<Shared>,
}

/// Why a process is not watched any more.
pub(super) enum Ended {
    Struck,
    /// Nothing more happens, before this or at all.
    Lull(Option<Timestamp>),
}

impl Process {
    /// Starts one that works on what is in `world`.
    pub(super) fn spawn(world: &World<'_>, strike: Option<Strike>) -> Self {
        let runtime =
            Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let began = {
            let _inside = runtime.enter();
            (world.wall, Instant::now())
        };
        let shared = Arc::new(Shared {
            points: Points::new(strike),
            truth: world.truth.clone(),
            queue: world.queue.clone(),
            lull: Lull::default(),
            began,
            deadline: Mutex::new(world.wall),
        });
        let settings = DeskSettings {
            name: world.job.desk.clone(),
            base_url: String::new(),
            timeout: Duration::from_secs(3),
            pacing: Vec::new(),
            retry: RetrySchedule { max_attempts: MAX_ATTEMPTS, max_age: world.scenario.max_age },
            on_uncertain: world.scenario.on_uncertain,
        };
        let record = |number| format!("record:{number}").parse().unwrap();
        let plan = (0..world.scenario.records).map(record).chain([Step::Ticket]).collect();
        let desk = SimulatedDesk { shared: shared.clone(), plan, pacer: Pacer::new(&[]) };
        let ledger = Watched { inner: world.bench.ledger.clone(), shared: shared.clone() };
        let worker = Worker {
            broker: Arc::new(OneLane(shared.clone())),
            ledger: Arc::new(ledger),
            rules: world.rules.clone(),
            clock: shared.clone(),
            holder: format!("{}-{}", world.bench.histories, world.holder),
            preflight: None,
            retention: Retention::default(),
            chance: || 0.5,
        };
        let post = Post { settings, desk: Arc::new(desk) };
        let said = Word { pauses: Pauses::none(), silences: world.silences() };
        let said = (said, Hungry::never());
        let serving = desk_loop::serve(worker, post, said, CancellationToken::new());
        drop(TaskTracker::new().spawn_on(serving, runtime.handle()));
        Self { runtime, shared }
    }

    pub(super) fn run(&self) -> Ended {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.shared.points.halted() => Ended::Struck,
                until = self.shared.lull.begins() => Ended::Lull(until),
                () = tokio::time::sleep(Duration::from_hours(2)) => panic!("a process hangs"),
            }
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        let _inside = self.runtime.enter();
        crate::clock::Clock::now(&*self.shared)
    }

    /// Goes on at `wall`; timers that have run out meanwhile go off first.
    pub(super) fn thaw(&self, wall: Timestamp) {
        let away = time_between(self.now(), wall);
        self.runtime.block_on(tokio::time::advance(away));
        self.shared.points.thaw();
    }
}
