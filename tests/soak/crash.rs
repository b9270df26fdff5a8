//! Events through random kills of receiver, worker and broker, at a desk of which one in a hundred
//! create calls is answered with nothing after the ticket was made.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use tokio::task::spawn_blocking;

use crate::{
    options::{Options, Victim},
    tell,
    trial::{
        checker::ledger,
        dice::Dice,
        fleet::Fleet,
        node::RabbitNode,
        sender::Senders,
        settings::{DeskSettings, Kind},
    },
};

/// Accepted events that may wait for their tickets before senders slow down: so that the kills fall
/// among events and tickets alike.
const BACKLOG: usize = 2_000;

/// Before the broker is killed for the first time: RabbitMQ 3.10 loses a stream that it has only
/// just declared.
const SETTLING: Duration = Duration::from_secs(15);

/// Between two looks at the ledger.
const LOOK: Duration = Duration::from_millis(250);

/// What runs, and where it can be hit.
struct Target {
    fleet: Fleet,
    node: Option<Arc<RabbitNode>>,
    /// Deliveries that the ledger has settled, when it was last looked at.
    settled: Arc<AtomicUsize>,
}

/// Runs the soak; whether every promise was kept.
pub(crate) async fn run(options: &Options) -> bool {
    let began = Instant::now();
    let mut dice = Dice::seeded(options.seed);
    let target = Target::start(options).await;
    let silence = Fault::new(FaultKind::Silence(Duration::from_mins(1))).after_creating();
    let plan = FaultPlan::none().on(Operation::Create, silence.one_in(100, options.seed));
    if options.kind() == Kind::Support {
        target.fleet.sandbox.supportdesk().faults(plan);
    } else {
        target.fleet.sandbox.hubspot().faults(plan);
    }
    let settled = target.settled.clone();
    let may_go =
        move |sent: usize| ControlFlow::Continue(sent < settled.load(Ordering::Relaxed) + BACKLOG);
    let &Options { kinds, events, at_a_time, .. } = options;
    let senders = Senders::start(&target.fleet.sender, kinds, events, at_a_time, may_go);
    let broker_may_fall = Instant::now() + SETTLING;
    // Between two kills there are tickets, too: a kill while nothing works proves nothing.
    let share = events / (options.kills + 1);
    let mut settled_then = 0;
    for kill in 1..=options.kills {
        // Anywhere in its own share of the events, so that the kills are spread over all of them.
        let shift = usize::try_from(dice.throw(share as u64)).unwrap();
        let until = kill * share + shift / 2;
        let there = |settled| {
            senders.sent.load(Ordering::Relaxed) >= until && settled >= settled_then + share / 4
        };
        settled_then = target.follow(there).await;
        let victim = target.choose(options, &mut dice);
        if victim == Victim::Broker {
            tokio::time::sleep_until(broker_may_fall.into()).await;
        }
        println!(
            "{:>8.1} s  {:>7} events  kill {victim:?}",
            began.elapsed().as_secs_f64(),
            senders.sent.load(Ordering::Relaxed)
        );
        target.strike(victim).await;
        target.fleet.until_ready().await;
    }
    target.follow(|_| senders.sent.load(Ordering::Relaxed) >= events).await;
    senders.end().await;
    println!("{:>8.1} s  all events answered", began.elapsed().as_secs_f64());
    target.fleet.until_settled().await;
    let verdict = target.fleet.judge();
    if let Some(path) = &options.history {
        std::fs::copy(target.fleet.path("history.jsonl"), path).unwrap();
    }
    println!("duration    {:.0} s", began.elapsed().as_secs_f64());
    println!("memory      {} KiB at most", target.fleet.peak_memory());
    tell(options, &verdict)
}

impl Target {
    async fn start(options: &Options) -> Self {
        let desks = DeskSettings::default();
        let binary = options.binary.clone();
        let target = if options.embedded {
            Self { fleet: Fleet::new(binary, None, &desks), node: None, settled: Arc::default() }
        } else {
            let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
            Self {
                fleet: Fleet::new(binary, Some(node.url()), &desks),
                node: Some(node),
                settled: Arc::default(),
            }
        };
        if target.node.is_some() {
            target.fleet.start("receiver", "receive");
            target.fleet.start("worker", "deliver");
        } else {
            target.fleet.start("all", "run");
        }
        target.fleet.until_ready().await;
        target
    }

    /// Counts what the ledger has settled until it is `there`; gives the count.
    async fn follow(&self, there: impl Fn(usize) -> bool) -> usize {
        loop {
            let settled = self.settled.load(Ordering::Relaxed);
            if there(settled) {
                return settled;
            }
            tokio::time::sleep(LOOK).await;
            // A kill may have hit the ledger just now.
            if let Ok((recorded, under_way)) = ledger::progress(&self.fleet.ledger()) {
                let settled = usize::try_from(recorded.saturating_sub(under_way)).unwrap();
                self.settled.store(settled, Ordering::Relaxed);
            }
        }
    }

    /// Who is hit next.
    fn choose(&self, options: &Options, dice: &mut Dice) -> Victim {
        let place = dice.throw(options.victims.len() as u64);
        let victim = options.victims[usize::try_from(place).unwrap()];
        if self.node.is_none() { Victim::All } else { victim }
    }

    async fn strike(&self, victim: Victim) {
        let again = |name, command| {
            self.fleet.kill(name);
            self.fleet.start(name, command);
        };
        match victim {
            Victim::Receiver => again("receiver", "receive"),
            Victim::Worker => again("worker", "deliver"),
            Victim::All => again("all", "run"),
            Victim::Broker => {
                self.fleet.history.fault("kill broker");
                let node = self.node.clone().unwrap();
                let killing = spawn_blocking(move || {
                    node.kill();
                    node.restart();
                });
                killing.await.unwrap();
            }
        }
    }
}
