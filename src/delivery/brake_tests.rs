//! What the events of a rule with a brake become, in whatever order they come.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod world;

use std::time::Duration;

use proptest::prelude::*;

use super::{
    Abilities, Approach, Course, Decision, Incident, Step, Transition, decide,
    incident_tests::world::{ALL, at, delivery},
};
use crate::ticket::{Action, Involvement, Priority};
use world::{Became, WITHIN, World, died};

#[test]
fn past_the_bound_one_ticket_stands_for_all_the_rest() {
    let mut world = World::new();
    let became: Vec<_> = (0..8).map(|number| world.deliver(1000 + number)).collect();
    assert_eq!(became[..3], [Became::Own; 3]);
    assert_eq!(became[3], Became::Parent);
    assert_eq!(became[4..], [Became::Merged; 4]);
    assert_eq!((world.tickets, world.last().tally.events), (4, 5));
}

#[test]
fn what_comes_slower_than_the_bound_gets_its_own_tickets_for_ever() {
    let mut world = World::new();
    for number in 0..50 {
        assert_eq!(world.deliver(number * WITHIN / 3), Became::Own);
    }
}

/// It is the desk that was away: the events came one by one.
#[test]
fn a_backlog_of_what_came_slowly_is_no_flood() {
    let mut world = World::new();
    let now = at(1_000_000);
    for number in 0..50 {
        let approach = world.approach(&number.to_string(), number * 300);
        let decided = decide(&approach, None, Some(&mut world.brake), now);
        assert!(matches!(decided, Decision::Go(part) if part.course.opens()));
    }
    assert!(world.brake.floods.is_empty());
}

#[test]
fn it_lets_go_when_events_come_as_slowly_as_the_rule_allows() {
    let mut world = World::flooded(20);
    // Still three in the stretch before it.
    assert_eq!(world.deliver(1600), Became::Merged);
    assert_eq!(world.deliver(2200), Became::Own);
    assert!(!world.last().is_on());
    let again: Vec<_> = (0..4).map(|number| world.deliver(2201 + number)).collect();
    assert_eq!(again, [Became::Own, Became::Own, Became::Parent, Became::Merged]);
    assert_eq!(world.brake.floods.len(), 2);
}

#[test]
fn it_lets_go_by_the_clock_alone_and_tells_so_once() {
    let mut world = World::flooded(20);
    assert!(world.brake.calm(at(1019 + WITHIN - 1)).is_empty() && world.last().is_on());
    assert_eq!(world.brake.calm(at(1019 + WITHIN)).len(), 1);
    assert!(!world.last().is_on());
    assert!(world.brake.calm(at(1020 + WITHIN)).is_empty());
}

/// It has waited for the desk, and is one of the crowd all the same.
#[test]
fn what_came_with_a_flood_and_is_late_is_counted_in_it() {
    let mut world = World::flooded(20);
    world.brake.calm(at(10_000));
    assert_eq!(world.deliver(1010), Became::Merged);
    assert_eq!(world.last().tally.events, 18);
    // What came long before has nothing to do with it.
    assert_eq!(world.deliver(100), Became::Own);
}

#[test]
fn a_word_about_the_count_is_said_each_time_that_it_has_doubled() {
    let mut world = World { over: 50, ..World::new() };
    let mut words = Vec::new();
    for number in 0..10_000 {
        let id = number.to_string();
        let approach = world.approach(&id, 1000 + number / 100);
        let part = world.part(&approach);
        if let Course::Join { tally: Some(tally), .. } = &part.course {
            words.push(tally.events);
        }
        world.complete(&id, part);
    }
    assert_eq!(words, [50, 100, 200, 400, 800, 1600, 3200, 6400]);
}

#[test]
fn the_last_word_is_due_once_when_it_is_quiet() {
    let mut world = World::flooded(20);
    assert!(world.brake.last_words(at(1100)).is_empty());
    world.brake.calm(at(2000));
    let [(1, parent, tally)] = &world.brake.last_words(at(2000))[..] else { panic!() };
    assert_eq!((parent, tally.events), (world.last().parent.as_ref().unwrap(), 17));
    world.brake.told(1, *tally);
    assert!(world.brake.last_words(at(3000)).is_empty() && !world.brake.is_open());
    // One that is late is told of when it is quiet again.
    world.deliver(1015);
    assert!(world.brake.last_words(at(1015 + WITHIN - 1)).is_empty());
    assert_eq!(world.brake.last_words(at(1020 + WITHIN)).len(), 1);
}

