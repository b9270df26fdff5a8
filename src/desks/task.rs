//! What a desk is asked: the words of [`Desk`](super::Desk)'s questions and answers.

use jiff::Timestamp;

use crate::{
    delivery::{DeliveryKey, Mark, StepRecord},
    ticket::{Priority, TicketDraft, TicketRef},
};

/// What a step is to be done with.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The delivery, which a new ticket is known by.
    pub key: &'a DeliveryKey,
    /// What the rule says. A comment says this draft's subject and description, see
    /// [`Task::comment`]; a priority is raised to this draft's.
    pub draft: &'a TicketDraft,
    /// The ticket that the step is about. None for the steps up to the ticket itself, and where a
    /// desk's time line is written to.
    pub ticket: Option<&'a TicketRef>,
    /// The outcomes of the steps before it.
    pub done: &'a [StepRecord],
    /// When the event happened, as it says, or as it was received.
    pub at: Timestamp,
}

impl Task<'_> {
    /// The text of a comment, Markdown, with its mark at the end.
    pub fn comment(&self, mark: &Mark) -> String {
        let TicketDraft { subject, description, .. } = self.draft;
        let texts = [subject.trim(), description.trim(), &mark.sign()];
        texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

/// What may be at the desk or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought<'a> {
    /// The ticket of a delivery.
    Ticket {
        /// Which one.
        key: &'a DeliveryKey,
        /// The delivery's lane: what is sought for one lane may be asked for together.
        lane: Priority,
    },
    /// A comment on a ticket.
    Comment {
        /// What it is recognised by, see [`Mark::is_in`].
        mark: &'a Mark,
        /// The ticket.
        ticket: &'a TicketRef,
    },
}

/// The answer to [`Desk::find`](super::Desk::find).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The ticket exists.
    Ticket(TicketRef),
    /// The comment stands at the ticket.
    Comment,
    /// There is no such ticket, or no such comment; a ticket that is gone has none.
    Absent,
    /// This account offers no way to know.
    CannotTell,
}
