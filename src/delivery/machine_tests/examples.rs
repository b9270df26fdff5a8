//! What must hold of single histories.

use super::*;

/// Claims, and has the ticket made.
fn with_ticket() -> World {
    let mut world = World::new();
    for act in [Act::Claim, Act::AskForTicket, Act::HearOfTicket] {
        world.live_through(Happening { act, behind: 0, desk_obeys: true, after: 1 });
    }
    assert_eq!(world.tickets, 1);
    world
}

#[test]
fn a_ticket_that_exists_is_neither_asked_for_again_nor_called_off() {
    let world = with_ticket();
    let (claim, at) = (1, world.now);
    let failure = Failure::of(Reason::NoAnswer, "silence");
    let other = Outcome::Ticket(TicketRef { id: "T-2".to_owned(), ..World::ticket() });
    for transition in [
        Intend { claim, at, until: at, step: Step::Ticket },
        NotDone { claim, at, step: Step::Ticket },
        Done { claim, at, step: Step::Ticket, outcome: other },
        Doubt { claim, at, look_again: None, failure, counts: true },
    ] {
        let refused = world.delivery.clone().advance(transition).unwrap_err();
        assert_eq!(refused, InvalidTransition::AlreadyDone { step: Step::Ticket });
    }
}

#[test]
fn a_replay_keeps_what_is_done() {
    let mut world = with_ticket();
    for act in [Act::Bury, Act::Replay, Act::Claim, Act::Complete] {
        world.live_through(Happening { act, behind: 0, desk_obeys: true, after: 1 });
    }
    assert_eq!(world.delivery.state.name(), "ticketed");
    let progress = &world.delivery.step(&Step::Ticket).unwrap().progress;
    assert!(matches!(progress, Progress::Done { .. }), "{progress:?}");
}

#[test]
fn what_the_broker_gave_up_dies_unless_a_worker_is_at_it() {
    let mut world = World::new();
    let poison = |world: &World| {
        let failure = Failure::of(Reason::Poison, "it came back too often");
        world.delivery.clone().advance(Poison { at: world.now, failure })
    };
    let dead = poison(&world).unwrap().delivery;
    assert_eq!(dead.state.name(), "dead");
    assert_eq!(dead.failure().unwrap().reason, Reason::Poison);
    world.live_through(Happening { act: Act::Claim, behind: 0, desk_obeys: true, after: 1 });
    let until = world.now + Duration::from_secs(30);
    assert_eq!(poison(&world).unwrap_err(), InvalidTransition::Held { until });
    world.now = until;
    let given_up = poison(&world).unwrap();
    assert_eq!(given_up.delivery.state.name(), "dead");
    assert!(given_up.ended.is_some_and(|attempt| attempt.counts));
}

#[test]
fn a_doubt_that_the_broker_gave_up_is_parked_and_what_exists_is_kept() {
    for (acts, expected) in [
        ([Act::Claim, Act::AskForTicket].as_slice(), "uncertain"),
        (&[Act::Claim, Act::AskForTicket, Act::DoubtAndLookAgain], "uncertain"),
        (&[Act::Claim, Act::AskForTicket, Act::HearOfTicket], "ticketed"),
        (&[Act::Claim, Act::AskForTicket, Act::HearOfTicket, Act::Postpone], "ticketed"),
    ] {
        let mut world = World::new();
        for act in acts {
            let act = *act;
            world.live_through(Happening { act, behind: 0, desk_obeys: true, after: 1 });
        }
        world.live_through(Happening { act: Act::Poison, behind: 0, desk_obeys: true, after: 60 });
        assert_eq!(world.delivery.state.name(), expected, "{acts:?}");
        assert!(world.delivery.state.is_settled(), "{:?}", world.delivery.state);
    }
}

#[test]
fn a_clock_that_went_back_keeps_nothing_waiting_until_it_is_there_again() {
    let World { delivery, now, .. } = World::new();
    let hour = Duration::from_hours(1);
    let (soon, ahead) = (Duration::from_secs(30), now + hour);
    let step = |delivery: Delivery, transition| delivery.advance(transition).map(|it| it.delivery);
    let claimed = step(delivery, Claim { at: ahead, until: ahead + soon }).unwrap();
    let held = step(claimed.clone(), Claim { at: now, until: now + soon }).unwrap_err();
    assert_eq!(held, InvalidTransition::Held { until: now + soon });
    let (not_before, failure) = (ahead + soon, Failure::of(Reason::DeskFault, "broken"));
    let postpone = Postpone { claim: 1, at: ahead, not_before, failure, counts: true };
    let retrying = step(claimed, postpone).unwrap();
    let early = step(retrying.clone(), Claim { at: ahead, until: not_before }).unwrap_err();
    assert_eq!(early, InvalidTransition::NotDue { not_before });
    assert!(step(retrying, Claim { at: now, until: now + soon }).is_ok());
}

#[test]
fn an_edit_keeps_a_ticket_and_lets_the_customer_be_made_anew() {
    let mut world = World::new();
    for act in [Act::Claim, Act::AskForCustomer, Act::HearOfCustomer, Act::AskForTicket] {
        world.live_through(Happening { act, behind: 0, desk_obeys: true, after: 1 });
    }
    for act in [Act::HearOfTicket, Act::Bury, Act::Edit] {
        world.live_through(Happening { act, behind: 0, desk_obeys: true, after: 1 });
    }
    assert_eq!(world.delivery.edit, Some(1));
    assert_eq!(world.delivery.step(&Step::Customer), None);
    assert!(world.delivery.outcome(&Step::Ticket).is_some());
    for act in [Act::Reroute, Act::Claim, Act::Complete] {
        world.live_through(Happening { act, behind: 0, desk_obeys: true, after: 1 });
    }
    assert_eq!((world.delivery.state.name(), world.delivery.edit), ("ticketed", Some(1)));
    assert_eq!(world.delivery.rule.as_str(), "another");
}