#[test]
fn the_last_word_takes_the_parent_through_the_queue_and_back_to_its_ticket() {
    let mut world = World::flooded(3);
    let approach = world.approach("parent", 1003);
    let part = world.part(&approach);
    let parent = world.complete("parent", part);
    let tally = world.last().tally;
    let queued = parent.clone().advance(Transition::Conclude { at: at(5000), tally }).unwrap();
    let queued = queued.delivery;
    assert_eq!((queued.state.name(), queued.due()), ("queued", Some(at(5000))));
    let steps = queued.course().unwrap().steps(&queued.key, ALL);
    let left: Vec<_> = steps.iter().filter(|step| queued.outcome(step).is_none()).collect();
    assert!(matches!(left[..], [Step::Comment(_)]), "{left:?}");
    // None but a ticketed parent is taken up.
    assert!(queued.advance(Transition::Conclude { at: at(5000), tally }).is_err());
}

#[test]
fn while_the_parent_is_opened_all_others_wait_for_it() {
    let mut world = World::flooded(3);
    let parent = world.approach("parent", 1003);
    let part = world.part(&parent);
    let other = world.approach("other", 1004);
    assert_eq!(world.decide(&other), Decision::Wait(delivery("parent").key));
    assert_eq!(world.last().tally.events, 1);
    world.complete("parent", part);
    assert!(matches!(world.part(&other).course, Course::Join { .. }));
}

#[test]
fn where_the_parent_dies_the_next_event_opens_it_and_is_counted_once() {
    let mut world = World::flooded(3);
    let approach = world.approach("parent", 1003);
    let part = world.part(&approach);
    world.brake.end(&died("parent", part));
    assert_eq!(world.deliver(1004), Became::Parent);
    assert_eq!(world.last().tally.events, 1);
    // Replayed, it is decided about anew.
    assert_eq!(world.through("parent", &approach), Became::Merged);
    assert_eq!(world.last().tally.events, 2);
}

#[test]
fn where_the_parent_was_deleted_the_next_event_opens_another() {
    let mut world = World::flooded(6);
    let mut approach = world.approach("next", 1006);
    let Course::Join { ticket, .. } = world.part(&approach).course else { panic!() };
    approach.gone = Some(ticket);
    assert_eq!(world.through("next", &approach), Became::Parent);
    assert_eq!((world.brake.floods.len(), world.last().tally.events), (1, 4));
    assert_eq!(world.deliver(1007), Became::Merged);
}

#[test]
fn a_delivery_that_died_has_no_ticket_and_does_not_count() {
    let mut world = World::new();
    for number in 0..20 {
        let id = number.to_string();
        let approach = world.approach(&id, 1000 + number);
        let part = world.part(&approach);
        assert!(matches!(part.course, Course::Open { .. }), "{number}");
        world.brake.end(&died(&id, part));
    }
}

#[test]
fn the_parent_has_the_highest_priority_and_is_raised_by_one_at_a_time() {
    let mut world = World::new();
    for (number, priority) in [Priority::High, Priority::Low, Priority::Low].into_iter().enumerate()
    {
        let id = number.to_string();
        let approach = Approach { priority, ..world.approach(&id, 1000) };
        world.through(&id, &approach);
    }
    world.deliver(1000);
    assert_eq!(world.last().banner.priority, Priority::High);
    let urgent = Approach { priority: Priority::Urgent, ..world.approach("urgent", 1001) };
    let part = world.part(&urgent);
    assert!(matches!(part.course, Course::Join { raise: true, .. }));
    let critical = Approach { priority: Priority::Critical, ..world.approach("critical", 1001) };
    assert_eq!(world.decide(&critical), Decision::Wait(delivery("urgent").key));
    assert_eq!(world.deliver(1002), Became::Merged);
    world.complete("urgent", part);
    assert_eq!(world.last().banner.priority, Priority::Urgent);
    assert!(matches!(world.part(&critical).course, Course::Join { raise: true, .. }));
}

#[test]
fn an_operator_lets_go_and_counting_begins_anew() {
    let mut world = World::flooded(20);
    assert!(world.brake.release(at(1020), "ann", "it is mended").is_some());
    assert!(world.brake.release(at(1020), "ann", "twice").is_none());
    let became: Vec<_> = (0..5).map(|number| world.deliver(1015 + number)).collect();
    assert_eq!(became[..4], [Became::Own, Became::Own, Became::Own, Became::Parent]);
    assert_eq!(became[4], Became::Merged);
    // Of what was let go the last word is due at once.
    let words = world.brake.last_words(at(1021));
    assert!(matches!(words[..], [(1, _, tally)] if tally.events == 17), "{words:?}");
}

