//! One delivery through every crash and every answer, as the worker really takes it there: the
//! desk's loop, the attempt, its steps and the ledger's file are those of the product; the desk and
//! the broker's lane are simulated, and time is what the test says.
//!
//! A history is held to its promises at every write and every call: see [`truth`].

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod callbacks;
mod edits;
mod erasing;
mod ledger;
mod operators;
mod parts;
mod points;
mod process;
mod queue;
mod scenario;
mod silences;
mod truth;
mod watching;
mod world;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};

use self::{
    answers::{Answer, Look},
    points::{Blow, Strike},
    scenario::{Act, Scenario},
    truth::Kind,
    world::Bench,
};
use crate::{
    delivery::{Limit, Reason, RetrySchedule, State},
    desks::OnUncertain,
    ticket::Action,
};

const ACCOUNTS: [(Kind, OnUncertain); 4] = [
    (Kind::Unique, OnUncertain::Park),
    (Kind::LookUp, OnUncertain::Park),
    (Kind::Blind, OnUncertain::Park),
    (Kind::Blind, OnUncertain::Retry),
];

const BLOWS: [Blow; 3] = [Blow::Crash, Blow::Freeze, Blow::Fail];

fn plain((kind, on_uncertain): (Kind, OnUncertain)) -> Scenario {
    Scenario {
        kind,
        on_uncertain,
        knows_customer: true,
        max_age: RetrySchedule::default().max_age,
        joins: None,
        is_hushed: false,
        records: 0,
        answers: Vec::new(),
        looks: Vec::new(),
        acts: vec![Act::Work(None)],
    }
}

/// Strikes the first process at every call, before and after, until there are no more calls.
/// Gives the number of histories.
fn strike_everywhere(bench: &mut Bench, scenario: &Scenario, blows: &[Blow]) -> usize {
    let mut histories = 0;
    for &blow in blows {
        for is_after in [false, true] {
            for call in 0.. {
                let strike = Act::Work(Some(Strike { call, is_after, blow }));
                let acts = vec![strike, Act::Work(None), Act::Thaw];
                let calls = bench.live_through(&Scenario { acts, ..scenario.clone() });
                histories += 1;
                if calls <= call {
                    break;
                }
            }
        }
    }
    histories
}

#[test]
fn a_crash_at_any_call_with_any_answer_loses_and_doubles_nothing() {
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in ACCOUNTS {
        for answer in Answer::ALL {
            let scenario = Scenario { answers: vec![answer], ..plain(account) };
            histories += strike_everywhere(&mut bench, &scenario, &[Blow::Crash]);
        }
    }
    println!("{histories} histories");
}

#[test]
fn a_worker_that_wakes_late_or_cannot_write_loses_and_doubles_nothing() {
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in ACCOUNTS {
        for answer in [Answer::Done, Answer::Lost { done: true }, Answer::Refused] {
            let scenario = Scenario { answers: vec![answer], ..plain(account) };
            histories += strike_everywhere(&mut bench, &scenario, &[Blow::Freeze, Blow::Fail]);
        }
    }
    println!("{histories} histories");
}

/// The older one stands still at any call, and goes on while the newer one, struck at any call,
/// still holds the claim.
#[test]
fn a_worker_that_wakes_in_the_midst_of_a_newer_ones_attempt_changes_nothing() {
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in [ACCOUNTS[1], ACCOUNTS[3]] {
        for answer in [Answer::Locked, Answer::Refused, Answer::Lost { done: false }] {
            for older in 1..5 {
                let frozen = Strike { call: older, is_after: true, blow: Blow::Freeze };
                for newer in 1..9 {
                    let crashed = Strike { call: newer, is_after: true, blow: Blow::Crash };
                    let acts = vec![Act::Work(Some(frozen)), Act::Work(Some(crashed)), Act::Thaw];
                    bench.live_through(&Scenario { answers: vec![answer], acts, ..plain(account) });
                    histories += 1;
                }
            }
        }
    }
    println!("{histories} histories");
}

#[test]
fn a_crash_in_any_doubt_with_any_look_loses_and_doubles_nothing() {
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in &ACCOUNTS[..3] {
        for look in Look::ALL {
            for done in [false, true] {
                let (answers, looks) = (vec![Answer::Lost { done }], vec![look]);
                let scenario = Scenario { answers, looks, ..plain(*account) };
                histories += strike_everywhere(&mut bench, &scenario, &[Blow::Crash]);
            }
        }
    }
    println!("{histories} histories");
}

/// The comment, and what changes the ticket after it.
#[test]
fn a_crash_in_a_comment_or_a_resolution_loses_and_doubles_nothing() {
    let mut bench = Bench::new();
    let mut histories = 0;
    let first = Answer::ALL.map(|answer| vec![answer]);
    let second = [Answer::Lost { done: true }, Answer::Locked].map(|it| vec![Answer::Done, it]);
    for account in &ACCOUNTS[1..3] {
        for joins in [Action::Open, Action::Resolve] {
            for answers in first.iter().chain(&second) {
                let (joins, answers) = (Some(joins), answers.clone());
                let scenario = Scenario { joins, answers, ..plain(*account) };
                histories += strike_everywhere(&mut bench, &scenario, &[Blow::Crash]);
            }
        }
    }
    println!("{histories} histories");
}

