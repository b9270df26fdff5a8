//! Every fault that can be brought about from outside, and after each the checker's verdict.
//!
//! What is drawn is drawn from one seed, which is printed; `DESKBELL_TEST_SEED` sets it.

mod answers;
mod clock;
mod network;
mod processes;
mod proxy;
mod steps;

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use crate::trial::{
    checker::Verdict, dice::Dice, fleet::Fleet, sender::Senders, settings::Kind, variable,
};

/// The most memory that any process may ever hold, in KiB: several times what any was seen with.
const MEMORY: u64 = 300 * 1024;

/// Events for both desks and for each alone.
const KINDS: [Kind; 3] = [Kind::Both, Kind::Crm, Kind::Support];

fn binary() -> PathBuf {
    env!("CARGO_BIN_EXE_deskbell").into()
}

/// The dice of one test.
fn dice() -> Dice {
    let seed = variable("DESKBELL_TEST_SEED").map(|seed| seed.parse().unwrap());
    let seed = seed.unwrap_or_else(Dice::any_seed);
    println!("DESKBELL_TEST_SEED={seed}");
    Dice::seeded(seed)
}

/// `all` in an order of chance.
fn shuffled<T: Copy>(dice: &mut Dice, all: &[T]) -> Vec<T> {
    let mut left = all.to_vec();
    let mut order = Vec::new();
    while !left.is_empty() {
        let place = usize::try_from(dice.throw(left.len() as u64)).unwrap();
        order.push(left.swap_remove(place));
    }
    order
}

/// Senders that post so many events a second until they are stopped.
struct Trickle {
    senders: Senders,
    stop: Arc<AtomicBool>,
}

impl Trickle {
    fn start(fleet: &Fleet, a_second: u128) -> Self {
        let (began, stop) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        let stopped = stop.clone();
        let may_go = move |sent: usize| {
            if stopped.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            let due = began.elapsed().as_millis() * a_second / 1000;
            ControlFlow::Continue((sent as u128) < due)
        };
        let senders = Senders::start(&fleet.sender, &KINDS, usize::MAX, 8, may_go);
        Self { senders, stop }
    }

    /// Lets what is under way come to its end.
    async fn stop(self) {
        println!("{} events answered", self.senders.sent.load(Ordering::Relaxed));
        self.stop.store(true, Ordering::Relaxed);
        self.senders.end().await;
    }
}

/// Waits for the end and holds the product to all its promises.
async fn hold_to_every_promise(fleet: &Fleet) -> Verdict {
    fleet.until_settled().await;
    let verdict = fleet.judge();
    println!("{verdict}memory      {} KiB at most", fleet.peak_memory());
    assert!(verdict.is_clean(), "{verdict}");
    assert!(fleet.peak_memory() < MEMORY, "{} KiB", fleet.peak_memory());
    verdict
}