/// The incident's events, its resolution among them, at a flood's ticket.
#[test]
fn an_incident_of_a_flood_recovers_there_and_leaves_its_ticket_open() {
    let mut world = World::flooded(6);
    let mut incident = Incident::default();
    let mut step = |world: &mut World, id: &str, action, happened: u64| {
        let mut approach = world.approach(id, 1010);
        let (key, reopen_within) = ("order:1".to_owned(), Duration::from_mins(1));
        approach.involvement = Some(Involvement { key, action, reopen_within });
        approach.note.at = at(happened);
        approach.note.resolves = action == Action::Resolve;
        if action == Action::Resolve {
            approach.brake = None;
        }
        let decided = decide(&approach, Some(&mut incident), Some(&mut world.brake), at(1010));
        let Decision::Go(part) = decided else { panic!("{decided:?}") };
        let delivery = world.complete(id, part);
        incident.end(&delivery);
        (delivery.state.name(), world.last().tally.recovered)
    };
    assert_eq!(step(&mut world, "failed", Action::Open, 10), ("merged", 0));
    assert_eq!(step(&mut world, "early", Action::Resolve, 5), ("resolved", 0));
    assert_eq!(step(&mut world, "recovered", Action::Resolve, 20), ("resolved", 1));
    assert_eq!(step(&mut world, "twice", Action::Resolve, 21), ("resolved", 1));
    assert_eq!(step(&mut world, "late", Action::Open, 15), ("merged", 1));
    assert_eq!(step(&mut world, "again", Action::Open, 30), ("merged", 0));
    assert_eq!(step(&mut world, "at last", Action::Resolve, 40), ("resolved", 1));
    assert!(world.last().is_on() && incident.ticket.is_none());
    assert_eq!(world.last().tally.events, 6);
}

#[test]
fn where_a_desk_takes_no_comments_each_event_stands_on_its_customers_time_line() {
    let mut world = World { can: Abilities::default(), ..World::flooded(4) };
    let approach = world.approach("next", 1004);
    let course = world.part(&approach).course;
    let steps = course.steps(&delivery("next").key, world.can);
    assert!(matches!(steps[..], [Step::TimeLine(_)]), "{steps:?}");
}

/// Several are decided about at a time, and any may come first.
#[test]
fn a_crowd_in_any_order_makes_as_many_tickets_and_one_flood() {
    for step in [1, 7, 11, 29] {
        let mut world = World::new();
        let became: Vec<_> = (0..30).map(|place| world.deliver(1000 + place * step % 30)).collect();
        assert_eq!(became[..3], [Became::Own; 3], "{step}");
        assert_eq!(became[3], Became::Parent, "{step}");
        assert_eq!(became[4..], [Became::Merged; 26], "{step}");
        assert_eq!(world.brake.floods.len(), 1, "{step}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// However they are received and in whatever order they are decided about.
    #[test]
    fn no_stretch_has_more_tickets_of_their_own_than_the_bound_and_every_event_is_somewhere(
        times in prop::collection::vec(0..2000_u64, 1..60),
    ) {
        let mut world = World::new();
        let mut own = Vec::new();
        let (mut merged, mut parents) = (0, 0);
        for (number, time) in times.iter().enumerate() {
            let id = number.to_string();
            let approach = world.approach(&id, *time);
            match world.through(&id, &approach) {
                Became::Own => own.push(*time),
                Became::Parent => parents += 1,
                Became::Merged => merged += 1,
            }
        }
        prop_assert_eq!(own.len() + parents + merged, times.len());
        own.sort_unstable();
        let newest = times.iter().max().copied().unwrap_or_default();
        // What is older than twice the stretch is not remembered.
        let near: Vec<u64> = own.into_iter().filter(|time| newest - time < 2 * WITHIN).collect();
        let is_full = near.windows(4).any(|stretch| stretch[3] - stretch[0] < WITHIN);
        prop_assert!(!is_full, "{:?}", near);
        let counted: u64 = world.brake.floods.iter().map(|flood| flood.tally.events).sum();
        if world.brake.floods.len() < 4 {
            prop_assert_eq!(counted, (parents + merged) as u64);
        }
    }
}
