//! One rule's brake as a ledger keeps it, and a desk that does what it is told.

use std::time::Duration;

use crate::{
    delivery::{
        Abilities, Approach, AttemptOutcome, Brake, Course, Decision, Delivery, Failure, Flood,
        Note, Outcome, Part, Reason, State, Step, Transition, decide,
        incident_tests::world::{ALL, at, delivery, ticket},
    },
    ticket::{Bound, Priority},
};

pub(super) const WITHIN: u64 = 600;

/// One rule's brake, three tickets in ten minutes, and the tickets that a desk has.
pub(super) struct World {
    pub(super) brake: Brake,
    pub(super) over: u32,
    pub(super) can: Abilities,
    pub(super) tickets: usize,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    Own,
    Parent,
    Merged,
}

impl World {
    pub(super) fn new() -> Self {
        Self { brake: Brake::default(), over: 3, can: ALL, tickets: 0 }
    }

    /// After a flood of `count` events, one a second from 1000 on.
    pub(super) fn flooded(count: u64) -> Self {
        let mut world = Self::new();
        for number in 0..count {
            world.deliver(1000 + number);
        }
        world
    }

    pub(super) fn approach(&self, id: &str, received: u64) -> Approach {
        let within = Duration::from_secs(WITHIN);
        Approach {
            involvement: None,
            brake: Some(Bound { rule: "a-rule".to_owned(), over: self.over, within }),
            priority: Priority::Medium,
            can: self.can,
            note: Note {
                by: delivery(id).key,
                at: at(received),
                resolves: false,
                subject: String::new(),
                text: String::new(),
            },
            received_at: at(received),
            gone: None,
        }
    }

    pub(super) fn decide(&mut self, approach: &Approach) -> Decision {
        let now = approach.received_at;
        decide(approach, None, Some(&mut self.brake), now)
    }

    pub(super) fn part(&mut self, approach: &Approach) -> Part {
        match self.decide(approach) {
            Decision::Go(part) => part,
            Decision::Wait(busy) => panic!("waits for {busy}"),
        }
    }

    pub(super) fn deliver(&mut self, received: u64) -> Became {
        let number = self.tickets;
        let id = format!("{received}-{number}-{:?}", self.brake.floods.last().map(|it| it.tally));
        let approach = self.approach(&id, received);
        self.through(&id, &approach)
    }

    pub(super) fn through(&mut self, id: &str, approach: &Approach) -> Became {
        let part = self.part(approach);
        let became = match part.course {
            Course::Open { .. } => Became::Own,
            Course::Lead { .. } => Became::Parent,
            Course::Join { .. } => Became::Merged,
            course => panic!("{course:?}"),
        };
        let delivery = self.complete(id, part);
        let is_merged = matches!(delivery.state, State::Merged { .. });
        assert_eq!(is_merged, became == Became::Merged);
        became
    }

    /// Takes the delivery through its steps to its end.
    pub(super) fn complete(&mut self, id: &str, part: Part) -> Delivery {
        let mut delivery = engaged(id, part);
        let course = delivery.course().unwrap().clone();
        for step in course.steps(&delivery.key, self.can) {
            let outcome = if step == Step::Ticket {
                self.tickets += 1;
                Outcome::Ticket(ticket(self.tickets))
            } else {
                Outcome::Done
            };
            let done = Transition::Done { claim: 1, at: at(0), step, outcome };
            delivery = delivery.advance(done).unwrap().delivery;
        }
        let ended = delivery.advance(Transition::Complete { claim: 1, at: at(1) }).unwrap();
        assert_ne!(ended.ended.unwrap().outcome, AttemptOutcome::Dead);
        self.brake.end(&ended.delivery);
        ended.delivery
    }

    pub(super) fn last(&self) -> &Flood {
        self.brake.floods.last().unwrap()
    }
}

pub(super) fn engaged(id: &str, part: Part) -> Delivery {
    let claim = Transition::Claim { at: at(0), until: at(60) };
    let delivery = delivery(id).advance(claim).unwrap().delivery;
    let engage = Transition::Engage { claim: 1, at: at(0), part };
    delivery.advance(engage).unwrap().delivery
}

pub(super) fn died(id: &str, part: Part) -> Delivery {
    let failure = Failure::of(Reason::Refused, "no");
    let bury = Transition::Bury { claim: 1, at: at(2), failure, limit: None, counts: true };
    engaged(id, part).advance(bury).unwrap().delivery
}
