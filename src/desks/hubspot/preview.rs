//! The requests of a delivery as an operator is shown them: by the same builders, with words in the
//! place of what only the account knows.

use super::{
    Settings,
    client::Client,
    kinds,
    questions::Question,
    requests::{self as build, CATEGORY, PRIORITY, Resolved},
    ties,
};
use crate::{
    delivery::{DeliveryKey, RecordKey, Step},
    desks::Preview,
    ticket::{AssociationKind, Missing, Priority, Target, TicketDraft},
};

/// All requests that `draft` may take, in order.
pub(super) fn requests(
    client: &Client,
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
) -> Vec<Preview> {
    let resolved = Resolved {
        priority: build::priority(draft.priority),
        category: draft.category.clone(),
        ties: ties::describe(draft),
    };
    let ticket = build::create_ticket(settings, key, draft, &resolved);
    let mut previews = records(client, settings, draft);
    previews.extend(questions(client, settings, draft));
    previews.push(client.preview(&Step::Ticket, None, ticket));
    previews
}

fn records(client: &Client, settings: &Settings, draft: &TicketDraft) -> Vec<Preview> {
    let mut previews = Vec::new();
    for association in &draft.associations {
        let Target::Match { property, value } = &association.target else {
            continue;
        };
        let step = Step::Record(RecordKey::of(association));
        let object = kinds::path_name(&association.object);
        let question = Question::by_property(object, property).alone(settings, value);
        previews.extend(question.map(|call| client.preview(&step, None, call)));
        if association.missing == Missing::Create {
            let customer = draft.customer.as_ref();
            let call = build::create_record(settings, object, property, value, customer);
            let only = Some("if there is no such record");
            previews.extend(call.map(|call| client.preview(&step, only, call)));
        }
    }
    previews
}

/// What the account is asked about itself, where it is not known from the last hour.
fn questions(client: &Client, settings: &Settings, draft: &TicketDraft) -> Vec<Preview> {
    let ask = |only, call| client.preview(&Step::Ticket, Some(only), call);
    let mut previews = Vec::new();
    for association in &draft.associations {
        if matches!(association.kind, AssociationKind::Label(_)) {
            let call = build::labels(kinds::path_name(&association.object));
            let preview = ask("once an hour, for the label's number", call);
            if !previews.contains(&preview) {
                previews.push(preview);
            }
        }
    }
    if build::priority(draft.priority) == build::priority(Priority::Urgent) {
        let only = "once an hour: where it lists no URGENT, the ticket says HIGH";
        previews.push(ask(only, build::property(settings, PRIORITY)));
    }
    if draft.category.is_some() {
        let only = "once an hour: what is not among its options is left out of the ticket";
        previews.push(ask(only, build::property(settings, CATEGORY)));
    }
    previews
}
