//! From a draft's associations to the ones that a request names.

use serde_json::Value;

use super::{
    answers::AssociationLabel,
    client::Client,
    kinds::{self, COMPANY, CONTACT},
    requests::{Tie, record_id},
};
use crate::{
    delivery::{Outcome, Progress, RecordKey, Step, StepRecord},
    desks::DeskError,
    ticket::{Association, AssociationKind, Missing, Target, TicketDraft},
};

/// The category of HubSpot's own types.
const OWN: &str = "HUBSPOT_DEFINED";

/// Whether HubSpot can be asked for what `draft` is tied to; said before anything is sent.
pub(super) fn check(draft: &TicketDraft) -> Result<(), DeskError> {
    for (number, association) in draft.associations.iter().enumerate() {
        let object = kinds::path_name(&association.object);
        let incomplete =
            |words: &str| Err(DeskError::Incomplete(format!("`associations[{number}]`: {words}")));
        if association.kind == AssociationKind::Default
            && kinds::default_association(object).is_none()
        {
            return incomplete("this kind of record has no default type: give `label` or `type`");
        }
        if association.missing != Missing::Create {
            continue;
        }
        match &association.target {
            Target::Id(_) => return incomplete("a record by `id` cannot be created"),
            Target::Match { property, value } => {
                if ![CONTACT, COMPANY].contains(&(object, property)) {
                    return incomplete(
                        "only a contact by `email` and a company by `domain` can be created",
                    );
                }
                if value.trim().is_empty() {
                    return incomplete("the value to create the record with is empty");
                }
            }
        }
    }
    Ok(())
}

/// The steps that look up what `draft` is tied to; one for a record that is tied in two ways.
pub(super) fn steps(draft: &TicketDraft) -> Vec<Step> {
    let mut steps = Vec::new();
    for association in &draft.associations {
        let step = Step::Record(RecordKey::of(association));
        if matches!(association.target, Target::Match { .. }) && !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

/// What the ticket is tied to, by ids and numbers. Records come from the steps before.
pub(super) async fn resolve(
    client: &Client,
    draft: &TicketDraft,
    done: &[StepRecord],
) -> Result<Vec<Tie>, DeskError> {
    let mut ties = Vec::new();
    for (number, association) in draft.associations.iter().enumerate() {
        if let Some(id) = record(number, association, done)? {
            let (category, type_id) = association_type(client, association).await?;
            let object = kinds::path_name(&association.object).to_owned();
            let tie = Tie { object, to: record_id(&id), category, type_id };
            if !ties.contains(&tie) {
                ties.push(tie);
            }
        }
    }
    Ok(ties)
}

/// What the ticket will be tied to, with words in the place of what only the account knows.
pub(super) fn describe(draft: &TicketDraft) -> Vec<Tie> {
    let associations = draft.associations.iter();
    associations
        .map(|association| {
            let to = match &association.target {
                Target::Id(id) => record_id(id),
                Target::Match { .. } => {
                    let step = Step::Record(RecordKey::of(association));
                    format!("<the id from {step}>").into()
                }
            };
            let (category, type_id) = known_type(association).unwrap_or_else(|label| {
                let number = format!("<the number of the label {label}>").into();
                ("<the category of the label>".to_owned(), number)
            });
            let object = kinds::path_name(&association.object).to_owned();
            Tie { object, to, category, type_id }
        })
        .collect()
}

/// The record's id; `None` where there is no record and the rule goes on without.
fn record(
    number: usize,
    association: &Association,
    done: &[StepRecord],
) -> Result<Option<String>, DeskError> {
    match &association.target {
        Target::Id(id) if !id.trim().is_empty() => Ok(Some(id.trim().to_owned())),
        Target::Id(_) if association.missing == Missing::Skip => Ok(None),
        Target::Id(_) => Err(missing(number, association)),
        Target::Match { .. } => match outcome(&Step::Record(RecordKey::of(association)), done) {
            Some(Outcome::Record(id)) => Ok(Some(id.clone())),
            Some(Outcome::Skipped) => Ok(None),
            Some(Outcome::Done | Outcome::Ticket(_)) | None => Err(DeskError::Incomplete(format!(
                "`associations[{number}]` has not been looked up"
            ))),
        },
    }
}

/// The error for a record that the rule insists on. The value is the event's, and is not quoted.
pub(super) fn missing(number: usize, association: &Association) -> DeskError {
    let object = &association.object;
    DeskError::MissingRecord(match &association.target {
        Target::Id(id) if id.trim().is_empty() => {
            format!("`associations[{number}]`, a {object} whose id is empty")
        }
        Target::Id(_) => format!("`associations[{number}]`, a {object} by its id"),
        Target::Match { property, .. } => {
            format!("`associations[{number}]`, a {object} by `{property}`")
        }
    })
}

/// The id of the record that a ticket was tied to.
pub(super) fn known_id<'a>(
    association: &'a Association,
    done: &'a [StepRecord],
) -> Option<&'a str> {
    match &association.target {
        Target::Id(id) => Some(id.trim()).filter(|id| !id.is_empty()),
        Target::Match { .. } => match outcome(&Step::Record(RecordKey::of(association)), done) {
            Some(Outcome::Record(id)) => Some(id),
            Some(Outcome::Skipped | Outcome::Done | Outcome::Ticket(_)) | None => None,
        },
    }
}

fn outcome<'a>(step: &Step, done: &'a [StepRecord]) -> Option<&'a Outcome> {
    done.iter().find(|record| record.step == *step).and_then(|record| match &record.progress {
        Progress::Done { outcome, .. } => Some(outcome),
        Progress::Intended { .. } => None,
    })
}

/// The type's category and number, or the label by which they have to be asked for.
fn known_type(association: &Association) -> Result<(String, Value), &str> {
    match &association.kind {
        AssociationKind::Default => {
            let number = kinds::default_association(&association.object);
            Ok((OWN.to_owned(), number.map_or(Value::Null, Value::from)))
        }
        AssociationKind::Type { category, id } => {
            Ok((category.clone().unwrap_or_else(|| OWN.to_owned()), (*id).into()))
        }
        AssociationKind::Label(label) => Err(label),
    }
}

async fn association_type(
    client: &Client,
    association: &Association,
) -> Result<(String, Value), DeskError> {
    let label = match known_type(association) {
        Ok(known) => return Ok(known),
        Err(label) => label,
    };
    let object = kinds::path_name(&association.object);
    let mut labels = client.labels(object).await?;
    if find(&labels, label).is_none() {
        // It may be newer than what is known.
        client.forget_labels(object).await;
        labels = client.labels(object).await?;
    }
    let found = find(&labels, label).map(|found| (found.category.clone(), found.type_id.into()));
    found.ok_or_else(|| {
        let known: Vec<_> = labels.iter().map(|known| format!("`{}`", known.label)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        DeskError::Incomplete(format!("the account has no label `{label}` for {object}: {known}"))
    })
}

/// A label as it is written, or else in another case.
fn find<'a>(labels: &'a [AssociationLabel], label: &str) -> Option<&'a AssociationLabel> {
    labels
        .iter()
        .find(|known| known.label == label)
        .or_else(|| labels.iter().find(|known| known.label.to_lowercase() == label.to_lowercase()))
}
