//! What would become of one dead letter if it were put back now.
//!
//! It is foreseen and not promised: the desk, the brakes of rules and other events have a say.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    delivery::{Delivery, DeliveryKey, Step, time_between},
    event::{DeskName, SchemaBook},
    ledger::{DeadLetter, Ledger, LedgerError},
    operators::views::Foreseen,
    rules::RuleBook,
    ticket::{Action, Involvement},
};

/// Judges dead letters one after the other: what the first of an incident opens, the next ones add to.
pub(super) struct Foresight<'a> {
    pub(super) ledger: &'a dyn Ledger,
    pub(super) rules: &'a RuleBook,
    pub(super) schemas: &'a SchemaBook,
    incidents: HashMap<(DeskName, String), Known>,
}

/// What there is of an incident.
#[derive(Debug, Clone, Default)]
struct Known {
    has_ticket: bool,
    opened_by: Option<DeliveryKey>,
    /// When it was resolved, where it is.
    resolved_at: Option<Timestamp>,
}

impl<'a> Foresight<'a> {
    pub(super) fn new(
        ledger: &'a dyn Ledger,
        rules: &'a RuleBook,
        schemas: &'a SchemaBook,
    ) -> Self {
        Self { ledger, rules, schemas, incidents: HashMap::new() }
    }

    pub(super) async fn of(&mut self, letter: &DeadLetter) -> Result<Foreseen, LedgerError> {
        let DeadLetter { delivery, envelope } = letter;
        if is_at_the_desk(delivery) {
            return Ok(Foreseen::Ticketed);
        }
        if self.schemas.check(&envelope.event).is_err() {
            return Ok(Foreseen::Invalid);
        }
        let draft = self.rules.draft(&delivery.rule, &delivery.desk, &envelope.event);
        let draft = match draft {
            Ok(Some(draft)) => draft,
            Ok(None) => return Ok(Foreseen::Unmatched),
            Err(_) => return Ok(Foreseen::BrokenRule),
        };
        let Some(involvement) = &draft.incident else { return Ok(Foreseen::Creates) };
        let known = self.known(&delivery.desk, &involvement.key).await?;
        if known.opened_by.as_ref() == Some(&delivery.key) {
            return Ok(Foreseen::Ticketed);
        }
        Ok(known.take_in(involvement, envelope.happened_at()))
    }

    async fn known(&mut self, desk: &DeskName, key: &str) -> Result<&mut Known, LedgerError> {
        let name = (desk.clone(), key.to_owned());
        if !self.incidents.contains_key(&name) {
            let incident = self.ledger.incident(desk, key).await?.unwrap_or_default();
            let known = Known {
                has_ticket: incident.ticket.is_some(),
                opened_by: incident.opened_by,
                resolved_at: incident.resolved_at.filter(|_| incident.is_resolved),
            };
            self.incidents.insert(name.clone(), known);
        }
        Ok(self.incidents.entry(name).or_default())
    }
}

impl Known {
    fn take_in(&mut self, involvement: &Involvement, at: Timestamp) -> Foreseen {
        match involvement.action {
            Action::Open => {
                let within = involvement.reopen_within;
                let is_new = self
                    .resolved_at
                    .is_some_and(|resolved| at > resolved && time_between(resolved, at) > within);
                let creates = !self.has_ticket || is_new;
                *self = Self { has_ticket: true, resolved_at: None, ..self.clone() };
                if creates { Foreseen::Creates } else { Foreseen::Merges }
            }
            Action::Comment | Action::Resolve if self.has_ticket => Foreseen::Merges,
            Action::Comment | Action::Resolve => Foreseen::Waits,
        }
    }
}

/// Whether the desk has a ticket of it, or what it had to say.
fn is_at_the_desk(delivery: &Delivery) -> bool {
    delivery.outcome(&Step::Ticket).is_some() || delivery.has_spoken()
}
