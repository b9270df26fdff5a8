//! One desk that does what it is told, and the incident as a ledger keeps it.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    delivery::{
        Abilities, Approach, AttemptOutcome, Decision, Delivery, EventRef, Incident, Note, Outcome,
        Part, Step, Transition, decide,
    },
    event::{RequestId, Route},
    ticket::{Action, Involvement, Priority, TicketRef},
};

pub(in crate::delivery) const ALL: Abilities =
    Abilities { comment: true, raise: true, resolve: true, tie: true };
pub(super) const HOUR: u64 = 3600;

/// An event: its id, what its rule does, when it happened in seconds, and how urgent it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event(
    pub(super) &'static str,
    pub(super) Action,
    pub(super) u64,
    pub(super) Priority,
);

pub(super) const FAILED: Event = Event("failed-1", Action::Open, 10, Priority::High);
pub(super) const AGAIN: Event = Event("failed-2", Action::Open, 20, Priority::High);
pub(super) const RECOVERED: Event = Event("recovered", Action::Resolve, 30, Priority::Medium);

pub(in crate::delivery) fn at(seconds: u64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A ticket as the desk has it.
#[derive(Debug, Default)]
pub(super) struct Ticket {
    pub(super) comments: Vec<String>,
    pub(super) is_resolved: bool,
    pub(super) priority: Priority,
    pub(super) is_gone: bool,
}

/// One desk that does what it is told, and the ledger's incident.
pub(super) struct World {
    pub(super) incident: Incident,
    pub(super) tickets: Vec<Ticket>,
    can: Abilities,
}

impl World {
    pub(super) fn new(can: Abilities) -> Self {
        Self { incident: Incident::default(), tickets: Vec::new(), can }
    }

    pub(super) fn after(events: &[Event]) -> Self {
        let mut world = Self::new(ALL);
        for event in events {
            world.deliver(*event);
        }
        world
    }

    pub(super) fn approach(&self, event: Event, gone: Option<TicketRef>) -> Approach {
        let Event(id, action, happened, priority) = event;
        let (key, reopen_within) = ("order:1".to_owned(), Duration::from_secs(HOUR));
        let note = Note {
            by: delivery(id).key,
            at: at(happened),
            resolves: action == Action::Resolve,
            subject: String::new(),
            text: id.to_owned(),
        };
        let involvement = Some(Involvement { key, action, reopen_within });
        let (can, received_at) = (self.can, at(happened));
        Approach { involvement, brake: None, priority, can, note, received_at, gone }
    }

    pub(super) fn part(&mut self, event: Event, gone: Option<TicketRef>) -> Part {
        let approach = self.approach(event, gone);
        match decide(&approach, Some(&mut self.incident), None, at(0)) {
            Decision::Go(part) => part,
            Decision::Wait(_) => panic!("{event:?} waits"),
        }
    }

    /// Delivers `event`, as a worker does, and gives the state that it ends in.
    pub(super) fn deliver(&mut self, event: Event) -> &'static str {
        let part = self.part(event, None);
        self.go_through(event, part)
    }

    pub(super) fn go_through(&mut self, event: Event, part: Part) -> &'static str {
        let claim = Transition::Claim { at: at(0), until: at(60) };
        let mut delivery = delivery(event.0).advance(claim).unwrap().delivery;
        let gone = part.course.ticket().filter(|ticket| self.ticket(ticket).is_gone).cloned();
        let part = match gone {
            Some(gone) => self.part(event, Some(gone)),
            None => part,
        };
        let steps = part.course.steps(&delivery.key, self.can);
        let engage = Transition::Engage { claim: 1, at: at(0), part };
        delivery = delivery.advance(engage).unwrap().delivery;
        for step in steps {
            let outcome = self.act(&step, &delivery, event.3);
            let done = Transition::Done { claim: 1, at: at(0), step, outcome };
            delivery = delivery.advance(done).unwrap().delivery;
        }
        let ended = delivery.advance(Transition::Complete { claim: 1, at: at(1) }).unwrap();
        assert_ne!(ended.ended.unwrap().outcome, AttemptOutcome::Dead);
        self.incident.end(&ended.delivery);
        ended.delivery.state.name()
    }

    fn act(&mut self, step: &Step, delivery: &Delivery, priority: Priority) -> Outcome {
        if *step == Step::Ticket {
            self.tickets.push(Ticket { priority, ..Ticket::default() });
            return Outcome::Ticket(ticket(self.tickets.len()));
        }
        let about = delivery.ticket_to_add_to().unwrap().clone();
        let ticket = self.ticket(&about);
        match step {
            Step::Comment(mark) => ticket.comments.push(mark.to_string()),
            Step::Raise => ticket.priority = priority,
            Step::Reopen => ticket.is_resolved = false,
            Step::Resolve => ticket.is_resolved = true,
            Step::TimeLine(_) | Step::Ticket | Step::Customer | Step::Record(_) | Step::Tie => {}
        }
        Outcome::Done
    }

    fn ticket(&mut self, ticket: &TicketRef) -> &mut Ticket {
        let number: usize = ticket.id.parse().unwrap();
        &mut self.tickets[number - 1]
    }
}

pub(in crate::delivery) fn ticket(number: usize) -> TicketRef {
    TicketRef { id: number.to_string(), number: None, url: None }
}

pub(in crate::delivery) fn delivery(id: &str) -> Delivery {
    let event = EventRef {
        source: "shop".parse().unwrap(),
        id: id.parse().unwrap(),
        event_type: "payment.failed".parse().unwrap(),
    };
    let (desk, rule) = ("crm".parse().unwrap(), "a-rule".parse().unwrap());
    let route = Route { desk, rule, priority: Priority::High };
    Delivery::queued(event, &route, RequestId::carried("r"), at(0))
}
