use serde_json::Value;

use super::*;
use crate::{
    conditions::{FLAPPING, Facts, OPERATOR_EVENTS, failing},
    delivery::Reason,
};

/// Seconds since some moment.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn all() -> [Condition; 6] {
    let (crm, rule) = ("crm".parse().unwrap(), "stuck".parse().unwrap());
    [
        Condition::Parked("crm".parse().unwrap()),
        Condition::Breaker("crm".parse().unwrap()),
        Condition::Failing("crm".parse().unwrap()),
        Condition::Dead("crm".parse().unwrap(), Reason::Refused),
        Condition::Flood(crm, rule),
        Condition::Books,
    ]
}

fn breaker() -> Condition {
    Condition::Breaker("crm".parse().unwrap())
}

fn signal(condition: &Condition) -> Signal {
    let n = Some(3);
    let facts = match condition {
        Condition::Parked(_) => Facts { paused: Some(true), ..Facts::default() },
        Condition::Breaker(_) => Facts { reason: Some(Reason::Unreachable), ..Facts::default() },
        Condition::Failing(_) => return failing(condition.clone(), 60, 100).unwrap(),
        Condition::Dead(..) => Facts { deliveries: n, ..Facts::default() },
        Condition::Flood(..) => Facts::default(),
        Condition::Books => Facts { unaccounted: n, nowhere: n, gaps: n, ..Facts::default() },
    };
    Signal::of(condition.clone(), None, facts)
}

/// What is told where somebody looks at this second, and these conditions hold; the ledger keeps the
/// watch as text between two looks.
fn told(watch: &mut Watch, seconds: i64, holds: &[Signal]) -> Vec<OperatorEvent> {
    let kept = serde_json::to_string(watch).unwrap();
    *watch = serde_json::from_str(&kept).unwrap();
    watch.look(&Look { at: at(seconds), signals: holds.to_vec() })
}

fn types(told: &[OperatorEvent]) -> Vec<&'static str> {
    told.iter().map(|event| event.event_type).collect()
}

#[test]
fn the_onset_and_the_end_of_every_condition_are_told_once_each() {
    for condition in all() {
        let (mut watch, mut events) = (Watch::default(), Vec::new());
        for second in (0..600).step_by(10) {
            let holds = (100..300).contains(&second).then(|| signal(&condition));
            events.extend(told(&mut watch, second, holds.as_slice()));
        }
        let (onset, end) = condition.types();
        assert_eq!(types(&events), [onset, end], "{condition:?}");
        for event in &events {
            let document: Value = serde_json::from_str(&event.body).unwrap();
            assert_eq!(document["id"], event.id);
            assert_eq!(document["subject"], condition.to_string());
            assert_eq!(document["data"]["since"], at(100).to_string(), "{condition:?}");
            let kind = OPERATOR_EVENTS.iter().find(|kind| kind.event_type == event.event_type);
            let (kind, data) = (kind.unwrap(), document["data"].as_object().unwrap());
            assert!(kind.always.iter().all(|name| data.contains_key(*name)), "{document}");
            let described =
                |name: &&str| kind.always.contains(name) || kind.sometimes.contains(name);
            assert!(data.keys().all(|name| described(&name.as_str())), "{document}");
        }
        assert_ne!(events[0].id, events[1].id);
        assert_eq!(events[0].condition, events[1].condition);
        told(&mut watch, 5000, &[]);
        assert!(watch.known.is_empty(), "nothing is kept of what is over");
    }
}

#[test]
fn a_breaker_that_is_open_for_a_moment_is_no_news() {
    let mut watch = Watch::default();
    for second in (0..3600).step_by(10) {
        let holds = (second % 60 < 30).then(|| signal(&breaker()));
        assert!(told(&mut watch, second, holds.as_slice()).is_empty(), "{second}");
    }
}

#[test]
fn a_breaker_that_closed_between_two_looks_begins_anew() {
    let mut watch = Watch::default();
    for (second, since) in [(0, 0), (10, 0), (20, 15), (30, 15), (40, 15), (44, 15)] {
        let signal = Signal { since: Some(at(since)), ..signal(&breaker()) };
        assert!(told(&mut watch, second, &[signal]).is_empty(), "{second}");
    }
    let signal = Signal { since: Some(at(15)), ..signal(&breaker()) };
    assert_eq!(types(&told(&mut watch, 45, &[signal])), ["deskbell.breaker.opened"]);
}

