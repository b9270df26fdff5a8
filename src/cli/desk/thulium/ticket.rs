//! The calls on tickets.

use clap::Subcommand;
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{
    Client, Sheet, missing,
    words::{Create, List, Text, Update},
};
use crate::{
    cli::desk::sheet::Columns,
    desks::thulium::{CustomerResponse, Ticket},
};

/// What people see of many tickets.
const TICKETS: Columns<'_> = &[
    ("id", "/ticket_id"),
    ("subject", "/subject"),
    ("status", "/full_status_name"),
    ("queue", "/ticket_queue_name"),
    ("customer", "/customer_id"),
    ("updated", "/updated_at"),
];

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Calls {
    /// Show a ticket with its messages and custom fields.
    Get {
        /// The ticket's id.
        id: String,
    },
    /// List tickets, the oldest first, page by page to the end.
    List(Box<List>),
    /// Open a ticket.
    Create(Box<Create>),
    /// Change a ticket. What is not given stays.
    Update(Box<Update>),
    /// Add a message as if the customer had written it. Nobody is e-mailed.
    Respond {
        /// The ticket's id.
        id: String,
        #[command(flatten)]
        text: Text,
    },
    /// Add a comment that agents see. The call has no public page.
    Comment {
        /// The ticket's id.
        id: String,
        /// The comment.
        #[arg(long)]
        text: String,
        /// The member that takes the text; the desk's `comment_field`, or `content`.
        #[arg(long)]
        field: Option<String>,
    },
}

impl Calls {
    pub(super) async fn run(self, client: &Client) -> anyhow::Result<Sheet> {
        let account = &client.account;
        match self {
            Self::Get { id } => {
                Sheet::one(&account.ticket(&id).await?.ok_or_else(|| missing("ticket"))?)
            }
            Self::List(list) => {
                let most = list.most;
                let tickets = account.tickets(list.filter());
                let tickets = tickets.take(most.map_or(usize::MAX, |most| most as usize));
                Sheet::list(&tickets.try_collect::<Vec<Ticket>>().await?, TICKETS)
            }
            Self::Create(create) => {
                let ticket = create.ticket(&client.settings.mailbox);
                let id = account.create_ticket(&ticket).await?;
                Sheet::one(&serde_json::json!({ "ticket_id": id }))
            }
            Self::Update(update) => {
                account.update_ticket(&update.id, &update.state.change()).await?;
                Sheet::done("the ticket is changed")
            }
            Self::Respond { id, text } => {
                let body_type = Some(text.body_type());
                let response = CustomerResponse { body: text.body, body_type, date: None };
                account.respond_as_customer(&id, &response).await?;
                Sheet::done("the message is added")
            }
            Self::Comment { id, text, field } => {
                let configured = client.settings.comment_field.as_deref();
                let field = field.as_deref().or(configured).unwrap_or("content");
                account.comment(&id, field, &text).await?;
                Sheet::done("the comment is added")
            }
        }
    }
}
