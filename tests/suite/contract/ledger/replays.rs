//! Bulk replays.

use std::num::NonZeroU32;

use deskbell::{
    delivery::Transition::Replay,
    event::DeskName,
    ledger::{
        Act, AuditSearch, Begun, Fed, Feed, FieldMatch, Ledger, LedgerError, NewReplay, ReplayDesk,
        ReplayName, ReplayState, Search, Steering,
    },
    ticket::Priority,
};
use serde_json::json;

use super::{
    Bench,
    words::{at, bury, by, claim, complete, event, grant_at, key, lease, saying},
};

fn crm() -> DeskName {
    "crm".parse().unwrap()
}

fn name(text: &str) -> ReplayName {
    text.parse().unwrap()
}

fn of(name: &str, search: Search) -> NewReplay {
    NewReplay { name: name.parse().unwrap(), search, rate: None }
}

/// Events of these ids die at `crm`, a second after each other from `from` on. Gives the epoch.
async fn die(ledger: &dyn Ledger, ids: &[&str], from: u64) -> u64 {
    let epoch = lease(ledger, "crm").await;
    for (number, id) in ids.iter().enumerate() {
        let now = from + number as u64;
        let granted = grant_at(ledger, &event(id, &["crm"]), "crm", epoch, now).await;
        let claims = granted.delivery.claims;
        ledger.advance(&granted.delivery.key, bury(claims, now)).await.unwrap();
    }
    epoch
}

/// Begins a replay of this name at this second.
async fn begin(ledger: &dyn Ledger, new: &NewReplay, now: u64) {
    let begun = ledger.begin_replay(new, &by(now)).await.unwrap();
    assert!(matches!(begun, Begun::New(_)), "{begun:?}");
}

async fn feed(ledger: &dyn Ledger, epoch: u64, now: u64, most: usize) -> usize {
    let feed = Feed { desk: crm(), epoch, at: at(now), most };
    ledger.feed(&feed).await.unwrap().put_back
}

/// The ids on the list of requeues, which is emptied.
async fn lane_takes(ledger: &dyn Ledger) -> Vec<String> {
    let mut ids = Vec::new();
    for requeue in ledger.requeues(99).await.unwrap() {
        ledger.requeued(requeue.number).await.unwrap();
        ids.push(requeue.delivery.event.id.to_string());
    }
    ids
}

async fn progress(ledger: &dyn Ledger, replay: &str) -> ReplayDesk {
    let [desk] = &ledger.replay_progress(&name(replay)).await.unwrap()[..] else { panic!() };
    desk.clone()
}

async fn state(ledger: &dyn Ledger, replay: &str) -> ReplayState {
    ledger.find_replay(&name(replay)).await.unwrap().unwrap().state
}

async fn acts(ledger: &dyn Ledger) -> Vec<Act> {
    let log = ledger.audit(&AuditSearch::default(), None, 99).await.unwrap();
    log.into_iter().rev().map(|entry| entry.act).collect()
}

pub(super) async fn a_replay_puts_each_dead_letter_back_once_also_after_a_crash(bench: impl Bench) {
    let epoch = die(bench.ledger(), &["1", "2", "3", "4", "5"], 10).await;
    begin(bench.ledger(), &of("all", Search::default()), 20).await;
    assert_eq!(bench.ledger().desks_to_feed().await.unwrap(), [crm()]);
    assert_eq!(feed(bench.ledger(), epoch, 21, 2).await, 2);
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    // They wait for the desk, and are as many as may.
    assert_eq!(feed(ledger, epoch, 22, 2).await, 0);
    assert_eq!(lane_takes(ledger).await, ["1", "2"]);
    grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 23).await;
    ledger.advance(&key("1", "crm"), complete(2, 23)).await.unwrap();
    // This one dies at the very time at which the replay began, by a clock that went back.
    grant_at(ledger, &event("2", &["crm"]), "crm", epoch, 20).await;
    ledger.advance(&key("2", "crm"), bury(2, 20)).await.unwrap();
    assert_eq!(feed(ledger, epoch, 24, 9).await, 3);
    assert_eq!(lane_takes(ledger).await, ["3", "4", "5"]);
    assert_eq!(feed(ledger, epoch, 25, 9).await, 0);
    assert_eq!(state(ledger, "all").await, ReplayState::Done);
    assert_eq!(ledger.desks_to_feed().await.unwrap(), []);
    let ReplayDesk { left, put_back, ticketed, dead, under_way, elsewhere, .. } =
        progress(ledger, "all").await;
    assert_eq!((left, put_back, ticketed, dead, under_way, elsewhere), (0, 5, 1, 1, 3, 0));
    assert!(ledger.books().await.unwrap().balanced);
    assert_eq!(acts(ledger).await, [Act::StartReplay]);
}

