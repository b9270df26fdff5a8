//! What events do about an incident, in whatever order they come.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

pub(super) mod world;

use super::{
    Abilities, Course, Decision, Failure, Mark, Outcome, Progress, Reason, State, Step, StepRecord,
    Transition, decide,
};
use crate::ticket::{Action, Priority};
use world::{AGAIN, ALL, Event, FAILED, HOUR, RECOVERED, Ticket, World, at, delivery, ticket};

#[test]
fn in_any_order_of_arrival_there_is_one_ticket_with_two_comments_resolved() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let world = World::after(&order.map(|place| [FAILED, AGAIN, RECOVERED][place]));
        let [ticket] = &world.tickets[..] else { panic!("{order:?}: {:?}", world.tickets) };
        assert!(ticket.is_resolved, "{order:?}");
        assert_eq!(ticket.comments.len(), 2, "{order:?}");
        let recovered = Mark::of(&delivery(RECOVERED.0).key).to_string();
        assert!(ticket.comments.contains(&recovered), "{order:?}");
        assert!(world.incident.is_resolved && world.incident.holder.is_none(), "{order:?}");
    }
}

#[test]
fn each_event_ends_in_the_state_of_what_it_did() {
    let mut world = World::new(ALL);
    let note = Event("note", Action::Comment, 25, Priority::Low);
    let states = [FAILED, AGAIN, note, RECOVERED].map(|event| world.deliver(event));
    assert_eq!(states, ["ticketed", "merged", "merged", "resolved"]);
}

#[test]
fn what_comes_before_its_ticket_is_remembered_and_said_on_it() {
    let mut world = World::new(ALL);
    let note = Event("note", Action::Comment, 25, Priority::Low);
    assert_eq!(world.deliver(RECOVERED), "resolved");
    assert_eq!(world.deliver(note), "merged");
    assert!(world.tickets.is_empty());
    assert_eq!(world.deliver(FAILED), "ticketed");
    assert!(world.tickets[0].is_resolved);
    assert_eq!(world.tickets[0].comments.len(), 2);
    assert!(world.incident.remembered.is_empty());
}

#[test]
fn a_resolution_from_before_the_problem_resolves_nothing() {
    let later = Event("failed-3", Action::Open, 40, Priority::High);
    for order in [[RECOVERED, later], [later, RECOVERED]] {
        let world = World::after(&order);
        let [ticket] = &world.tickets[..] else { panic!("{:?}", world.tickets) };
        assert!(!ticket.is_resolved && ticket.comments.len() == 1, "{ticket:?}");
    }
    // One from long before is not even said.
    let long_after = Event("failed-4", Action::Open, 31 + HOUR, Priority::High);
    let world = World::after(&[RECOVERED, long_after]);
    assert!(world.tickets[0].comments.is_empty());
}

#[test]
fn a_late_event_is_added_to_the_resolved_ticket_and_opens_nothing() {
    let mut world = World::after(&[FAILED, RECOVERED]);
    assert_eq!(world.deliver(Event("late", Action::Open, 29, Priority::Critical)), "merged");
    let [ticket] = &world.tickets[..] else { panic!("{:?}", world.tickets) };
    assert!(ticket.is_resolved && ticket.comments.len() == 2 && ticket.priority == Priority::High);
}

#[test]
fn a_new_problem_within_the_window_reopens_the_ticket_and_after_it_opens_another() {
    let mut world = World::after(&[FAILED, RECOVERED]);
    assert_eq!(world.deliver(Event("3", Action::Open, 30 + HOUR, Priority::Urgent)), "merged");
    assert!(!world.tickets[0].is_resolved && world.tickets[0].priority == Priority::Urgent);
    world.deliver(Event("4", Action::Resolve, 40 + HOUR, Priority::Low));
    assert!(world.tickets[0].is_resolved);
    assert_eq!(world.deliver(Event("5", Action::Open, 41 + 2 * HOUR, Priority::Low)), "ticketed");
    assert_eq!(world.tickets.len(), 2);
}

#[test]
fn an_incident_of_which_nothing_was_heard_for_a_month_is_over() {
    let month = 30 * 24 * HOUR;
    for (after, tickets) in [(month, 1), (month + 1, 2)] {
        let later = Event("later", Action::Open, FAILED.2 + after, Priority::High);
        assert_eq!(World::after(&[FAILED, later]).tickets.len(), tickets);
    }
}

