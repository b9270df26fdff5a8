//! The power goes: what was answered 202 is on the device, and every ticket is made once.
//!
//! A kill alone cannot show a missing sync, for the system still writes what the process left. So
//! the device is an image file, and what goes on is a copy of it as it was just after the kill.
//! Beside it runs a control with its syncs taken away, which must lose: else the test sees nothing.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::{JoinSet, spawn_blocking};

use crate::{
    support::{
        sender::Sender,
        volume::Volume,
        world::{World, eventually, key},
    },
    trial::dice::Dice,
};

/// Power cuts; each at another moment.
const CUTS: usize = 6;

/// Events posted at a time.
const IN_FLIGHT: usize = 16;

/// Draws the moments of the cuts.
const SEED: u64 = 20_261_122;

/// Takes the syncs out of a process that it is loaded into.
const NO_SYNC: &str = "int fsync(int fd) { (void)fd; return 0; }
int fdatasync(int fd) { (void)fd; return 0; }
int sync_file_range(int fd, long a, long b, unsigned c) { (void)fd; (void)a; (void)b; (void)c; return 0; }
";

fn id(number: usize) -> String {
    format!("evt_{number}")
}

fn error() -> Value {
    json!({ "integration": "sync", "errorCode": "E", "message": "m" })
}

/// Posts one event after the other until it is stopped, each once: what is not answered is
/// unknown, and what is answered 202 is noted.
struct Senders {
    tasks: JoinSet<()>,
    accepted: Arc<Mutex<BTreeSet<usize>>>,
}

impl Senders {
    fn start(sender: &Sender, next: &Arc<AtomicUsize>) -> Self {
        let accepted = Arc::<Mutex<BTreeSet<usize>>>::default();
        let mut tasks = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let (sender, next, accepted) = (sender.clone(), next.clone(), accepted.clone());
            tasks.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let answer = sender.post_raw(&id(number), "integration.error", &error()).await;
                    if answer.is_some_and(|answer| answer.status().as_u16() == 202) {
                        accepted.lock().unwrap().insert(number);
                    }
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            });
        }
        Self { tasks, accepted }
    }

    fn accepted(&self) -> BTreeSet<usize> {
        self.accepted.lock().unwrap().clone()
    }
}

/// Lets the power go after `lives_for`, and gives what had been answered 202 by then.
async fn cut(
    world: &mut World,
    volume: &mut Volume,
    next: &Arc<AtomicUsize>,
    lives_for: Duration,
) -> BTreeSet<usize> {
    let mut senders = Senders::start(&world.sender, next);
    eventually("some events are accepted", || {
        std::future::ready(senders.accepted().len() >= IN_FLIGHT)
    })
    .await;
    tokio::time::sleep(lives_for).await;
    world.kill();
    let kept = volume.keep_what_the_device_has();
    senders.tasks.shutdown().await;
    volume.power_on(kept);
    senders.accepted()
}

/// The ids of all events that the process knows, once nothing is on its way any more.
async fn known(world: &World) -> BTreeSet<String> {
    // What is posted last is recorded last, and settled behind all others.
    world.sender.post_until_accepted("last", "integration.error", &error()).await;
    eventually("everything is settled", || {
        let books = world.books();
        let open = ["queued", "attempting", "retrying"].map(|state| &books["lines"][0][state]);
        let is_last_there = world.cli(&["events", "show", "last"]).status.success();
        std::future::ready(is_last_there && open.iter().all(|count| **count == 0))
    })
    .await;
    let events = world.json(&["events", "list", "--limit", "100000"]);
    events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect()
}

fn lost(accepted: &BTreeSet<usize>, known: &BTreeSet<String>) -> usize {
    accepted.iter().filter(|number| !known.contains(&id(**number))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_no_accepted_event_and_doubles_no_ticket() {
    let mut volume = spawn_blocking(|| Volume::on_a_device(96)).await.unwrap();
    let mut world = World::embedded_in(&volume.path().join("data"));
    let next = Arc::new(AtomicUsize::new(0));
    let mut accepted = BTreeSet::new();
    let mut dice = Dice::seeded(SEED);
    for _ in 0..CUTS {
        world.start().await;
        let lives_for = Duration::from_millis(dice.throw(700));
        accepted.extend(cut(&mut world, &mut volume, &next, lives_for).await);
    }
    world.start().await;
    let known = known(&world).await;
    assert_eq!(lost(&accepted, &known), 0);
    let crm = world.sandbox.hubspot();
    for number in 0..next.load(Ordering::Relaxed) {
        let tickets = crm.tickets_with(&key(&id(number), "crm")).len();
        assert!(tickets <= 1, "{number} has {tickets} tickets");
        assert!(tickets == 1 || !accepted.contains(&number), "{number} has no ticket");
    }
    println!(
        "0 of {} accepted events lost through {CUTS} power cuts: with 95 % confidence fewer than \
         {:.0} % of cuts lose anything",
        accepted.len(),
        300.0 / f64::from(u32::try_from(CUTS).unwrap()),
    );
    assert_eq!(world.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_syncs_it_does_lose_events() {
    let mut volume = spawn_blocking(|| Volume::on_a_device(96)).await.unwrap();
    let mut world = World::embedded_in(&volume.path().join("data"));
    let library = no_sync(&world.path("no-sync.so"));
    world.set("LD_PRELOAD", &library);
    world.start().await;
    let next = Arc::new(AtomicUsize::new(0));
    let lives_for = Duration::from_millis(500);
    let accepted = cut(&mut world, &mut volume, &next, lives_for).await;
    world.unset("LD_PRELOAD");
    world.start().await;
    let lost = lost(&accepted, &known(&world).await);
    println!("the control lost {lost} of {} accepted events", accepted.len());
    assert!(lost > 0, "the test does not see a missing sync");
    assert_eq!(world.stop(), Some(0));
}

fn no_sync(library: &Path) -> String {
    let source = library.with_extension("c");
    fs::write(&source, NO_SYNC).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-w", "-o"]).arg(library).arg(&source);
    assert!(compiler.status().unwrap().success(), "a C compiler is needed for this test");
    library.to_str().unwrap().to_owned()
}
