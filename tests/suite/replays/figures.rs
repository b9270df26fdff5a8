//! What a plan, a feed and a look at the progress cost where very much is dead.
//!
//! `DESKBELL_TEST_GRAVES=100000 scripts/test --locked --test suite replays::figures -- --nocapture`
//! tells the times.

use std::time::{Duration, Instant};

use deskbell::{
    event::DeskName,
    ledger::{By, DeskLease, Fed, Feed, Ledger as _, NewReplay, Replays as _, Search, Via},
    operators::replaying::{self, MOST_EXAMINED},
};
use serde_json::json;

use super::graves::{Grave, dig, ledger_of, now};
use crate::{support::world::World, trial::variable};

/// How many are put back at a time.
const AT_A_TIME: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_very_many_is_planned_and_fed_in_small_bites() {
    let count = variable("DESKBELL_TEST_GRAVES").map_or(2_000, |count| count.parse().unwrap());
    let world = World::embedded_on_hold();
    let ledger = ledger_of(&world);
    let graves: Vec<_> = (0..count).map(|number| Grave::order(format!("dead_{number}"))).collect();
    let began = Instant::now();
    dig(&*ledger, &graves).await;
    println!("{count} graves in {:?}", began.elapsed());

    let support: DeskName = "support".parse().unwrap();
    let began = Instant::now();
    let plan = world.json(&["dead", "replay", "--all", "--plan", "--rate", "600"]);
    println!(
        "plan of {} of {} in {:?}, with the start of the process",
        plan["examined"],
        plan["chosen"],
        began.elapsed()
    );
    assert_eq!((&plan["chosen"], &plan["exact"]), (&json!(count), &json!(true)));
    assert_eq!(plan["examined"], count.min(MOST_EXAMINED));
    assert_eq!(plan["desks"][0]["creates"], plan["examined"]);

    let by = By { at: now(), who: "ada".to_owned(), via: Via::Token, why: None };
    let name = "all".parse().unwrap();
    let new = NewReplay { name, search: Search::default(), rate: None };
    let began = Instant::now();
    replaying::begin(&*ledger, &new, &by).await.unwrap();
    println!("begun in {:?}", began.elapsed());

    let hour = Duration::from_hours(1);
    let lease = ledger.lease_desk(&support, "w", now(), hour).await.unwrap();
    let DeskLease::Held { epoch } = lease else { panic!("{lease:?}") };
    let mut times = Vec::new();
    for round in 1..=100 {
        let feed = Feed { desk: support.clone(), epoch, at: now(), most: AT_A_TIME * round };
        let began = Instant::now();
        let outcome = ledger.feed(&feed).await.unwrap();
        times.push(began.elapsed());
        assert_eq!(outcome, Fed { put_back: AT_A_TIME, more: false });
    }
    times.sort_unstable();
    println!(
        "a feed of {AT_A_TIME}: p50 {:?}, p95 {:?}, most {:?}",
        times[50], times[95], times[99]
    );

    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let shown = replaying::show(&*ledger, &new.name).await.unwrap().progress.unwrap();
        times.push(began.elapsed());
        assert_eq!((shown.put_back, shown.under_way), (800, 800));
        assert_eq!(shown.left, count as u64 - 800);
    }
    times.sort_unstable();
    println!("a look at the progress: p50 {:?}, p95 {:?}", times[10], times[18]);
}