#[test]
fn the_priority_is_raised_only_above_the_highest_before() {
    let mut world = World::after(&[FAILED]);
    world.deliver(Event("2", Action::Open, 20, Priority::Urgent));
    assert_eq!(world.tickets[0].priority, Priority::Urgent);
    // An agent lowers it.
    world.tickets[0].priority = Priority::Low;
    world.deliver(Event("3", Action::Open, 21, Priority::Urgent));
    assert_eq!(world.tickets[0].priority, Priority::Low);
    world.deliver(Event("4", Action::Open, 22, Priority::Critical));
    assert_eq!(world.tickets[0].priority, Priority::Critical);
}

#[test]
fn where_the_ticket_was_deleted_a_new_problem_opens_another_and_a_resolution_is_done() {
    for (event, state, tickets) in [(AGAIN, "ticketed", 2), (RECOVERED, "resolved", 1)] {
        let mut world = World::after(&[FAILED]);
        world.tickets[0].is_gone = true;
        assert_eq!(world.deliver(event), state);
        assert_eq!(world.tickets.len(), tickets);
        assert!(world.tickets[0].comments.is_empty());
    }
}

#[test]
fn while_one_event_opens_the_ticket_all_others_wait() {
    let mut world = World::new(ALL);
    let opening = world.part(FAILED, None);
    for event in [AGAIN, RECOVERED, Event("note", Action::Comment, 25, Priority::Low)] {
        let approach = world.approach(event, None);
        let decided = decide(&approach, Some(&mut world.incident), None, at(0));
        assert_eq!(decided, Decision::Wait(delivery(FAILED.0).key), "{event:?}");
    }
    // Asking again changes nothing.
    assert_eq!(world.part(FAILED, None), opening);
    world.go_through(FAILED, opening);
    assert_eq!(world.deliver(AGAIN), "merged");
}

#[test]
fn an_event_that_dies_lets_another_open_the_ticket() {
    let mut world = World::new(ALL);
    let part = world.part(FAILED, None);
    let mut dead = delivery(FAILED.0);
    dead.incident = Some(part);
    let failure = Failure::of(Reason::Refused, "no");
    dead.state = State::Dead { at: at(1), failure, limit: None };
    world.incident.end(&dead);
    assert_eq!(world.deliver(AGAIN), "ticketed");
    // What is replayed finds the ticket that is there now.
    let replayed = dead.advance(Transition::Replay { at: at(2) }).unwrap().delivery;
    assert_eq!(replayed.incident, None);
}

/// Its ticket exists, and the incident knows it.
#[test]
fn an_event_that_dies_after_its_ticket_was_made_leaves_the_ticket_to_the_incident() {
    let mut world = World::after(&[RECOVERED]);
    let part = world.part(FAILED, None);
    let mut dead = delivery(FAILED.0);
    dead.incident = Some(part);
    let outcome = Outcome::Ticket(ticket(1));
    let progress = Progress::Done { at: at(1), outcome };
    dead.steps.push(StepRecord { step: Step::Ticket, progress });
    let failure = Failure::of(Reason::Refused, "no");
    dead.state = State::Dead { at: at(1), failure, limit: None };
    world.incident.end(&dead);
    world.tickets.push(Ticket::default());
    assert_eq!(world.deliver(AGAIN), "merged");
    let replayed = dead.advance(Transition::Replay { at: at(2) }).unwrap().delivery;
    assert!(replayed.incident.is_some());
}

#[test]
fn where_a_desk_takes_no_comments_the_next_ticket_counts_what_it_was_not_told() {
    let mut world = World::new(Abilities::default());
    let states = [FAILED, AGAIN, RECOVERED].map(|event| world.deliver(event));
    assert_eq!(states, ["ticketed", "merged", "resolved"]);
    assert!(world.tickets[0].comments.is_empty() && !world.tickets[0].is_resolved);
    // Within the window, and yet nobody would see it on the time line alone.
    let part = world.part(Event("3", Action::Open, 40, Priority::High), None);
    let Course::Open { earlier: Some(earlier), .. } = part.course else { panic!("{part:?}") };
    assert_eq!((earlier.ticket, earlier.untold), (ticket(1), 2));
}

#[test]
fn what_is_remembered_is_known_to_a_ticket_that_is_opened_at_the_same_moment() {
    let mut world = World::new(ALL);
    let remembering = world.part(RECOVERED, None);
    let opening = world.part(FAILED, None);
    world.go_through(FAILED, opening);
    assert_eq!(world.go_through(RECOVERED, remembering), "resolved");
    assert!(world.tickets[0].is_resolved && world.tickets[0].comments.len() == 1);
    assert!(world.incident.remembered.is_empty());
}
