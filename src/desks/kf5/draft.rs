//! From a draft to the ticket that KF5 is asked for.

use serde_json::Value;

use super::{Change, Id, Kind, NewComment, NewTicket, Requester, Settings};
use crate::{
    delivery::DeliveryKey,
    desks::{DeskError, text},
    ticket::{Association, Customer, Missing, Target, TicketDraft},
};

/// What a rule calls the ticket that an incident belongs to.
const PROBLEM: &str = "problem";

/// The ticket for `draft`; an error where the draft lacks what KF5 requires.
pub(super) fn ticket(
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
) -> Result<NewTicket, DeskError> {
    for (name, text) in [("subject", &draft.subject), ("description", &draft.description)] {
        if text.trim().is_empty() {
            return incomplete(format!("KF5 requires `{name}`, and it is empty"));
        }
    }
    Ok(NewTicket {
        title: draft.subject.clone(),
        comment: note(&draft.description),
        requester: draft.customer.as_ref().and_then(requester),
        change: Change {
            assignee: settings.assignee.clone(),
            group: settings.group.clone(),
            kind: settings.kind,
            status: settings.status,
            priority: Some(draft.priority.into()),
            problem: problem(settings, draft)?,
            tags: (!draft.tags.is_empty()).then(|| draft.tags.clone()),
            custom_fields: custom_fields(settings, key, draft),
            ..Change::default()
        },
    })
}

/// A comment from a rule's text, for agents alone: KF5 may mail a public one to the requester.
/// The plain text goes along for where HTML is not shown. No limit is documented.
pub(super) fn note(markdown: &str) -> NewComment {
    NewComment {
        content: Some(text::plain(markdown, text::UNLIMITED)),
        html: Some(text::html(markdown, text::UNLIMITED)),
        public: Some(false),
        ..NewComment::default()
    }
}

/// The customer, where KF5 could find or make one: by an address or a number.
fn requester(customer: &Customer) -> Option<Requester> {
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (email, phone) = (said(&customer.email), said(&customer.phone));
    if email.is_none() && phone.is_none() {
        return None;
    }
    Some(Requester::Person { email, phone, name: said(&customer.name) })
}

/// The problem that the ticket is an incident of.
fn problem(settings: &Settings, draft: &TicketDraft) -> Result<Option<Id>, DeskError> {
    let mut problem = None;
    for (number, association) in draft.associations.iter().enumerate() {
        let id = problem_id(number, association)?;
        if id.is_some() && settings.kind != Some(Kind::Incident) {
            let words = "only an incident has a problem: set the desk's `type` to \"incident\"";
            return incomplete(format!("`associations[{number}]`: {words}"));
        }
        if id.is_some() && problem.is_some() && id != problem {
            return incomplete(format!("`associations[{number}]`: an incident has one problem"));
        }
        problem = id.or(problem);
    }
    Ok(problem)
}

fn problem_id(number: usize, association: &Association) -> Result<Option<Id>, DeskError> {
    let wrong = |words: &str| incomplete(format!("`associations[{number}]`: {words}"));
    if association.object != PROBLEM {
        return wrong("KF5 ties a ticket to nothing but its `problem`");
    }
    let Target::Id(id) = &association.target else {
        return wrong("KF5 finds a problem by its `id` alone");
    };
    match (id.trim(), association.missing) {
        (_, Missing::Create) => wrong("a problem cannot be created together with its incident"),
        ("", Missing::Skip) => Ok(None),
        ("", Missing::Fail) => Err(missing(number)),
        (id, Missing::Skip | Missing::Fail) => {
            id.parse().map(Some).or_else(|_| wrong("`id` is no id"))
        }
    }
}

/// What the rule says of a problem that does not exist: the ticket without it, or the error.
pub(super) fn without_problem(draft: &TicketDraft) -> Result<TicketDraft, DeskError> {
    if let Some(number) =
        draft.associations.iter().position(|association| association.missing == Missing::Fail)
    {
        return Err(missing(number));
    }
    Ok(TicketDraft { associations: Vec::new(), ..draft.clone() })
}

fn missing(number: usize) -> DeskError {
    DeskError::MissingRecord(format!("`associations[{number}]`, a problem by its id"))
}

fn custom_fields(
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    for (name, field) in &settings.fields {
        let value = draft.metadata.get(name).and_then(field_value);
        fields.extend(value.map(|value| (field.clone(), value.into())));
    }
    if let Some(field) = &settings.key_field {
        fields.push((field.clone(), key.as_str().into()));
    }
    fields
}

/// Values are texts in all examples: numbers by their digits as written, lists as JSON ("Ticket
/// Fields", values of several levels). What is nothing is not sent.
pub(super) fn field_value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Some(value.to_string())
        }
    }
}

fn incomplete<T>(words: String) -> Result<T, DeskError> {
    Err(DeskError::Incomplete(words))
}