pub(super) async fn what_dies_after_a_replay_began_is_no_part_of_it(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1"], 10).await;
    begin(ledger, &of("all", Search::default()), 20).await;
    die(ledger, &["2"], 21).await;
    assert_eq!(progress(ledger, "all").await.left, 1);
    assert_eq!(feed(ledger, epoch, 30, 9).await, 1);
    assert_eq!(lane_takes(ledger).await, ["1"]);
    assert_eq!(state(ledger, "all").await, ReplayState::Done);
}

pub(super) async fn a_replays_name_is_its_identity(bench: impl Bench) {
    let ledger = bench.ledger();
    die(ledger, &["1"], 10).await;
    let at_crm = Search { desk: Some(crm()), ..Search::default() };
    let new = of("monday", at_crm.clone());
    let Begun::New(record) = ledger.begin_replay(&new, &by(20)).await.unwrap() else { panic!() };
    assert_eq!((record.began_at, record.search), (at(20), at_crm));
    assert_eq!((record.who.as_str(), record.why.as_deref()), ("ada", Some("because")));
    let again = ledger.begin_replay(&new, &by(30)).await.unwrap();
    let Begun::Known(known) = again else { panic!("{again:?}") };
    assert_eq!(known.began_at, at(20));
    let other = ledger.begin_replay(&of("monday", Search::default()), &by(30)).await.unwrap();
    assert_eq!(other, Begun::Taken(known.clone()));
    assert_eq!(ledger.replays(9).await.unwrap(), [known]);
    assert_eq!(acts(ledger).await, [Act::StartReplay]);
}

pub(super) async fn a_replay_is_paused_resumed_and_cancelled_each_once(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1", "2", "3"], 10).await;
    begin(ledger, &of("all", Search::default()), 20).await;
    let steer = async |steering, now| {
        let steered = ledger.steer_replay(&name("all"), steering, &by(now)).await.unwrap();
        steered.unwrap().state
    };
    assert_eq!(steer(Steering::Resume, 21).await, ReplayState::Running);
    assert_eq!(steer(Steering::Pause, 22).await, ReplayState::Paused);
    assert_eq!(steer(Steering::Pause, 23).await, ReplayState::Paused);
    assert_eq!(feed(ledger, epoch, 24, 9).await, 0);
    assert_eq!(steer(Steering::Resume, 25).await, ReplayState::Running);
    assert_eq!(feed(ledger, epoch, 26, 1).await, 1);
    assert_eq!(steer(Steering::Cancel, 27).await, ReplayState::Cancelled);
    assert_eq!(steer(Steering::Resume, 28).await, ReplayState::Cancelled);
    assert_eq!(feed(ledger, epoch, 29, 9).await, 0);
    assert_eq!(progress(ledger, "all").await.left, 2);
    let unknown = ledger.steer_replay(&name("none"), Steering::Pause, &by(30)).await.unwrap();
    assert_eq!(unknown, None);
    let all = [Act::StartReplay, Act::PauseReplay, Act::ResumeReplay, Act::CancelReplay];
    assert_eq!(acts(ledger).await, all);
}

pub(super) async fn a_replay_keeps_its_rate(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1", "2", "3", "4", "5"], 1).await;
    let new = NewReplay { rate: NonZeroU32::new(6), ..of("slow", Search::default()) };
    begin(ledger, &new, 20).await;
    let mut put = Vec::new();
    for now in [20, 20, 29, 30, 45, 49, 50] {
        put.push(feed(ledger, epoch, now, 9).await);
    }
    assert_eq!(put, [1, 0, 0, 1, 1, 0, 1]);
    // An hour in which nobody fed is not made up for.
    assert_eq!(feed(ledger, epoch, 3600, 9).await, 1);
}

