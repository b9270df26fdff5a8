//! One behaviour file, and what it has made of the events so far.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::{
    config::Config,
    delivery::{
        Abilities, Approach, Brake, Course, Decision, Delivery, DeliveryKey, EventRef, Incident,
        Note, Outcome, Part, Progress, State, Step, StepRecord, decide,
    },
    desks::{self, BuildError},
    event::{DeskName, Envelope, Route, RuleName},
    rules::RuleBook,
    ticket::{Action, Priority, TicketDraft, TicketRef},
};

/// What becomes of an event at one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) desk: DeskName,
    pub(super) rule: RuleName,
    pub(super) priority: Priority,
    pub(super) fate: Fate,
}

/// How a delivery would end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// With a ticket of its own.
    Ticket,
    /// Added to one, or remembered until there is one.
    Merged,
    /// With its incident resolved.
    Resolved,
    /// As a dead letter, with these words.
    Fails(String),
}

/// A behaviour file's rules, and the incidents and brakes as they have made them.
#[derive(Debug)]
pub(super) struct Side<'c> {
    rules: &'c RuleBook,
    abilities: BTreeMap<DeskName, Abilities>,
    incidents: HashMap<(DeskName, String), Incident>,
    brakes: BTreeMap<(DeskName, String), Brake>,
}

impl<'c> Side<'c> {
    /// One that has seen no event.
    pub(super) fn of(config: &'c Config) -> Result<Self, BuildError> {
        let able =
            |(name, desk): (&DeskName, _)| Ok((name.clone(), desks::build(desk)?.abilities()));
        let abilities = config.desks.iter().map(able).collect::<Result<_, BuildError>>()?;
        Ok(Self::new(&config.rules, abilities))
    }

    pub(super) fn new(rules: &'c RuleBook, abilities: BTreeMap<DeskName, Abilities>) -> Self {
        Self { rules, abilities, incidents: HashMap::new(), brakes: BTreeMap::new() }
    }

    /// What becomes of an event, at each desk that it is routed to.
    pub(super) fn judge(&mut self, envelope: &Envelope) -> Vec<Judged> {
        let routes = self.rules.route(&envelope.event);
        routes.into_iter().map(|route| self.judge_at(route, envelope)).collect()
    }

    fn judge_at(&mut self, route: Route, envelope: &Envelope) -> Judged {
        let Route { desk, rule, priority } = route;
        let draft = self.rules.draft(&rule, &desk, &envelope.event);
        let fate = match draft {
            Err(error) => Fate::Fails(error.words),
            Ok(None) => Fate::Fails("no rule makes a ticket of it".to_owned()),
            Ok(Some(draft)) if !draft.has_to_be_decided() => Fate::Ticket,
            Ok(Some(draft)) => self.decide(&desk, &rule, &draft, envelope),
        };
        Judged { desk, rule, priority, fate }
    }

    /// Decides as the ledger does, and takes the delivery to its end at once.
    fn decide(
        &mut self,
        desk: &DeskName,
        rule: &RuleName,
        draft: &TicketDraft,
        envelope: &Envelope,
    ) -> Fate {
        let can = self.abilities.get(desk).copied().unwrap_or_default();
        let (key, now) = (key(desk, envelope), envelope.received_at);
        let approach = approach(&key, draft, envelope, can);
        let named = draft.incident.as_ref().map(|it| (desk.clone(), it.key.clone()));
        let mut incident =
            named.as_ref().map(|named| self.incidents.remove(named).unwrap_or_default());
        let share = incident.as_ref().and_then(|incident| incident.share.as_ref());
        let braking = draft.brake.as_ref().map(|bound| &bound.rule);
        let braking = braking.or(share.map(|share| &share.rule));
        let braking = braking.map(|rule| (desk.clone(), rule.clone()));
        let mut brake = braking.as_ref().map(|it| self.brakes.remove(it).unwrap_or_default());
        if let Some(brake) = &mut brake {
            calm(brake, now);
        }
        let decision = decide(&approach, incident.as_mut(), brake.as_mut(), now);
        let fate = match decision {
            Decision::Wait(_) => Fate::Merged,
            Decision::Go(part) => {
                let delivery = ended(&key, (desk, rule), part, can, envelope);
                if let Some(incident) = &mut incident {
                    incident.end(&delivery);
                }
                if let Some(brake) = &mut brake {
                    brake.end(&delivery);
                }
                match delivery.state {
                    State::Ticketed { .. } => Fate::Ticket,
                    State::Resolved { .. } => Fate::Resolved,
                    _ => Fate::Merged,
                }
            }
        };
        self.incidents.extend(named.zip(incident));
        self.brakes.extend(braking.zip(brake));
        fate
    }
}

/// Lets go of what is quiet, as a worker does every few seconds; what its last word says is not told.
fn calm(brake: &mut Brake, now: Timestamp) {
    brake.calm(now);
    for (flood, _, tally) in brake.last_words(now) {
        brake.told(flood, tally);
    }
}

fn key(desk: &DeskName, envelope: &Envelope) -> DeliveryKey {
    DeliveryKey::of(&envelope.event.source, &envelope.event.id, desk)
}

/// What there is to say is of no account here, and would fill the memory.
fn approach(
    key: &DeliveryKey,
    draft: &TicketDraft,
    envelope: &Envelope,
    can: Abilities,
) -> Approach {
    let note = Note {
        by: key.clone(),
        at: envelope.happened_at(),
        resolves: draft.incident.as_ref().is_some_and(|it| it.action == Action::Resolve),
        subject: String::new(),
        text: String::new(),
    };
    Approach {
        involvement: draft.incident.clone(),
        brake: draft.brake.clone(),
        priority: draft.priority,
        can,
        note,
        received_at: envelope.received_at,
        gone: None,
    }
}

/// A delivery whose desk has done all that its course asks for.
fn ended(
    key: &DeliveryKey,
    (desk, rule): (&DeskName, &RuleName),
    part: Part,
    can: Abilities,
    envelope: &Envelope,
) -> Delivery {
    let at = envelope.received_at;
    let own = TicketRef { id: key.to_string(), number: None, url: None };
    let done = |step: Step| {
        let outcome = match step {
            Step::Ticket => Outcome::Ticket(own.clone()),
            _ => Outcome::Done,
        };
        StepRecord { step, progress: Progress::Done { at, outcome } }
    };
    let steps = part.course.steps(key, can).into_iter().map(done).collect();
    let ticket = part.course.ticket().cloned();
    let state = match &part.course {
        Course::Open { .. } | Course::Lead { .. } => State::Ticketed { at, ticket: own },
        Course::Resolve { .. } | Course::Recover { .. } => State::Resolved { at, ticket },
        Course::Remember { .. } if part.action == Action::Resolve => State::Resolved { at, ticket },
        Course::Comment { .. }
        | Course::Reopen { .. }
        | Course::Remember { .. }
        | Course::Join { .. } => State::Merged { at, ticket },
    };
    let route = Route { desk: desk.clone(), rule: rule.clone(), priority: part.priority };
    let event = EventRef::of(&envelope.event);
    Delivery {
        claims: 1,
        state,
        steps,
        incident: Some(part),
        ..Delivery::queued(event, &route, envelope.request_id.clone(), at)
    }
}

#[cfg(test)]
mod tests;