#[test]
fn a_crash_in_any_step_loses_and_doubles_nothing() {
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in [ACCOUNTS[1], ACCOUNTS[2]] {
        for answer in [Answer::Lost { done: true }, Answer::Locked] {
            for place in 0..5 {
                let mut answers = vec![Answer::Done; place];
                answers.push(answer);
                let (knows_customer, records) = (false, 2);
                let scenario = Scenario { knows_customer, records, answers, ..plain(account) };
                histories += strike_everywhere(&mut bench, &scenario, &[Blow::Crash]);
            }
        }
    }
    println!("{histories} histories");
}

#[test]
fn each_bound_has_its_own_reason() {
    let short = Scenario { max_age: Duration::from_mins(4), ..plain(ACCOUNTS[1]) };
    let is_too_old: fn(&State) -> bool = |state| {
        matches!(state, State::Dead { limit: Some(Limit::Age), failure, .. }
            if failure.reason == Reason::Unreachable)
    };
    let is_tried_out: fn(&State) -> bool = |state| {
        matches!(state, State::Dead { limit: Some(Limit::Attempts), failure, .. }
            if failure.reason == Reason::DeskFault)
    };
    let is_parked: fn(&State) -> bool = |state| {
        matches!(state, State::Uncertain { look_again: None, last, .. }
            if last.reason == Reason::NoAnswer)
    };
    let mut bench = Bench::new();
    for (answers, looks, is_so) in [
        (vec![Answer::Unreachable; 40], Vec::new(), is_too_old),
        (vec![Answer::Locked; 40], Vec::new(), is_tried_out),
        // A doubt is never buried: past its age an operator looks.
        (
            vec![Answer::Lost { done: true }],
            vec![Look::Fails(Answer::Fault { done: false }); 40],
            is_parked,
        ),
    ] {
        let acts = vec![Act::Work(None), Act::Expect(is_so)];
        bench.live_through(&Scenario { answers, looks, acts, ..short.clone() });
    }
}

/// No attempt is spent on it, and no sooner than the desk said.
#[test]
fn what_is_not_the_events_fault_counts_as_no_attempt() {
    let waits: fn(&State) -> bool = |state| matches!(state, State::Ticketed { .. });
    let mut bench = Bench::new();
    for answer in [
        Answer::Unreachable,
        Answer::Throttled,
        Answer::QuotaSpent,
        Answer::Account,
        Answer::Unasked,
    ] {
        // More often than there are attempts.
        let acts = vec![Act::Work(None), Act::Expect(waits)];
        bench.live_through(&Scenario { answers: vec![answer; 9], acts, ..plain(ACCOUNTS[2]) });
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let blow = prop::sample::select(BLOWS.as_slice());
    let strike = (0..14_usize, any::<bool>(), blow)
        .prop_map(|(call, is_after, blow)| Act::Work(Some(Strike { call, is_after, blow })));
    let act = prop_oneof![
        6 => strike,
        2 => Just(Act::Work(None)),
        2 => Just(Act::Thaw),
        2 => Just(Act::Settle),
        2 => Just(Act::Replay),
        2 => any::<bool>().prop_map(Act::Edit),
        1 => Just(Act::Discard),
        1 => Just(Act::Hush),
        2 => Just(Act::Release),
        1 => Just(Act::GiveUp),
    ];
    prop::collection::vec(act, 1..12)
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    let account = prop::sample::select(ACCOUNTS.as_slice());
    let answers = prop::collection::vec(prop::sample::select(Answer::ALL.as_slice()), 0..12);
    let looks = prop::collection::vec(prop::sample::select(Look::ALL.as_slice()), 0..6);
    let joins = [None, None, Some(Action::Open), Some(Action::Resolve)];
    let joins = prop::sample::select(joins.to_vec());
    (account, joins, any::<bool>(), 0..3_usize, answers, looks, acts()).prop_map(
        |(account, joins, knows_customer, records, answers, looks, acts)| Scenario {
            knows_customer,
            joins,
            records,
            answers,
            looks,
            acts,
            ..plain(account)
        },
    )
}

#[test]
fn no_history_of_blows_answers_and_operators_loses_or_doubles_anything() {
    let bench = Mutex::new(Bench::new());
    let config = ProptestConfig {
        cases: 300,
        rng_seed: RngSeed::Fixed(20_261_122),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    let run = |scenario: Scenario| {
        bench.lock().unwrap_or_else(PoisonError::into_inner).live_through(&scenario);
        Ok(())
    };
    if let Err(found) = TestRunner::new(config).run(&scenarios(), run) {
        panic!("{found}");
    }
}
