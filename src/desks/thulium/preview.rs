//! The requests of a delivery as an operator is shown them: by the same builders, with words in the
//! place of what only the system knows.

use super::{Account, Settings, customers::Wanted, drafting, requests as build, ties};
use crate::{
    delivery::{DeliveryKey, Step},
    desks::{DeskError, Preview},
    ticket::{Missing, Target, TicketDraft},
};

/// All requests that `draft` may take, in order.
pub(super) fn requests(
    account: &Account,
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
) -> Result<Vec<Preview>, DeskError> {
    let mut previews = customer(account, draft)?;
    let by_name = draft.category.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if by_name.is_some() {
        let only = "once an hour: what is not among them is not sent";
        let call = build::entries("/ticket_categories");
        previews.push(account.preview(&Step::Ticket, Some(only), call));
    }
    let customer_id = match ties::step(draft) {
        Some(step) => Some(format!("<the id from {step}>")),
        None => ties::customer_id(draft, &[])?,
    };
    let category = by_name
        .map(|name| format!("<the id of the category {name}>"))
        .or_else(|| settings.category.clone());
    let ticket = drafting::new_ticket(settings, key, draft, customer_id, category);
    previews.push(account.preview(&Step::Ticket, None, build::create_ticket(&ticket)?));
    Ok(previews)
}

fn customer(account: &Account, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
    let Some(step) = ties::step(draft) else { return Ok(Vec::new()) };
    let (sought, makes) = match ties::customer(draft) {
        None => (Wanted::of_draft(draft), true),
        Some((_, association)) => match &association.target {
            Target::Id(_) => (None, false),
            Target::Match { property, value } => {
                (Wanted::of_match(property, value), association.missing == Missing::Create)
            }
        },
    };
    let Some(sought) = sought else { return Ok(Vec::new()) };
    let mut previews = Vec::new();
    for (number, question) in sought.questions().iter().enumerate() {
        let only = (number > 0).then_some("if that finds nobody");
        previews.push(account.preview(&step, only, build::customers(question)));
    }
    if let Some(customer) = sought.new_customer(draft).filter(|_| makes) {
        let only = Some("if there is no such customer");
        previews.push(account.preview(&step, only, build::create_customer(&customer)?));
    }
    Ok(previews)
}