#[test]
fn a_failing_desk_is_told_at_each_level_and_recovers_below_forty() {
    let mut watch = Watch::default();
    let desk = || Condition::Failing("crm".parse().unwrap());
    let mut percents = Vec::new();
    let shares = [10, 49, 50, 55, 45, 69, 70, 65, 70, 90, 100, 60, 90, 41, 40, 39, 45, 49];
    for (second, share) in (0..).step_by(10).zip(shares) {
        let signal = failing(desk(), share, 100);
        for event in told(&mut watch, second, signal.as_slice()) {
            let document: Value = serde_json::from_str(&event.body).unwrap();
            percents.push(document["data"]["percent"].as_u64());
        }
    }
    assert_eq!(percents, [Some(50), Some(70), Some(90), None]);
}

#[test]
fn few_deliveries_do_not_make_a_desk_failing_but_keep_it_so() {
    let desk = || Condition::Failing("crm".parse().unwrap());
    assert_eq!(failing(desk(), 9, 9).unwrap().level, None);
    assert_eq!(failing(desk(), 10, 10).unwrap().level, Some(90));
    assert_eq!(failing(desk(), 0, 0), None);
    assert_eq!(failing(desk(), 39, 100), None);
    let mut watch = Watch::default();
    assert!(told(&mut watch, 0, failing(desk(), 9, 9).as_slice()).is_empty());
    assert_eq!(told(&mut watch, 10, failing(desk(), 10, 10).as_slice()).len(), 1);
    assert!(told(&mut watch, 20, failing(desk(), 5, 5).as_slice()).is_empty());
    assert_eq!(types(&told(&mut watch, 30, &[])), ["deskbell.desk.recovered"]);
}

#[test]
fn a_flapping_desk_is_not_a_storm() {
    for condition in all() {
        for period in [20, 60, 140, 300, 900, 1500, 2600, 4000] {
            let (mut watch, mut tellings) = (Watch::default(), Vec::new());
            for second in (0..86_400).step_by(10) {
                let holds = (second % period < period / 2).then(|| signal(&condition));
                let told = told(&mut watch, second, holds.as_slice());
                tellings.extend(told.iter().map(|event| (second, event.event_type)));
            }
            for (index, (second, _)) in tellings.iter().enumerate() {
                let hour = tellings[index..].iter().take_while(|(at, _)| at - second < 3600);
                assert!(hour.count() <= MOST_AN_HOUR, "{condition:?} each {period} s");
            }
            if (140..=900).contains(&period) {
                let flaps = tellings.iter().filter(|(_, told)| *told == FLAPPING).count();
                assert_eq!(flaps, 1, "{condition:?} each {period} s");
                assert_eq!(tellings.len(), MOST_AN_HOUR, "{condition:?} each {period} s");
            }
        }
    }
}

#[test]
fn what_has_flapped_is_told_as_it_stands_once_it_stands_still() {
    for (holds_in_the_end, last) in
        [(true, "deskbell.desk.parked"), (false, "deskbell.desk.unparked")]
    {
        let condition = Condition::Parked("crm".parse().unwrap());
        let (mut watch, mut events) = (Watch::default(), Vec::new());
        for second in (0..1200).step_by(10) {
            let holds = (second % 100 < 50).then(|| signal(&condition));
            events.extend(told(&mut watch, second, holds.as_slice()));
        }
        assert_eq!(events.last().unwrap().event_type, FLAPPING);
        let document: Value = serde_json::from_str(&events.last().unwrap().body).unwrap();
        assert_eq!(document["data"]["of"], "deskbell.desk.parked");
        let holds = holds_in_the_end.then(|| signal(&condition));
        let after: Vec<_> = (1200..20_000)
            .step_by(10)
            .flat_map(|second| {
                let told = told(&mut watch, second, holds.as_slice());
                told.into_iter().map(move |event| (second, event.event_type))
            })
            .collect();
        let [(second, event_type)] = after[..] else { panic!("{after:?}") };
        assert_eq!(event_type, last);
        assert!(second >= 1200 + 1700, "{second}");
    }
}

#[test]
fn a_look_that_was_overtaken_says_nothing_and_a_clock_may_be_set_back() {
    let parked = signal(&Condition::Parked("crm".parse().unwrap()));
    let mut watch = Watch::default();
    assert!(told(&mut watch, 100, &[]).is_empty());
    assert!(told(&mut watch, 95, std::slice::from_ref(&parked)).is_empty());
    assert!(told(&mut watch, 110, &[]).is_empty());
    assert_eq!(told(&mut watch, -90_000, std::slice::from_ref(&parked)).len(), 1);
    assert_eq!(types(&told(&mut watch, -89_990, &[])), ["deskbell.desk.unparked"]);
}
