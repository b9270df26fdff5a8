//! What a desk is told of a flood: in the ticket that stands for it, while it goes on, and when it is
//! over.

use std::time::Duration;

use jiff::SignedDuration;

use super::Run;
use crate::{
    delivery::{Banner, Course, Delivery, Step, Tally},
    ticket::{Bound, TicketDraft},
};

impl Run<'_> {
    /// Whether all that is left to do is to say the last word about a flood.
    pub(super) fn has_a_last_word(&self) -> bool {
        let is_due =
            matches!(self.delivery.course(), Some(Course::Lead { last_word: Some(_), .. }));
        is_due && self.is_done(&Step::Ticket)
    }
}

/// Says once that a brake is on.
pub(super) fn tell(delivery: &Delivery) {
    let Delivery { key, desk, .. } = delivery;
    let Some(Course::Lead { flood, banner, .. }) = delivery.course() else { return };
    let Bound { rule, over, within } = &banner.bound;
    tracing::warn!(
        delivery.key = %key,
        %desk,
        rule,
        flood,
        over,
        within_s = within.as_secs(),
        "The brake of rule `{rule}` is on at desk `{desk}`: one ticket stands for the flood"
    );
}

/// What the desk is told in `step` of a delivery on this course, where that is not its own draft.
pub(super) fn words(
    course: &Course,
    step: &Step,
    delivery: &Delivery,
    draft: &TicketDraft,
) -> Option<TicketDraft> {
    match (course, step) {
        (Course::Lead { banner, .. }, Step::Ticket) => Some(parent(banner, delivery, draft)),
        (Course::Lead { last_word: Some(tally), .. }, Step::Comment(_)) => Some(comment(
            draft,
            format!(
                "The flood is over: {}. New events get tickets of their own again.",
                counted(*tally)
            ),
        )),
        (Course::Join { tally: Some(tally), .. }, Step::Comment(_)) => {
            Some(comment(draft, format!("The flood goes on: {}.", counted(*tally))))
        }
        _ => None,
    }
}

/// The ticket that stands for a flood, by the example of the event that was one too many.
fn parent(banner: &Banner, delivery: &Delivery, draft: &TicketDraft) -> TicketDraft {
    let Banner { bound: Bound { rule, over, within }, since, priority } = banner;
    let (desk, within) = (&delivery.desk, span(*within));
    let since = since.strftime("%Y-%m-%d %H:%M:%S UTC");
    let description = format!(
        "More than **{over}** tickets of the rule `{rule}` came within {within}, since {since}. \
         This ticket stands for all further ones: they are counted here, and get no tickets of their \
         own until fewer than {over} come within {within}. To have tickets opened again now:\n\n\
         `deskbell brake release {rule} --desk {desk} --why \"…\"`\n\nThe first of them says:\n\n{}",
        draft.description
    );
    let subject = format!("Flood of {rule}, more than {over} in {within}: {}", draft.subject);
    TicketDraft {
        priority: *priority,
        subject: subject.chars().take(LONGEST_SUBJECT).collect(),
        description,
        ..draft.clone()
    }
}

/// As long as a rule's subject may be.
const LONGEST_SUBJECT: usize = 255;

fn comment(draft: &TicketDraft, description: String) -> TicketDraft {
    TicketDraft {
        priority: draft.priority,
        description,
        customer: draft.customer.clone(),
        ..TicketDraft::default()
    }
}

fn counted(Tally { events, recovered }: Tally) -> String {
    let came = match events {
        1 => "1 event has come to this ticket".to_owned(),
        _ => format!("{events} events have come to this ticket"),
    };
    match recovered {
        0 => came,
        _ => format!("{came}, {recovered} of {events} have recovered"),
    }
}

/// As a rule writes it: `10m`.
fn span(time: Duration) -> String {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    format!("{time:#}")
}
