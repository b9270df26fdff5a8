//! What a delivery comes with to have its way decided, and what is decided.

use jiff::Timestamp;

use super::{Abilities, Brake, Course, DeliveryKey, Incident, Note, Part, brake::Swept};
use crate::ticket::{Action, Bound, Involvement, Priority, TicketRef};

/// What a delivery comes with: to its incident, to its rule's brake, or to both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approach {
    /// What the rule says of an incident.
    pub involvement: Option<Involvement>,
    /// How many tickets the rule says are too many.
    pub brake: Option<Bound>,
    /// The priority that the rule gives.
    pub priority: Priority,
    /// What can be done at the desk.
    pub can: Abilities,
    /// What there is to say, by whom, and when it happened.
    pub note: Note,
    /// When the event was received.
    pub received_at: Timestamp,
    /// The ticket that the desk has no more, where that is why the delivery comes again.
    pub gone: Option<TicketRef>,
}

/// What becomes of an [`Approach`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The delivery goes this way.
    Go(Part),
    /// This delivery has to come to its end first; the other one comes again.
    Wait(DeliveryKey),
}

/// Decides what a delivery does, and notes in its incident and in its rule's brake that it is on its
/// way. The brake is that of [`Approach::brake`], or of the flood that the incident is part of.
pub fn decide(
    approach: &Approach,
    incident: Option<&mut Incident>,
    brake: Option<&mut Brake>,
    now: Timestamp,
) -> Decision {
    if let (Some(involvement), Some(incident)) = (&approach.involvement, incident) {
        return incident.decide(involvement, approach, brake, now);
    }
    match sweep(approach, brake, now) {
        Swept::Own => {
            let own = Course::Open { notes: Vec::new(), resolve: false, earlier: None };
            Decision::Go(approach.part(own))
        }
        Swept::Along(course) => Decision::Go(approach.part(course)),
        Swept::Wait(busy) => Decision::Wait(busy),
    }
}

/// What the rule's brake, where it has one, makes of a delivery that would open a ticket.
pub(super) fn sweep(approach: &Approach, brake: Option<&mut Brake>, now: Timestamp) -> Swept {
    match (&approach.brake, brake) {
        (Some(bound), Some(brake)) => brake.decide(bound, approach, now),
        _ => Swept::Own,
    }
}

impl Approach {
    /// The part of a delivery that goes this way.
    pub(super) fn part(&self, course: Course) -> Part {
        let Self { involvement, priority, note, brake, .. } = self;
        Part {
            incident: involvement.as_ref().map(|involvement| involvement.key.clone()),
            brake: brake.as_ref().map(|bound| bound.rule.clone()),
            action: involvement.as_ref().map_or(Action::Open, |involvement| involvement.action),
            at: note.at,
            priority: *priority,
            course,
        }
    }
}
