//! What a ticket can be tied to: one customer, and by way of a customer that is made a company.

use super::customers::Wanted;
use crate::{
    delivery::{Outcome, Progress, RecordKey, Step, StepRecord},
    desks::DeskError,
    ticket::{Association, Missing, Target, TicketDraft},
};

/// Whether Thulium can be asked for what `draft` is tied to; said before anything is sent.
pub(super) fn check(draft: &TicketDraft) -> Result<(), DeskError> {
    let mut customers = 0;
    for (number, association) in draft.associations.iter().enumerate() {
        let words = match (kind(association), &association.target) {
            (Kind::Other, _) => "Thulium ties a ticket to a `customer` or a `company` alone",
            (Kind::Company, Target::Match { .. }) => "a company is named by its `id`",
            (Kind::Company, Target::Id(_)) => continue,
            (Kind::Customer, Target::Id(_)) if association.missing == Missing::Create => {
                "a customer by `id` cannot be created"
            }
            (Kind::Customer, Target::Match { property, .. }) if !is_filter(property) => {
                "a customer is matched by `identifier`, `email` or `phone_number`"
            }
            (Kind::Customer, _) if customers > 0 => "a ticket has one customer",
            (Kind::Customer, _) => {
                customers += 1;
                continue;
            }
        };
        return Err(DeskError::Incomplete(format!("`associations[{number}]`: {words}")));
    }
    Ok(())
}

/// The association to the ticket's customer, with its number.
pub(super) fn customer(draft: &TicketDraft) -> Option<(usize, &Association)> {
    draft.associations.iter().enumerate().find(|(_, it)| kind(it) == Kind::Customer)
}

/// The id of the company that a customer who is made belongs to.
pub(super) fn company(draft: &TicketDraft) -> Option<String> {
    draft.associations.iter().find(|it| kind(it) == Kind::Company).and_then(|it| match &it.target {
        Target::Id(id) if !id.trim().is_empty() => Some(id.trim().to_owned()),
        _ => None,
    })
}

/// The step that finds the ticket's customer, if there is anything to find one by.
pub(super) fn step(draft: &TicketDraft) -> Option<Step> {
    match customer(draft) {
        Some((_, association)) => matches!(association.target, Target::Match { .. })
            .then(|| Step::Record(RecordKey::of(association))),
        None => Wanted::of_draft(draft).map(|_| Step::Customer),
    }
}

/// The id of the ticket's customer, if the rule names one or the step before has found one.
pub(super) fn customer_id(
    draft: &TicketDraft,
    done: &[StepRecord],
) -> Result<Option<String>, DeskError> {
    if let Some((number, association)) = customer(draft)
        && let Target::Id(id) = &association.target
    {
        return match id.trim() {
            "" if association.missing == Missing::Skip => Ok(None),
            "" => Err(missing(number)),
            id => Ok(Some(id.to_owned())),
        };
    }
    Ok(step(draft).and_then(|step| match outcome(&step, done) {
        Some(Outcome::Record(id)) => Some(id.clone()),
        _ => None,
    }))
}

/// The error for a customer that the rule insists on. The value is the event's, and is not quoted.
pub(super) fn missing(number: usize) -> DeskError {
    DeskError::MissingRecord(format!("`associations[{number}]`, a customer"))
}

fn outcome<'a>(step: &Step, done: &'a [StepRecord]) -> Option<&'a Outcome> {
    done.iter().find(|record| record.step == *step).and_then(|record| match &record.progress {
        Progress::Done { outcome, .. } => Some(outcome),
        Progress::Intended { .. } => None,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Customer,
    Company,
    Other,
}

/// Rules for several desks say `contact`, which here is a customer.
fn kind(association: &Association) -> Kind {
    match association.object.as_str() {
        "customer" | "customers" | "contact" | "contacts" => Kind::Customer,
        "company" | "companies" => Kind::Company,
        _ => Kind::Other,
    }
}

fn is_filter(property: &str) -> bool {
    matches!(property, "identifier" | "email" | "phone_number")
}
