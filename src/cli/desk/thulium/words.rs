//! What is said of tickets in the calls on them.

use clap::Args;
use serde_json::Map;

use super::{alternatives, pairs};
use crate::desks::thulium::{
    BodyType, Direction, LONGEST_TICKET_PAGE, Moment, NewTicket, TicketChange, TicketFilter,
};

/// All conditions hold at once.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// Changed then or later: 2014-07-04 or "2014-07-14 12:34", by the system's clock.
    #[arg(long)]
    date_from: Option<Moment>,
    /// Changed then or before.
    #[arg(long)]
    date_to: Option<Moment>,
    /// Opened then or later.
    #[arg(long)]
    create_date_from: Option<Moment>,
    /// Opened then or before.
    #[arg(long)]
    create_date_to: Option<Moment>,
    /// Of the company of this id.
    #[arg(long, value_name = "ID")]
    company: Option<String>,
    /// Of the customer of this id.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// Assigned to the agent of this login.
    #[arg(long, value_name = "LOGIN")]
    user: Option<String>,
    /// `email`, `phone`, `sms`, `chat` or `www`.
    #[arg(long)]
    source: Option<String>,
    /// In the queue of this id.
    #[arg(long, value_name = "ID")]
    queue: Option<String>,
    /// In the category of this id.
    #[arg(long, value_name = "ID")]
    category: Option<String>,
    /// With the message of this id.
    #[arg(long, value_name = "ID")]
    message: Option<String>,
    /// In the state of this id; may be repeated for others that will do.
    #[arg(long = "status", value_name = "ID")]
    statuses: Vec<String>,
    /// With this custom field; repeat a name for other values that will do.
    #[arg(long = "custom-field", value_name = "NAME=VALUE", value_parser = pairs::pair)]
    custom_fields: Vec<(String, String)>,
    /// Show custom fields; they are in --json.
    #[arg(long)]
    include_custom_fields: bool,
    /// `create_date` or `update_date`; `-` before it for the latest first.
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    order: Vec<String>,
    /// Pass over so many.
    #[arg(long)]
    offset: Option<u64>,
    /// Stop after so many.
    #[arg(long, value_name = "COUNT")]
    pub(super) most: Option<u32>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// A mailbox of the system; the desk's `mailbox` where it is not given.
    #[arg(long)]
    to: Option<String>,
    #[arg(long)]
    subject: String,
    #[command(flatten)]
    text: Text,
    /// The author's e-mail address.
    #[arg(long)]
    from: Option<String>,
    /// A comment that agents see.
    #[arg(long)]
    comment: Option<String>,
    /// Who else is named as a recipient; may be repeated.
    #[arg(long)]
    cc: Vec<String>,
    /// `email`, `phone`, `sms`, `chat` or `www`.
    #[arg(long)]
    source: Option<String>,
    /// The customer's id.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    #[command(flatten)]
    state: State,
    /// Send the ticket to the customer by e-mail. Otherwise it is opened in the customer's name,
    /// and nobody is e-mailed.
    #[arg(long)]
    email_the_customer: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Update {
    /// The ticket's id.
    pub(super) id: String,
    #[command(flatten)]
    pub(super) state: State,
}

/// What a new ticket and a change have in common.
#[derive(Debug, Args)]
pub(in crate::cli) struct State {
    /// The login of the agent to assign it to.
    #[arg(long, value_name = "LOGIN")]
    user: Option<String>,
    #[arg(long, value_name = "ID")]
    status: Option<String>,
    #[arg(long, value_name = "ID")]
    substatus: Option<String>,
    #[arg(long, value_name = "ID")]
    category: Option<String>,
    #[arg(long, value_name = "ID")]
    queue: Option<String>,
    /// A tag; may be repeated. A change takes all other tags away.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A custom field; may be repeated.
    #[arg(long = "custom-field", value_name = "NAME=VALUE", value_parser = pairs::pair)]
    custom_fields: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Text {
    /// The text.
    #[arg(long)]
    pub(super) body: String,
    /// The text is HTML.
    #[arg(long)]
    html: bool,
}

impl Text {
    /// What the text is.
    pub(super) fn body_type(&self) -> BodyType {
        if self.html { BodyType::Html } else { BodyType::Plain }
    }
}

impl List {
    /// The filter of these conditions.
    pub(super) fn filter(self) -> TicketFilter {
        TicketFilter {
            limit: self.most.map(|most| most.clamp(1, LONGEST_TICKET_PAGE)),
            offset: self.offset,
            date_from: self.date_from,
            date_to: self.date_to,
            create_date_from: self.create_date_from,
            create_date_to: self.create_date_to,
            company_id: self.company,
            customer_id: self.customer,
            user_login: self.user,
            source: self.source,
            ticket_queue_id: self.queue,
            category_id: self.category,
            message_id: self.message,
            status_ids: self.statuses,
            custom_fields: alternatives(self.custom_fields),
            include_custom_fields: self.include_custom_fields,
            order: self.order,
        }
    }
}

impl Create {
    /// The ticket, for `mailbox` where no other is given.
    pub(super) fn ticket(self, mailbox: &str) -> NewTicket {
        let body_type = Some(self.text.body_type());
        let direction =
            if self.email_the_customer { Direction::Out } else { Direction::InBehalfOf };
        let TicketChange {
            user_login,
            status_id,
            substatus_id,
            category_id,
            tags,
            ticket_queue_id,
            custom_fields,
        } = self.state.change();
        NewTicket {
            to: self.to.unwrap_or_else(|| mailbox.to_owned()),
            subject: self.subject,
            from: self.from,
            body: self.text.body,
            body_type,
            comment: self.comment,
            attachments: Vec::new(),
            cc: self.cc,
            source: self.source,
            direction: Some(direction),
            user_login,
            customer_id: self.customer,
            tags: tags.unwrap_or_default(),
            status_id,
            substatus_id,
            category_id,
            ticket_queue_id,
            custom_fields,
        }
    }
}

impl State {
    /// The change to this state.
    pub(super) fn change(self) -> TicketChange {
        let fields = self.custom_fields.into_iter().map(|(name, value)| (name, value.into()));
        TicketChange {
            user_login: self.user,
            status_id: self.status,
            substatus_id: self.substatus,
            category_id: self.category,
            tags: (!self.tags.is_empty()).then_some(self.tags),
            ticket_queue_id: self.queue,
            custom_fields: fields.collect::<Map<_, _>>(),
        }
    }
}