pub(super) async fn a_replay_chooses_by_every_part_of_its_filter(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1", "2", "3"], 10).await;
    for (id, order) in [("4", "A-4"), ("5", "A-5")] {
        let said = saying(id, &["crm"], json!({"orderId": order, "secret": "A-5"}));
        let granted = grant_at(ledger, &said, "crm", epoch, 14).await;
        ledger.advance(&granted.delivery.key, bury(1, 14)).await.unwrap();
    }
    let field = |value| vec![FieldMatch::new("data.orderId", value).unwrap()];
    let none = Search::default;
    for (number, (search, chosen)) in [
        (Search { since: Some(at(12)), until: Some(at(14)), ..none() }, vec!["3"]),
        (Search { event: "2".parse().ok(), ..none() }, vec!["2"]),
        (Search { text: Some("A-4".to_owned()), ..none() }, vec!["4"]),
        (Search { fields: field("A-5"), ..none() }, vec!["5"]),
        (Search { source: "billing".parse().ok(), ..none() }, vec![]),
        (Search { priority: Some(Priority::Low), ..none() }, vec![]),
        (Search { reason: "refused".parse().ok(), ..none() }, vec![]),
        (Search { desk: "support".parse().ok(), ..none() }, vec![]),
        (Search { desk: Some(crm()), reason: "desk-fault".parse().ok(), ..none() }, vec!["1"]),
    ]
    .into_iter()
    .enumerate()
    {
        let replay = format!("replay-{number}");
        begin(ledger, &of(&replay, search.clone()), 20).await;
        for _ in 0..3 {
            feed(ledger, epoch, 21, 9).await;
        }
        assert_eq!(lane_takes(ledger).await, chosen, "{search:?}");
        let cancelled = ledger.steer_replay(&name(&replay), Steering::Cancel, &by(21)).await;
        assert!(cancelled.unwrap().is_some());
    }
}

pub(super) async fn who_has_not_the_desk_feeds_nothing(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1"], 10).await;
    begin(ledger, &of("all", Search::default()), 20).await;
    let late = Feed { desk: crm(), epoch: epoch + 1, at: at(21), most: 9 };
    let refused = ledger.feed(&late).await.unwrap_err();
    assert!(matches!(refused, LedgerError::LeaseOver { .. }), "{refused}");
    assert_eq!(progress(ledger, "all").await.left, 1);
}

pub(super) async fn what_a_replay_puts_back_waits_in_the_lowest_lane(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1", "2"], 10).await;
    let first = Search { event: "1".parse().ok(), ..Search::default() };
    begin(ledger, &of("first", first), 20).await;
    assert_eq!(feed(ledger, epoch, 21, 9).await, 1);
    ledger.operate(&key("2", "crm"), Replay { at: at(21) }, &by(21)).await.unwrap();
    let lanes: Vec<_> = ledger.requeues(9).await.unwrap().iter().map(|it| it.lane).collect();
    assert_eq!(lanes, [Priority::Low, Priority::High]);
    let missing = async |lane| {
        let overdue = ledger.overdue(&crm(), lane, at(99), 0, 9).await.unwrap();
        overdue.iter().map(|it| it.envelope.event.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (missing(Priority::Low).await, missing(Priority::High).await),
        (vec!["1".to_owned()], vec!["2".to_owned()])
    );
    // Its own priority is what its ticket has, and its lane again once an operator replays it.
    let granted = grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 22).await;
    assert_eq!(granted.delivery.priority, Priority::High);
    lane_takes(ledger).await;
    ledger.advance(&key("1", "crm"), bury(2, 23)).await.unwrap();
    ledger.operate(&key("1", "crm"), Replay { at: at(24) }, &by(24)).await.unwrap();
    assert_eq!(ledger.requeues(9).await.unwrap()[0].lane, Priority::High);
}

pub(super) async fn a_later_replay_counts_what_it_puts_back_again(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = die(ledger, &["1", "2"], 10).await;
    begin(ledger, &of("one", Search::default()), 20).await;
    assert_eq!(feed(ledger, epoch, 21, 9).await, 2);
    die(ledger, &["1", "2"], 22).await;
    begin(ledger, &of("two", Search::default()), 30).await;
    assert_eq!(feed(ledger, epoch, 31, 1).await, 1);
    let (one, two) = (progress(ledger, "one").await, progress(ledger, "two").await);
    assert_eq!((one.put_back, one.dead, one.elsewhere), (2, 1, 1));
    assert_eq!((two.put_back, two.under_way, two.left), (1, 1, 1));
    let again = ledger.claim(claim(&event("1", &["crm"]), "crm", epoch, 32)).await;
    again.unwrap();
    assert_eq!(
        ledger.feed(&Feed { desk: crm(), epoch, at: at(33), most: 1 }).await.unwrap(),
        Fed::default()
    );
}

pub(super) async fn a_replay_of_nothing_is_done_at_once(bench: impl Bench) {
    let ledger = bench.ledger();
    let begun = ledger.begin_replay(&of("none", Search::default()), &by(1)).await.unwrap();
    assert!(matches!(begun, Begun::New(record) if record.state == ReplayState::Done));
    assert_eq!(ledger.dead_by_desk(&Search::default()).await.unwrap(), []);
    die(ledger, &["1", "2"], 10).await;
    let dead = ledger.dead_by_desk(&Search::default()).await.unwrap();
    assert_eq!(dead, [(crm(), 2)]);
}
